namespace FlashFunctions.Core.Requests;

/// <summary>GET /v1/requests/{id}: the request as it is now.</summary>
public sealed class ReadUseCase(RequestStore store, TimeProvider time)
{
    /// <summary>The request of that account, or null. Null for an account: of any, for operators.</summary>
    public async Task<RequestRecord?> RunAsync(string? account, string requestId, CancellationToken cancellationToken)
    {
        var found = await store.FindAsync(account, requestId, cancellationToken);
        return found.TryGet(out var stored, out _) ? RequestLife.ExpireIfDue(stored.Value, time.GetUtcNow()) : null;
    }
}
