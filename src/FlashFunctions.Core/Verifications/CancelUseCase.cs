using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Verifications;

/// <summary>How a cancel ended.</summary>
public abstract record CancelOutcome
{
    private CancelOutcome()
    {
    }

    public sealed record Canceled(RequestRecord Request) : CancelOutcome;

    public sealed record Refused(Problem Problem) : CancelOutcome;
}

/// <summary>POST /v1/verify/{id}/cancel: ends it, stops later steps, and has the provider told.</summary>
public sealed class CancelUseCase(RequestStore store, RequestChanges changes, TimeProvider time)
{
    /// <summary>Cancels a verification.</summary>
    public async Task<CancelOutcome> RunAsync(string account, string requestId, CancellationToken cancellationToken)
    {
        if (!RequestId.TryParse(requestId, null, out var id)
            || await store.ReadAsync(id, cancellationToken) is not { } stored
            || stored.Value.Account != account
            || stored.Value.Verification is null)
        {
            return new CancelOutcome.Refused(Problem.RequestNotFound);
        }

        using var span = RequestTrace.Join("cancel", stored.Value);
        Problem? refusal = null;
        var change = await changes.UpdateAsync(
            stored,
            request =>
            {
                refusal = ExpiryRules.RefusalOfChange(ExpiryRules.At(request, time.GetUtcNow()));
                return refusal is null ? AttemptTransitions.End(request, EndEvent.Cancel, time.GetUtcNow()) : request;
            },
            cancellationToken);
        return refusal is null ? new CancelOutcome.Canceled(change.After.Value) : new CancelOutcome.Refused(refusal);
    }
}
