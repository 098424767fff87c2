using System.Text.Json.Serialization.Metadata;
using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers.Bird;

/// <summary>Bird's flash calling API, a line an operation.</summary>
internal sealed class BirdClient(HttpClient http, IOptions<BirdOptions> options, TimeProvider time)
{
    private readonly BirdOptions _options = options.Value;

    public Task<Exchange> CreateAsync(CreateFlashCall call, CancellationToken cancellationToken) =>
        PostAsync("", call, BirdJson.Default.CreateFlashCall, cancellationToken);

    public Task<Exchange> EndAsync(string callId, HangupFlashCall result, CancellationToken cancellationToken) =>
        PostAsync($"/{Uri.EscapeDataString(callId)}", result, BirdJson.Default.HangupFlashCall, cancellationToken);

    public Task<Exchange> EndAsync(HangupFlashCallFromTo result, CancellationToken cancellationToken) =>
        PostAsync("/hangup", result, BirdJson.Default.HangupFlashCallFromTo, cancellationToken);

    private Task<Exchange> PostAsync<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        http.ExchangeAsync(
            ProviderRequests.PostJson(
                _options.BaseAddress, $"workspaces/{_options.WorkspaceId}/channels/{_options.ChannelId}/flashcalls{path}", body, type)
                .Authorized("AccessKey", _options.AccessKey),
            _options.AttemptTimeout, time, cancellationToken);
}
