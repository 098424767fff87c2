using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.LocalHost.Rehearsal;

/// <summary>A pumping attack as it stands.</summary>
/// <param name="Running">Whether it still sends.</param>
/// <param name="Mode">observe or enforce: what the account has the rules without a fixed answer do. Null before the first attack.</param>
/// <param name="Account">The account that is attacked.</param>
/// <param name="Asked">How many calls were made.</param>
/// <param name="Most">After how many it ends by itself.</param>
/// <param name="Accepted">How many were answered with 202: a call or message that costs.</param>
/// <param name="Refused">How many the service refused.</param>
/// <param name="Failed">How many had no answer.</param>
/// <param name="Findings">What was found, by rule: the fraud guard's reasons and the other limits.</param>
internal sealed record RehearsalAttackBody(
    bool Running,
    string? Mode,
    string? Account,
    int Asked,
    int Most,
    int Accepted,
    int Refused,
    int Failed,
    IReadOnlyList<RehearsalFinding> Findings);

/// <summary>What one rule found.</summary>
/// <param name="Reason">The fraud guard's reason; error_ and the errorCode where another limit refused it.</param>
/// <param name="Enforced">Whether it refused the calls; otherwise they were accepted, and noted on the request.</param>
/// <param name="Count">How many calls.</param>
/// <param name="Scope">Of the last one: number, prefix, account, ip, country or device.</param>
/// <param name="Seen">Of the last one: what was seen.</param>
/// <param name="Limit">Of the last one: the limit.</param>
internal sealed record RehearsalFinding(string Reason, bool Enforced, int Count, string? Scope, string? Seen, string? Limit);

/// <summary>
/// Attacks this service with sign-ups that nobody finishes, from one address and one device, to a row of numbers: 10 calls a second for
/// 30 seconds at most. It calls the API over HTTP as anybody would, in the name of an account of its own.
/// </summary>
internal sealed class RehearsalAttack(RequestStore requests, TimeProvider time) : IAsyncDisposable
{
    private const int Most = 300;
    private const string Ip = "203.0.113.77"; // An address for documentation.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly string[] Counted =
    [
        "prefix_conversion", "country_unverified", "ip_unverified", "ip_countries", "sequential", "wrong_codes", "device",
    ];

    private readonly SemaphoreSlim _one = new(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Reason, bool Enforced), RehearsalFinding> _findings = [];
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private RehearsalAttackBody _state = new(false, null, null, 0, Most, 0, 0, 0, []);

    /// <summary>How it stands.</summary>
    public RehearsalAttackBody State
    {
        get
        {
            lock (_lock)
            {
                var findings = _findings.Values.OrderByDescending(finding => finding.Count);
                return _state with { Running = !_running.IsCompleted, Findings = [.. findings] };
            }
        }
    }

    /// <summary>Begins, unless it is running already.</summary>
    /// <param name="service">Where the service is.</param>
    /// <param name="functionKey">The operators' key, with which the account is made.</param>
    /// <param name="mode">observe or enforce.</param>
    /// <param name="cancellationToken">Stops the beginning.</param>
    /// <returns>What went wrong; null where it runs.</returns>
    public async Task<string?> StartAsync(Uri service, string functionKey, string mode, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (!_running.IsCompleted)
            {
                return null;
            }

            // Accounts are cached for a minute, so that each mode has an account of its own.
            var account = $"rehearsal-{mode}";
            var client = NewClient(service);
            var made = await PrepareAsync(client, functionKey, account, mode, cancellationToken);
            if (made.Problem is not null)
            {
                client.Dispose();
                return made.Problem;
            }

            _stop.Dispose();
            _stop = new CancellationTokenSource();
            lock (_lock)
            {
                _findings.Clear();
                _state = new RehearsalAttackBody(true, mode, account, 0, Most, 0, 0, 0, []);
                _running = AttackAsync(client, made.Token!, functionKey, _stop.Token);
            }

            return null;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Ends it.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        _one.Dispose();
    }

    private static HttpClient NewClient(Uri service) => new(new SocketsHttpHandler { ActivityHeadersPropagator = null })
    {
        BaseAddress = service,
        Timeout = TimeSpan.FromSeconds(10),
    };

