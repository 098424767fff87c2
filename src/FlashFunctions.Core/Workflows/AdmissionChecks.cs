using System.Diagnostics;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Workflows;

/// <summary>A request that may be accepted.</summary>
/// <param name="Request">The request, with what was reserved for it.</param>
/// <param name="SendAt">
/// When its send was counted, in unix milliseconds; null where its sends do not count, or an earlier call with the same key counted it.
/// </param>
public sealed record AdmittedRequest(RequestRecord Request, long? SendAt);

/// <summary>
/// What a new request has to pass: its maxPrice, the fraud guard, its price under the cap, the number's limits, a provider's fraud check,
/// the account's funds. In that order, so that nothing is counted or charged for what is refused.
/// </summary>
public sealed class AdmissionChecks(
    PriceCeiling ceiling, FraudGuard fraud, UpstreamFraudCheck upstream, StepCandidates candidates, SpendGate spend, NumberGuard guard,
    RequestChanges changes, RequestStore store, RequestIndex index, TimeProvider time)
{
    /// <summary>Admits a request and reserves what it needs, or says why not.</summary>
    public async Task<Result<AdmittedRequest>> AdmitAsync(Account account, RequestRecord request, CancellationToken cancellationToken)
    {
        if (ceiling.Refusal(request) is { } tooDear)
        {
            return tooDear;
        }

        // A verification's number is read while the fraud guard reads its counts.
        var reading = request.Verification is null
            ? Task.FromResult(default(Current<GuardState>))
            : guard.ReadAsync(request, cancellationToken);
        var judgement = await fraud.JudgeAsync(account, request, cancellationToken);
        if (judgement.BlockOf(request) is { } block)
        {
            return Problem.NumberBlocked(block);
        }

        request = judgement.Findings.Count > 0 ? request with { Fraud = judgement.Findings } : request;

        var usable = request.Cap is null ? [] : candidates.For(request, 0).Providers;
        var quote = await spend.QuoteAsync(request, 0, usable, cancellationToken);
        if (quote is SpendQuote.Refused { Why: var why })
        {
            return Problem.InsufficientFunds(why);
        }

        if (!(await CountAsync(request, await reading, cancellationToken)).TryGet(out var send, out var refusal))
        {
            return refusal;
        }

        try
        {
            return await AdmitCountedAsync(account, request, quote, send, cancellationToken);
        }
        catch
        {
            await ReleaseAsync(request, send, call: request.Verification is not null, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Holds the number to its limits and counts the send. A verification ends the number's earlier one (rule 3).</summary>
    private async Task<Result<CountedSend>> CountAsync(
        RequestRecord request, Current<GuardState> known, CancellationToken cancellationToken)
    {
        if (request.CountsMessages)
        {
            return await guard.AdmitMessageAsync(request, cancellationToken);
        }

        if (request.Verification is null)
        {
            return await guard.AdmitSendAsync(request, coolDown: false, cancellationToken);
        }

        Predecessor? predecessor = null;
        while (true)
        {
            switch (await guard.AdmitVerifyAsync(request, predecessor, known, cancellationToken))
            {
                case VerifyAdmission.Granted granted:
                    return granted.Send;
                case VerifyAdmission.Refused refused:
                    return refused.Problem;
                case VerifyAdmission.EndFirst first:
                    predecessor = await EndAsync(first, request, predecessor?.UnusedSends ?? [], cancellationToken);
                    break;
                default:
                    throw new UnreachableException();
            }
        }
    }

    /// <summary>
    /// Ends the verification that a newer one supersedes. Its wrong codes are final then, and the guard takes its unused sends back in the
    /// write that it is about to do. One that is not stored is between the guard's write and its insert, or failed there: its id is taken,
    /// so that it can never be stored and be live beside the newer one.
    /// </summary>
    private async Task<Predecessor> EndAsync(
        VerifyAdmission.EndFirst first, RequestRecord newcomer, IReadOnlyList<long> unusedBefore, CancellationToken cancellationToken)
    {
        var change = await changes.UpdateAsync(first.Live, Superseded, cancellationToken);
        if (change is null && !await TakeIdAsync(first.Live, newcomer, cancellationToken))
        {
            change = await changes.UpdateAsync(first.Live, Superseded, cancellationToken);
        }

        IReadOnlyList<long> unused = change is { Changed: true } ? change.Before.UnusedSendReservations : [];
        return new Predecessor(first, change?.After.Value.Verification?.WrongCodes ?? 0, [.. unusedBefore, .. unused]);
    }

    /// <summary>Takes the id of a verification that is not stored; false where it has been stored meanwhile.</summary>
    private async Task<bool> TakeIdAsync(RequestId id, RequestRecord newcomer, CancellationToken cancellationToken)
    {
        var taken = RequestLife.SupersededBeforeStored(id, newcomer, time.GetUtcNow());
        taken = taken with { IsIndexed = await index.TryWriteAsync(taken, cancellationToken) };
        return await store.InsertAsync(taken, cancellationToken) is not null;
    }

    private RequestRecord Superseded(RequestRecord request)
    {
        var ended = RequestLife.End(request, EndEvent.NewerVerification, time.GetUtcNow());
        return ReferenceEquals(ended, request) ? request : ended with { UnusedSendReservations = [] };
    }

    /// <summary>Goes on once the send has been counted; a refusal releases it.</summary>
    private async Task<Result<AdmittedRequest>> AdmitCountedAsync(
        Account account, RequestRecord request, SpendQuote quote, CountedSend send, CancellationToken cancellationToken)
    {
        if (await upstream.RunAsync(account, request, cancellationToken) is { } found)
        {
            var judgement = new FraudJudgement([.. request.Fraud ?? [], found]);
            if (judgement.BlockOf(request) is { } block)
            {
                // The cool-down stays, so that a number cannot be checked again and again.
                await ReleaseAsync(request, send, call: false, cancellationToken);
                return Problem.NumberBlocked(block);
            }

            request = request with { Fraud = judgement.Findings };
        }

        var funds = await spend.TakeAsync(quote, cancellationToken);
        if (funds.Refusal is { } refusal)
        {
            await ReleaseAsync(request, send, call: request.Verification is not null, cancellationToken);
            return Problem.InsufficientFunds(refusal);
        }

        var admitted = send.NoteOn(request) with
        {
            UnusedSendReservations = request.IsTest ? [] : [send.At],
            ReservedSpend = funds.Reservation,
            NextAllowedAt = request.Verification is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(send.NextAllowedAt),
            Verification = request.Verification is { } state ? state with { WrongLimit = send.WrongLimit } : null,
        };
        return new AdmittedRequest(admitted, send.WasCountedBefore ? null : send.At);
    }

    private Task ReleaseAsync(RequestRecord request, CountedSend send, bool call, CancellationToken cancellationToken) =>
        send.WasCountedBefore ? Task.CompletedTask : guard.ReleaseAsync(request, send.At, call, cancellationToken);
}
