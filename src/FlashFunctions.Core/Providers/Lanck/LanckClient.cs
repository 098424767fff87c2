using FlashFunctions.Core.Providers.Wire;
using Microsoft.Extensions.Options;
using Fields = (string Name, string? Value)[];

namespace FlashFunctions.Core.Providers.Lanck;

/// <summary>Lanck's HTTP API, a line an operation. Bodies are forms; a field that is null or empty is left out.</summary>
internal sealed class LanckClient(HttpClient http, IOptions<LanckOptions> options, TimeProvider time)
{
    private readonly LanckOptions _options = options.Value;

    public Task<Exchange> VerifyAsync(Fields fields, CancellationToken cancellationToken) => PostAsync("verify", fields, cancellationToken);

    public Task<Exchange> CheckAsync(string requestId, string code, CancellationToken cancellationToken) =>
        PostAsync("verify/check", [("requestId", requestId), ("code", code)], cancellationToken);

    public Task<Exchange> FlashCallAsync(Fields fields, CancellationToken cancellationToken) => PostAsync("calls/flash", fields, cancellationToken);

    public Task<Exchange> SetGoalAsync(string requestId, string goal, CancellationToken cancellationToken) =>
        PostAsync($"requests/{Uri.EscapeDataString(requestId)}", [("goal", goal)], cancellationToken);

    public Task<Exchange> ReadAsync(string requestId, CancellationToken cancellationToken) =>
        ExchangeAsync(ProviderRequests.Get(_options.BaseAddress, $"requests/{Uri.EscapeDataString(requestId)}"), cancellationToken);

    private async Task<Exchange> PostAsync(string path, Fields fields, CancellationToken cancellationToken)
    {
        var sent = fields.Where(field => !string.IsNullOrEmpty(field.Value)).Select(field => KeyValuePair.Create(field.Name, field.Value!));
        return await ExchangeAsync(await ProviderRequests.PostFormAsync(_options.BaseAddress, path, sent), cancellationToken);
    }

    private async Task<Exchange> ExchangeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            request.Authorized("Basic", _options.Credential);
            return await http.ExchangeAsync(request, _options.AttemptTimeout, time, cancellationToken);
        }
    }
}
