using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers.Revicom;

/// <summary>Revicom's HTTP API, a line an operation. Messages and conversions have different hosts and different schemes.</summary>
internal sealed class RevicomClient(HttpClient http, IOptions<RevicomOptions> options, TimeProvider time)
{
    private readonly RevicomOptions _options = options.Value;

    public Task<Exchange> SendAsync(RevicomMessage message, CancellationToken cancellationToken) => http.ExchangeAsync(
        ProviderRequests.PostJson(_options.BaseAddress, "api/v1/message", [message], RevicomJson.Default.RevicomMessageArray)
            .Authorized("Basic", _options.Token),
        _options.AttemptTimeout, time, cancellationToken);

    public Task<Exchange> ReportAsync(RevicomConversion conversion, CancellationToken cancellationToken) => http.ExchangeAsync(
        ProviderRequests.PostJson(
            _options.ConversionBaseAddress, "api/v1/flashcall-conversion", [conversion], RevicomJson.Default.RevicomConversionArray)
            .Authorized("Bearer", _options.ReportToken),
        _options.AttemptTimeout, time, cancellationToken);
}
