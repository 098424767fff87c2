using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Workflows;

namespace FlashFunctions.Core.Verifications;

/// <summary>POST /v1/verify/{id}/next: the next step now.</summary>
public sealed class NextUseCase(
    RequestStore store, RequestChanges changes, NumberGuard guard, StepCandidates candidates, SpendGate spend, StepQueue queue,
    NextSteps nextSteps, SendPermission permission, TimeProvider time)
{
    public async Task<Result<VerifyAnswer>> RunAsync(string account, string requestId, CancellationToken cancellationToken)
    {
        var found = await store.FindVerificationAsync(account, requestId, cancellationToken);
        if (!found.TryGet(out var stored, out var problem))
        {
            return problem;
        }

        using var span = RequestTrace.Join("next", stored.Value);
        if (Refusal(stored.Value) is { } refusal)
        {
            return refusal;
        }

        var step = NextOf(stored.Value);
        var usable = stored.Value.Cap is null ? [] : candidates.For(stored.Value, step).Providers;
        if (await spend.QuoteAsync(stored.Value, step, usable, cancellationToken) is SpendQuote.Refused { Why: var why })
        {
            return Problem.InsufficientFunds(why);
        }

        var judgement = (await permission.LookAsync(stored.Value, cancellationToken)).Fraud;
        return (await guard.AdmitSendAsync(stored.Value, coolDown: true, cancellationToken)).TryGet(out var send, out var limited)
            ? await StartAsync(stored, step, send, judgement, cancellationToken)
            : limited;
    }

    private async Task<Result<VerifyAnswer>> StartAsync(
        Stored<RequestRecord> stored, int step, CountedSend send, FraudJudgement judgement, CancellationToken cancellationToken)
    {
        try
        {
            var change = await changes.UpdateAsync(stored, request => AskFor(request, step, send.At), cancellationToken);
            var request = change.After.Value;
            if (Refusal(request, step) is { } refusal)
            {
                await guard.ReleaseAsync(request, send.At, call: true, cancellationToken);
                return refusal;
            }

            await queue.SendAsync(request.Id, step, StepCause.Asked, TimeSpan.Zero, cancellationToken);
            if (!change.Decision)
            {
                await guard.ReleaseAsync(request, send.At, call: false, cancellationToken);
            }

            return new VerifyAnswer(
                request with { CurrentStep = step }, nextSteps.After(request, step),
                DateTimeOffset.FromUnixTimeMilliseconds(send.NextAllowedAt), judgement.FirstAllowed(request, step).Channel);
        }
        catch
        {
            await TakeBackAsync(stored.Value, send.At);
            throw;
        }
    }

    /// <summary>
    /// Notes that the step was asked for, and whether it uses the send that was just counted: a send that the request has reserved already,
    /// since its first step has yet to start, is used for this step instead.
    /// </summary>
    private (RequestRecord Next, bool UsesSend) AskFor(RequestRecord request, int step, long send)
    {
        if (Refusal(request) is not null || NextOf(request) != step)
        {
            return (request, false);
        }

        var asked = request with { Asked = new AskedStep(step, time.GetUtcNow()) };
        return request.IsTest || request.UnusedSendReservations.Count > 0 ? (asked, false) : (SendReservations.Keep(asked, send), true);
    }

    /// <summary>
    /// The step was not asked for. A send that the request holds by now serves the next asking, or goes back when the request ends.
    /// </summary>
    private async Task TakeBackAsync(RequestRecord request, long at)
    {
        var held = await store.ReadAsync(request.Id, CancellationToken.None) is { } stored && SendReservations.Has(stored.Value, at);
        await (held
            ? guard.ReleaseCallAsync(request, at, CancellationToken.None)
            : guard.ReleaseAsync(request, at, call: true, CancellationToken.None));
    }

    /// <summary>Ended, or without a further step; a step that started by itself meanwhile is what was asked for.</summary>
    private Problem? Refusal(RequestRecord request, int? asked = null) =>
        RequestLife.RefusalOfChange(request, time.GetUtcNow())
        ?? ((asked ?? NextOf(request)) < request.Steps.Count ? null : Problem.Invalid("workflow", "has no further step"));

    /// <summary>The step after the one that was started last, or that waits for its turn.</summary>
    private static int NextOf(RequestRecord request) => Math.Max(request.CurrentStep, request.Waiting?.Step ?? 0) + 1;
}
