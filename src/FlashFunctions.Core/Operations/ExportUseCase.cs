using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Operations;

/// <summary>How the exporting of a number ended.</summary>
public abstract record ExportOutcome
{
    private ExportOutcome()
    {
    }

    public sealed record Exported(
        PhoneNumber Number, IReadOnlyList<RequestRecord> Requests, IReadOnlyList<InboundMessage> InboundMessages) : ExportOutcome;

    public sealed record Refused(Problem Problem) : ExportOutcome;
}

/// <summary>GET /manage/export: what is stored of a number in every account, the newest first.</summary>
public sealed class ExportUseCase(RequestIndex index, ReadUseCase read, InboundStore inbound)
{
    /// <summary>Collects it.</summary>
    public async Task<ExportOutcome> RunAsync(Fields fields, CancellationToken cancellationToken)
    {
        var (number, problem) = EraseUseCase.NumberOf(fields);
        if (number is null)
        {
            return new ExportOutcome.Refused(problem!);
        }

        var requests = new List<RequestRecord>();
        await foreach (var entry in index.OfNumberAsync(number, cancellationToken))
        {
            // A row of the index may lead to what is gone.
            if (await read.RunAsync(account: null, entry.Request.Text, cancellationToken) is { } request)
            {
                requests.Add(request);
            }
        }

        var messages = new List<InboundMessage>();
        await foreach (var (message, _) in index.MessagesOfAsync(number, cancellationToken))
        {
            if (await inbound.ReadAsync(message, cancellationToken) is { } stored)
            {
                messages.Add(stored.Value);
            }
        }

        return new ExportOutcome.Exported(number, requests, messages);
    }
}
