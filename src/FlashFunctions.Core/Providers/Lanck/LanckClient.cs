using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers.Lanck;

/// <summary>
/// Lanck's HTTP API, a line an operation. Bodies are forms, but for the failover flow's; a field that is null or empty is left out.
/// </summary>
internal sealed class LanckClient(HttpClient http, IOptions<LanckOptions> options, TimeProvider time)
{
    private readonly LanckOptions _options = options.Value;

    public Task<Exchange> PlaceAsync(LanckOperation operation, CancellationToken cancellationToken) =>
        PostAsync(operation.Path, operation.Fields, cancellationToken);

    public Task<Exchange> FailoverAsync(LanckFlow flow, CancellationToken cancellationToken) => ExchangeAsync(
        ProviderRequests.PostJson(_options.BaseAddress, "messaging/failover", flow, LanckJson.Default.LanckFlow), cancellationToken);

    public Task<Exchange> CheckAsync(string requestId, string code, CancellationToken cancellationToken) =>
        PostAsync("verify/check", [("requestId", requestId), ("code", code)], cancellationToken);

    public Task<Exchange> SetGoalAsync(string requestId, string goal, CancellationToken cancellationToken) =>
        PostAsync($"requests/{Uri.EscapeDataString(requestId)}", [("goal", goal)], cancellationToken);

    public Task<Exchange> ReadAsync(string requestId, CancellationToken cancellationToken) =>
        ExchangeAsync(ProviderRequests.Get(_options.BaseAddress, $"requests/{Uri.EscapeDataString(requestId)}"), cancellationToken);

    public Task<Exchange> HlrAsync(string number, CancellationToken cancellationToken) =>
        PostAsync("insight/hlr", [("number", number)], cancellationToken);

    public Task<Exchange> FraudCheckAsync(string number, CancellationToken cancellationToken) =>
        PostAsync("insight/fraudcheck", [("number", number)], cancellationToken);

    private async Task<Exchange> PostAsync(string path, (string Name, string? Value)[] fields, CancellationToken cancellationToken)
    {
        var sent = fields.Where(field => !string.IsNullOrEmpty(field.Value)).Select(field => KeyValuePair.Create(field.Name, field.Value!));
        return await ExchangeAsync(await ProviderRequests.PostFormAsync(_options.BaseAddress, path, sent), cancellationToken);
    }

    private Task<Exchange> ExchangeAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        http.ExchangeAsync(request.Authorized("Basic", _options.Credential), _options.AttemptTimeout, time, cancellationToken);
}
