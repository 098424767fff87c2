using System.Diagnostics;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Workflows;

namespace FlashFunctions.Core.Operations;

/// <summary>How much was erased of a number.</summary>
/// <param name="Requests">Requests, of every account.</param>
/// <param name="InboundMessages">Messages that the number sent.</param>
/// <param name="Other">Rows that led to those: index, references, idempotency keys.</param>
public sealed record Erased(int Requests, int InboundMessages, int Other);

/// <summary>
/// POST /manage/erase: ends what is open of a number, tells the providers, and deletes what is stored of it in every account. The row by
/// which the number leads to a request goes last, so that repeating it goes on where it was interrupted. What the guard remembers, by a
/// hash, goes a day later.
/// </summary>
public sealed class EraseUseCase(
    RequestIndex index, RequestChanges changes, RequestStore store, OutcomeReporter reporter, WebhookReferences references,
    IdempotencyKeys keys, NumberGuard guard, FraudCounters fraudCounters, FraudBlocks fraudBlocks, InboundStore inbound, TimeProvider time)
{
    private const string Reason = "The number was erased.";
    private const int AtOnce = 8;

    public async Task<Result<Erased>> RunAsync(Fields fields, CancellationToken cancellationToken)
    {
        if (!NumberOf(fields).TryGet(out var number, out var problem))
        {
            return problem;
        }

        var entries = await index.OfNumberAsync(number, cancellationToken).ToListAsync(cancellationToken);
        foreach (var account in entries.Select(entry => entry.Account).Distinct(StringComparer.Ordinal))
        {
            await guard.ForgetLaterAsync(account, number, cancellationToken);
        }

        await fraudBlocks.ForgetAsync(number, cancellationToken);
        var (requests, messages, other) = (0, 0, 0);
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(entries, options, async (entry, token) =>
        {
            var erased = await EraseAsync(entry.Request, token);
            Interlocked.Add(ref requests, erased is null ? 0 : 1);
            Interlocked.Add(ref other, (erased ?? 0) + await index.EraseAsync(number, entry, token));
        });
        await Parallel.ForEachAsync(index.MessagesOfAsync(number, cancellationToken), options, async (entry, token) =>
        {
            Interlocked.Add(ref messages, await inbound.EraseAsync(entry.Message, token) ? 1 : 0);
            Interlocked.Add(ref other, await index.EraseMessageAsync(number, entry.At, entry.Message, token));
        });
        return new Erased(requests, messages, other);
    }

    /// <summary>
    /// The number of a call, whatever range it is in: what was taken once can be asked for though the plan has changed since.
    /// </summary>
    internal static Result<PhoneNumber> NumberOf(Fields fields) => fields.Number("number") is not { } text
        ? fields.Problem!
        : NumberPlan.Instance.Read(text, requireAssignedRange: false) switch
        {
            NumberReading.Valid valid => valid.Number,
            NumberReading.Invalid invalid => Problem.InvalidNumber("number", invalid.Reason),
            _ => throw new UnreachableException(),
        };

    /// <summary>Ends and deletes a request, and gives how many other rows led to it; null where it is not there.</summary>
    private async Task<int?> EraseAsync(RequestId id, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(id, cancellationToken) is not { } stored)
        {
            return null;
        }

        // Reported here and now, since a job that comes later finds no request; noted before, so that a job that comes first reports
        // nothing.
        var change = await changes.UpdateAsync(
            stored, request => UpstreamVerdicts.TakeDue(RequestLife.Stop(request, Reason, time.GetUtcNow())), cancellationToken);
        var request = change.After.Value;
        await reporter.ReportOnceAsync(request, change.Decision);

        await fraudCounters.ForgetAsync(request, cancellationToken);
        var other = await keys.ForgetAsync(request, cancellationToken);
        foreach (var attempt in request.Attempts.Where(attempt => attempt is { Provider: not null, Reference: not null }))
        {
            other += await references.ForgetAsync(attempt.Provider!, attempt.Reference!, cancellationToken);
        }

        other += await index.EraseOthersAsync(request, cancellationToken);
        await store.DeleteAsync(TableKeys.Request(id).Partition, [id.Text], cancellationToken);
        return other;
    }
}

/// <summary>What is stored of a number.</summary>
public sealed record Exported(
    PhoneNumber Number, IReadOnlyList<RequestRecord> Requests, IReadOnlyList<InboundMessage> InboundMessages,
    IReadOnlyList<FraudBlock> Blocks);

/// <summary>GET /manage/export: what is stored of a number in every account, the newest first.</summary>
public sealed class ExportUseCase(RequestIndex index, ReadUseCase read, InboundStore inbound, FraudBlocks blocks)
{
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
