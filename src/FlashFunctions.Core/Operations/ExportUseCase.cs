using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Operations;

/// <summary>What is stored of a number.</summary>
public sealed record Exported(
    PhoneNumber Number, IReadOnlyList<RequestRecord> Requests, IReadOnlyList<InboundMessage> InboundMessages,
    IReadOnlyList<FraudBlock> Blocks);

/// <summary>GET /manage/export: what is stored of a number in every account, the newest first.</summary>
public sealed class ExportUseCase(RequestIndex index, ReadUseCase read, InboundStore inbound, FraudBlocks blocks)
{
    /// <summary>Collects it.</summary>
    public async Task<Result<Exported>> RunAsync(Fields fields, CancellationToken cancellationToken)
    {
        if (!EraseUseCase.NumberOf(fields).TryGet(out var number, out var problem))
        {
            return problem;
        }

        var requests = new List<RequestRecord>();
        await foreach (var entry in index.OfNumberAsync(number, cancellationToken))
        {
            // A row of the index may lead to what is gone.
            if ((await read.RunAsync(account: null, entry.Request.Text, cancellationToken)).TryGet(out var request, out _))
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

        return new Exported(number, requests, messages, await blocks.OfNumberAsync(number, cancellationToken));
    }
}
