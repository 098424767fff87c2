using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Verifications;

/// <summary>POST /v1/verify/{id}/cancel: ends it, stops later steps and has the outcome reported to the providers.</summary>
public sealed class CancelUseCase(RequestStore store, RequestChanges changes, TimeProvider time)
{
    public async Task<Result<RequestRecord>> RunAsync(string account, string requestId, CancellationToken cancellationToken)
    {
        var found = await store.FindVerificationAsync(account, requestId, cancellationToken);
        if (!found.TryGet(out var stored, out var problem))
        {
            return problem;
        }

        using var span = RequestTrace.Join("cancel", stored.Value);
        var change = await changes.UpdateAsync(stored, request => Cancel(request, time.GetUtcNow()), cancellationToken);
        return change.Decision is { } refusal ? refusal : change.After.Value;
    }

    private static (RequestRecord Next, Problem? Refusal) Cancel(RequestRecord request, DateTimeOffset now) =>
        RequestLife.RefusalOfChange(request, now) is { } refusal
            ? (request, refusal)
            : (RequestLife.End(request, EndEvent.Cancel, now), null);
}
