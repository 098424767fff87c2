using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers.Unibell;

internal sealed class UnibellClient(HttpClient http, IOptions<UnibellOptions> options, TimeProvider time)
{
    private readonly UnibellOptions _options = options.Value;

    public Task<Exchange> FlashCallAsync(FlashCallRequest call, CancellationToken cancellationToken)
    {
        var request = ProviderRequests.PostJson(
            _options.BaseAddress, "apps/flash/calls/flash", call, UnibellJson.Default.FlashCallRequest);

        // The documents also allow the key in the query, where it would end up in logs.
        request.Headers.Add("X-Authorization", $"AccessKey {_options.ApiKey}");
        return http.ExchangeAsync(request, _options.AttemptTimeout, time, cancellationToken);
    }
}
