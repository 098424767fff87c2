namespace FlashFunctions.Core.Requests;

/// <summary>GET /v1/requests/{id}: the request as it is now.</summary>
public sealed class ReadUseCase(RequestStore store, TimeProvider time)
{
    /// <summary>The request of that account. Null for an account: of any, for operators.</summary>
    public async Task<Result<RequestRecord>> RunAsync(string? account, string requestId, CancellationToken cancellationToken) =>
        (await store.FindAsync(account, requestId, cancellationToken))
            .Then(stored => RequestLife.ExpireIfDue(stored.Value, time.GetUtcNow()));
}
