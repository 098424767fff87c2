using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Core.Requests;

/// <summary>GET /v1/requests/{id}: the request as it stands now.</summary>
public sealed class ReadUseCase(RequestStore store, TimeProvider time)
{
    /// <summary>The request of that account, or null. Null for an account: of any, for operators.</summary>
    public async Task<RequestRecord?> RunAsync(string? account, string requestId, CancellationToken cancellationToken) =>
        RequestId.TryParse(requestId, null, out var id)
        && await store.ReadAsync(id, cancellationToken) is { } stored
        && (account is null || stored.Value.Account == account)
            ? ExpiryRules.At(stored.Value, time.GetUtcNow())
            : null;
}
