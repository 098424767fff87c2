using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using FlashFunctions.Simulator;

namespace FlashFunctions.Tests.Simulator;

/// <summary>A simulator in manual mode, a client with the right credentials, and a receiver of callbacks.</summary>
internal sealed class SimulatorSession : IAsyncDisposable
{
    public static readonly Uri UnibellCallbacks = new("https://service.test/webhooks/unibell/path-token");
    public static readonly Uri BirdCallbacks = new("https://service.test/webhooks/bird/events");
    public static readonly Uri InboundSms = new("https://service.test/webhooks/lanck/inbound-sms/token");
    public const string CallbackUrl = "https://service.test/webhooks/any/request/0/token";

    private readonly HttpClient _client = new();

    private SimulatorSession(SimulatorApp app, CallbackReceiver receiver, ManualClock time)
    {
        App = app;
        Receiver = receiver;
        Time = time;
    }

    public SimulatorApp App { get; }

    public CallbackReceiver Receiver { get; }

    public ManualClock Time { get; }

    public static async Task<SimulatorSession> StartAsync(Func<CallbackReceiver, SimulatorOptions>? options = null)
    {
        var receiver = new CallbackReceiver();
        var time = new ManualClock();
        var app = SimulatorApp.Create(options?.Invoke(receiver) ?? Manual(receiver), time);
        await app.StartAsync();
        return new SimulatorSession(app, receiver, time);
    }

    public static SimulatorOptions Manual(CallbackReceiver receiver) => new()
    {
        Manual = true,
        CallbackHandler = receiver,
        Addresses = new SimulatedCallbackAddresses { Unibell = UnibellCallbacks, Bird = BirdCallbacks, InboundSms = InboundSms },
        Delays = new SimulatorDelays { HangLimit = TimeSpan.FromMilliseconds(50), SlowAnswer = TimeSpan.FromMilliseconds(1) },
    };

    /// <summary>Places a flash call with a provider in its plainest form.</summary>
    public Task<Answer> CallAsync(string provider, string digits, string code = "1234") => provider switch
    {
        SimulatedProviders.Unibell => UnibellAsync($$"""{"number":"{{digits}}","code":{{code}},"timeout":60000}"""),
        SimulatedProviders.Revicom => RevicomAsync(Message(digits, code)),
        SimulatedProviders.Bird => BirdAsync($$"""{"to":"+{{digits}}"}"""),
        _ => LanckAsync("/calls/flash", $"number=%2B{digits}&code={code}&callbackUrl={Uri.EscapeDataString(CallbackUrl)}"),
    };

    public static string Message(string digits, string code) =>
        $$"""
        [{"channelType":"FLASHCALL","senderName":"us","destination":"{{digits}}","content":"{{code}}",
        "callbackUrl":"{{CallbackUrl}}","callbackEvents":["sent","delivered"]}]
        """;

    public Task<Answer> UnibellAsync(string json, string? key = SimulatorDefaults.UnibellAccessKey) => SendAsync(
        HttpMethod.Post, "/unibell/apps/flash/calls/flash", Json(json), headers =>
        {
            if (key is not null)
            {
                headers.TryAddWithoutValidation("X-Authorization", "AccessKey " + key);
            }
        });

    public Task<Answer> RevicomAsync(string json, string authorization = "Basic " + SimulatorDefaults.RevicomMessageToken) =>
        SendAsync(HttpMethod.Post, "/revicom/api/v1/message", Json(json), Authorization(authorization));

    public Task<Answer> ConversionAsync(string json, string authorization = "Bearer " + SimulatorDefaults.RevicomConversionToken) =>
        SendAsync(HttpMethod.Post, "/revicom-conversion/api/v1/flashcall-conversion", Json(json), Authorization(authorization));

    public Task<Answer> BirdAsync(
        string json,
        string tail = "",
        string workspace = SimulatorDefaults.BirdWorkspaceId,
        string key = SimulatorDefaults.BirdAccessKey) => SendAsync(
        HttpMethod.Post,
        $"/bird/workspaces/{workspace}/channels/{SimulatorDefaults.BirdChannelId}/flashcalls{tail}",
        Json(json),
        Authorization("AccessKey " + key));

    public Task<Answer> LanckAsync(string path, string form) =>
        SendAsync(
            HttpMethod.Post,
            "/lanck/v1" + path,
            new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded"),
            Authorization(LanckCredentials()));

    public Task<Answer> LanckJsonAsync(string path, string json) =>
        SendAsync(HttpMethod.Post, "/lanck/v1" + path, Json(json), Authorization(LanckCredentials()));

    public Task<Answer> LanckGetAsync(string path) =>
        SendAsync(HttpMethod.Get, "/lanck/v1" + path, null, Authorization(LanckCredentials()));

    public static string LanckCredentials(string secret = SimulatorDefaults.LanckSecret) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{SimulatorDefaults.LanckId}:{secret}"));

    public static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    public static Action<HttpRequestHeaders> Authorization(string value) =>
        headers => headers.TryAddWithoutValidation("Authorization", value);

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content, Action<HttpRequestHeaders>? headers = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(App.Address, path)) { Content = content };
        headers?.Invoke(request.Headers);
        using var response = await _client.SendAsync(request);
        return new Answer(
            response.StatusCode,
            await response.Content.ReadAsStringAsync(),
            response.Headers.RetryAfter?.ToString(),
            response.Content.Headers.ContentType?.MediaType);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await App.DisposeAsync();
        Receiver.Dispose();
    }
}

/// <summary>An HTTP answer as tests look at it.</summary>
internal sealed record Answer(HttpStatusCode Status, string Body, string? RetryAfter, string? MediaType)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    public int Code => (int)Status;

    public string Text(string name) => Json[name]!.ToString();
}
