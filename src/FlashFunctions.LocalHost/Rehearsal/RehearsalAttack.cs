using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.LocalHost.Rehearsal;

/// <summary>How far a pumping attack has come, in calls: those that were accepted cost.</summary>
/// <param name="Running">Whether it still sends.</param>
/// <param name="Mode">observe or enforce: what the account has the rules without a fixed answer do. Null before the first attack.</param>
/// <param name="Most">After how many calls it ends by itself.</param>
/// <param name="Failed">How many had no answer.</param>
internal sealed record RehearsalAttackBody(
    bool Running, string? Mode, string? Account, int Asked, int Most, int Accepted, int Refused, int Failed,
    IReadOnlyList<RehearsalFinding> Findings);

/// <summary>In how many calls one rule found something; scope, what was seen and the limit are of the last one.</summary>
/// <param name="Reason">The fraud guard's reason; error_ and the errorCode where another limit refused it.</param>
/// <param name="Enforced">Whether it refused the calls; otherwise they were accepted, and noted on the request.</param>
internal sealed record RehearsalFinding(string Reason, bool Enforced, int Count, string? Scope, string? Seen, string? Limit);

/// <summary>
/// Attacks this service with sign-ups that nobody finishes, from one address and one device, to a row of numbers: 10 calls a second for
/// 30 seconds at most. It calls the API over HTTP as anybody would, in the name of an account of its own.
/// </summary>
internal sealed class RehearsalAttack(LocalClient service, RequestStore requests) : IAsyncDisposable
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
    private string? _mode;
    private int _accepted;
    private int _refused;
    private int _failed;

    public RehearsalAttackBody State
    {
        get
        {
            lock (_lock)
            {
                return new RehearsalAttackBody(
                    !_running.IsCompleted,
                    _mode,
                    _mode is null ? null : AccountFor(_mode),
                    _accepted + _refused + _failed,
                    Most,
                    _accepted,
                    _refused,
                    _failed,
                    [.. _findings.Values.OrderByDescending(finding => finding.Count)]);
            }
        }
    }

    /// <summary>Begins, unless it is running already. Returns what went wrong; null where it runs.</summary>
    /// <param name="functionKey">The operators' key, with which the account is made.</param>
    /// <param name="mode">observe or enforce.</param>
    /// <param name="cancellationToken">Stops the beginning.</param>
    public async Task<string?> StartAsync(string functionKey, string mode, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (!_running.IsCompleted)
            {
                return null;
            }

            var (credentials, problem) = await PrepareAsync(functionKey, mode, cancellationToken);
            if (problem is not null)
            {
                return problem;
            }

            _stop.Dispose();
            _stop = new CancellationTokenSource();
            lock (_lock)
            {
                _findings.Clear();
                (_mode, _accepted, _refused, _failed) = (mode, 0, 0, 0);
                _running = AttackAsync(credentials, TokenPath(mode, credentials.Split(':')[0]), functionKey, _stop.Token);
            }

            return null;
        }
        finally
        {
            _one.Release();
        }
    }

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

    /// <summary>Accounts are cached for a minute, so that each mode has an account of its own.</summary>
    private static string AccountFor(string mode) => $"rehearsal-{mode}";

    private static string TokenPath(string mode, string keyId = "") => $"manage/accounts/{AccountFor(mode)}/tokens/{keyId}".TrimEnd('/');

    /// <summary>Makes the account and a token of it: the token's credentials, or what went wrong.</summary>
    private async Task<(string Credentials, string? Problem)> PrepareAsync(string key, string mode, CancellationToken cancellationToken)
    {
        var rules = new JsonObject(
            Counted.Select(rule => KeyValuePair.Create<string, JsonNode?>(rule, new JsonObject { ["mode"] = mode })));
        var account = new JsonObject { ["id"] = AccountFor(mode), ["name"] = "Rehearsed attack", ["fraud"] = rules };
        var made = await service.SendAsync(
            HttpMethod.Post, "manage/accounts", account.ToJsonString(), cancellationToken, functionKey: key);
        if (made.Status != StatusCodes.Status201Created && !made.Text.Contains("is taken", StringComparison.Ordinal))
        {
            return ("", $"The account could not be made: {made.Text}");
        }

        var token = await service.SendAsync(
            HttpMethod.Post, TokenPath(mode), """{"label":"rehearsal"}""", cancellationToken, functionKey: key);
        return token.Status == StatusCodes.Status201Created
            ? ($"{token.Json.GetProperty("keyId").GetString()}:{token.Json.GetProperty("secret").GetString()}", null)
            : ("", $"The token could not be made: {token.Text}");
    }

    private async Task AttackAsync(string credentials, string tokenPath, string functionKey, CancellationToken stopping)
    {
        await CallAllAsync(credentials, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            // Where that fails the token stays, and an operator can delete it.
            await service.SendAsync(HttpMethod.Delete, tokenPath, null, CancellationToken.None, functionKey: functionKey);
        }
        catch (Exception failed) when (failed is HttpRequestException or TaskCanceledException)
        {
            // The service is ending.
        }
    }

    private async Task CallAllAsync(string credentials, CancellationToken stopping)
    {
        // One trace for all of it, so that the traces of what a person rehearses are kept.
        var trace = LocalClient.NewTrace();
        var range = RandomNumberGenerator.GetInt32(1_000, 9_000);
        using var beats = new PeriodicTimer(Pause, TimeProvider.System);
        for (var call = 0; call < Most && !stopping.IsCancellationRequested; call++)
        {
            await CallAsync(Next(call, range), credentials, trace, stopping);
            if (!await beats.WaitForNextTickAsync(stopping))
            {
                return;
            }
        }
    }

    private async Task CallAsync((string Path, string Json) call, string credentials, string trace, CancellationToken stopping)
    {
        try
        {
            var answer = await service.SendAsync(HttpMethod.Post, call.Path, call.Json, stopping, credentials, trace: trace);
            await NoteAsync(answer.Status, answer.Json, stopping);
        }
        catch (Exception failed) when (
            failed is HttpRequestException or JsonException or TaskCanceledException && !stopping.IsCancellationRequested)
        {
            Count(ref _failed);
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

    private async Task NoteAsync(int status, JsonElement answer, CancellationToken cancellationToken)
    {
        if (status == StatusCodes.Status202Accepted && RequestId.TryParse(answer.GetProperty("requestId").GetString(), null, out var id))
        {
            var stored = await requests.ReadAsync(id, cancellationToken);
            foreach (var finding in stored?.Value.Fraud ?? [])
            {
                Note(new RehearsalFinding(
                    finding.Reason, Enforced: false, 1, FraudFinding.NameOf(finding.Scope), finding.Seen, finding.Limit));
            }

            Count(ref _accepted);
            return;
        }

        var details = answer.TryGetProperty("details", out var given) ? given : default;
        var code = answer.TryGetProperty("errorCode", out var error) ? error.GetInt32() : status;
        var reason = First(details, "reason") ?? $"error_{code}";
        Note(new RehearsalFinding(reason, Enforced: true, 1, First(details, "scope"), First(details, "seen"), First(details, "limit")));
        Count(ref _refused);
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

    private void Count(ref int outcome)
    {
        lock (_lock)
        {
            outcome++;
        }
    }
}