    /// <summary>Makes the account, and gives the client a token of it; names the token's resource, or says what went wrong.</summary>
    private static async Task<(string? Token, string? Problem)> PrepareAsync(
        HttpClient client, string functionKey, string account, string mode, CancellationToken cancellationToken)
    {
        var rules = string.Join(",", Counted.Select(rule => $$"""
            "{{rule}}":{"mode":"{{mode}}"}
            """));
        var made = await SendAsync(
            "manage/accounts", $$$"""{"id":"{{{account}}}","name":"Rehearsed attack","fraud":{ {{{rules}}} }}""");
        if (made.Status != HttpStatusCode.Created && !made.Body.Contains("is taken", StringComparison.Ordinal))
        {
            return (null, $"The account could not be made: {made.Body}");
        }

        var token = await SendAsync($"manage/accounts/{account}/tokens", """{"label":"rehearsal"}""");
        if (token.Status != HttpStatusCode.Created)
        {
            return (null, $"The token could not be made: {token.Body}");
        }

        var body = JsonElement.Parse(token.Body);
        var credentials = $"{body.GetProperty("keyId").GetString()}:{body.GetProperty("secret").GetString()}";
        client.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        return ($"manage/accounts/{account}/tokens/{body.GetProperty("keyId").GetString()}", null);

        async Task<(HttpStatusCode Status, string Body)> SendAsync(string path, string json)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative));
            request.Headers.Add("x-functions-key", functionKey);
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
            using var response = await client.SendAsync(request, cancellationToken);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
        }
    }

    private async Task AttackAsync(HttpClient client, string token, string functionKey, CancellationToken stopping)
    {
        using (client)
        {
            await CallAllAsync(client, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await DeleteAsync(client, token, functionKey);
        }
    }

    private async Task CallAllAsync(HttpClient client, CancellationToken stopping)
    {
        // One trace for all of it, so that the traces of what a person rehearses are kept.
        var trace = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var range = RandomNumberGenerator.GetInt32(1_000, 9_000);
        using var beats = new PeriodicTimer(Pause, time);
        for (var call = 0; call < Most && !stopping.IsCancellationRequested; call++)
        {
            await CallAsync(client, call, range, trace, stopping);
            if (!await beats.WaitForNextTickAsync(stopping))
            {
                return;
            }
        }
    }

    /// <summary>Deletes the attack's token. Where that fails it stays, and an operator can delete it.</summary>
    private static async Task DeleteAsync(HttpClient client, string token, string functionKey)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri(token, UriKind.Relative));
        request.Headers.Add("x-functions-key", functionKey);
        try
        {
            using var response = await client.SendAsync(request);
        }
        catch (Exception failed) when (failed is HttpRequestException or TaskCanceledException)
        {
            // The service is ending.
        }
    }

    private async Task CallAsync(HttpClient client, int call, int range, string trace, CancellationToken stopping)
    {
        var (path, json) = Next(call, range);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative));
            request.Headers.Add("traceparent", $"00-{trace}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}-01");
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
            using var response = await client.SendAsync(request, stopping);
            await NoteAsync(response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync(stopping)), stopping);
        }
        catch (Exception failed) when (
            failed is HttpRequestException or JsonException or TaskCanceledException && !stopping.IsCancellationRequested)
        {
            Change(state => state with { Asked = state.Asked + 1, Failed = state.Failed + 1 });
        }
    }

    /// <summary>
    /// Of ten calls seven ask for a code for the next of a row of numbers, two send a message to the same number, and one asks for a code
    /// for a premium number.
    /// </summary>
    private static (string Path, string Json) Next(int call, int range)
    {
        var number = (call / 10 * 7) + (call % 10);
        return (call % 10) switch
        {
            7 or 8 => ("v1/sms", $$"""{"number":"{{Number(range - 1, 0)}}","text":"Hello","from":"Demo"}"""),
            9 => ("v1/verify", $$"""{"number":"+3729001234","method":"sms","ip":"{{Ip}}"}"""),
            _ => (
                "v1/verify",
                $$"""
                {"number":"{{Number(range + (number / 60), number % 60)}}","method":"sms","expiresIn":60,
                "ip":"{{Ip}}","deviceId":"one device"}
                """),
        };
    }

    private static string Number(int range, int ending) => string.Create(CultureInfo.InvariantCulture, $"+37253{range:D4}{ending:D2}");

    private async Task NoteAsync(HttpStatusCode status, JsonElement answer, CancellationToken cancellationToken)
    {
        if (status == HttpStatusCode.Accepted && RequestId.TryParse(answer.GetProperty("requestId").GetString(), null, out var id))
        {
            var stored = await requests.ReadAsync(id, cancellationToken);
            foreach (var finding in stored?.Value.Fraud ?? [])
            {
                Note(new RehearsalFinding(
                    finding.Reason, Enforced: false, 1, FraudFinding.NameOf(finding.Scope), finding.Seen, finding.Limit));
            }

            Change(state => state with { Asked = state.Asked + 1, Accepted = state.Accepted + 1 });
            return;
        }

        var details = answer.TryGetProperty("details", out var given) ? given : default;
        var code = answer.TryGetProperty("errorCode", out var error) ? error.GetInt32() : (int)status;
        var reason = First(details, "reason") ?? $"error_{code}";
        Note(new RehearsalFinding(reason, Enforced: true, 1, First(details, "scope"), First(details, "seen"), First(details, "limit")));
        Change(state => state with { Asked = state.Asked + 1, Refused = state.Refused + 1 });
    }

    private static string? First(JsonElement details, string name) =>
        details.ValueKind == JsonValueKind.Object && details.TryGetProperty(name, out var value) && value.GetArrayLength() > 0
            ? value[0].GetString()
            : null;

    private void Note(RehearsalFinding finding)
    {
        lock (_lock)
        {
            var key = (finding.Reason, finding.Enforced);
            _findings[key] = _findings.TryGetValue(key, out var before) ? finding with { Count = before.Count + 1 } : finding;
        }
    }

    private void Change(Func<RehearsalAttackBody, RehearsalAttackBody> change)
    {
        lock (_lock)
        {
            _state = change(_state);
        }
    }
}
