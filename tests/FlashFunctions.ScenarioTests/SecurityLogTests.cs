using System.Collections.Concurrent;
using FlashFunctions.Core.Security;
using FlashFunctions.LocalHost.Service;
using FlashFunctions.ScenarioTests.Harness;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.ScenarioTests;

public sealed class SecurityLogTests : IAsyncLifetime
{
    private readonly Lines _log = new();
    private ManagedService _managed = null!;

    private TestService Service => _managed.Service;

    public async ValueTask InitializeAsync() =>
        _managed = await ManagedService.StartAsync(services => services.AddSingleton<ILoggerProvider>(_log));

    public ValueTask DisposeAsync() => _managed.DisposeAsync();

    [Fact]
    public async Task Every_failed_authentication_is_a_line_that_says_why()
    {
        using var owner = await _managed.ClientOfAsync("shop");
        var keyId = (await _managed.GetAsync("accounts/shop/tokens")).Json.GetProperty("tokens")[0].GetProperty("keyId").GetString()!;
        using var nobody = Service.NewClient(null, null);
        using var stranger = Service.NewClient("no-such-key", "some-secret");
        using var guesser = Service.NewClient(keyId, "wrong-secret");
        await ReadAsync(nobody);
        await ReadAsync(stranger);
        await ReadAsync(guesser);
        await _managed.PostAsync($"accounts/shop/tokens/{keyId}/revoke");
        await ReadAsync(owner);
        await _managed.PostAsync($"accounts/shop/tokens/{keyId}/activate");
        await _managed.PatchAsync("accounts/shop", """{"active":false}""");
        await ReadAsync(owner);

        Assert.Equal(
            [
                "no_credentials - -", "unknown_key - -", $"wrong_secret shop {keyId}", $"inactive_token shop {keyId}",
                $"inactive_account shop {keyId}",
            ],
            _log.Of("AuthenticationFailed").Select(line => $"{line["Reason"]} {line["Account"]} {line["KeyId"]}"));
        Assert.All(_log.Of("AuthenticationFailed"), line => Assert.Equal("127.0.0.1", line["From"]));
        AssertNothingSecret("some-secret", "wrong-secret", "no-such-key");
    }

    [Fact]
    public async Task Repeats_within_a_minute_become_one_line_with_their_count()
    {
        using var nobody = Service.NewClient(null, null);
        for (var call = 0; call < 10; call++)
        {
            await ReadAsync(nobody);
        }

        Assert.Equal([1], Counts("AuthenticationFailed"));
        Service.Clock.Advance(SecurityLog.Window);
        Assert.Equal([1, 9], Counts("AuthenticationFailed"));
        Service.Clock.Advance(SecurityLog.Window);
        await ReadAsync(nobody);
        Assert.Equal([1, 9, 1], Counts("AuthenticationFailed"));
    }

    [Fact]
    public async Task Successes_are_a_line_an_hour_and_a_count()
    {
        for (var call = 0; call < 5; call++)
        {
            await Service.ReadAsync("none");
        }

        Assert.Equal([1], Counts("AuthenticationSucceeded"));
        Service.Clock.Advance(SecurityLog.SuccessWindow);
        Assert.Equal([1, 4], Counts("AuthenticationSucceeded"));
        Assert.All(
            _log.Of("AuthenticationSucceeded"), line => Assert.Equal(("development", ServiceHost.KeyId), (line["Account"], line["KeyId"])));
    }

    [Fact]
    public async Task Every_change_by_an_operator_is_a_line_with_who_and_what()
    {
        using var client = await _managed.ClientOfAsync("shop");
        await _managed.PatchAsync("accounts/shop", """{"ratePerSecond":5,"numbers":["+37253000009"]}""");
        await _managed.PatchAsync("accounts/shop", """{"ratePerSecond":0}""");
        await _managed.PostAsync("accounts/shop/secrets/rotate");
        await _managed.PostAsync("dead-letters/20260101-00/retry");
        await _managed.DeleteAsync("accounts/shop");
        await _managed.GetAsync("accounts");
        await _managed.DeleteAsync("accounts/%2B37253000001");

        var lines = _log.Of("OperatorChanged");
        Assert.StartsWith("POST accounts/shop/tokens → ", lines[1]["What"], StringComparison.Ordinal);
        Assert.Equal(
            [
                "POST accounts → shop, id, done", "PATCH accounts/shop, numbers,ratePerSecond, done",
                "PATCH accounts/shop, ratePerSecond, error_10",
                "POST accounts/shop/secrets/rotate, -, done", "POST dead-letters/…/retry, -, error_20", "DELETE accounts/shop, -, done",
                "DELETE accounts/…, -, error_20",
            ],
            lines.Where((_, index) => index != 1).Select(line => $"{line["What"]}, {line["Fields"]}, {line["Outcome"]}"));
        var who = Assert.Single(lines.Select(line => line["Who"]).Distinct());
        Assert.Matches("^[A-Za-z0-9_-]{12}$", who);
        AssertNothingSecret(ManagedService.Key, "37253000009", "37253000001");
    }

    [Fact]
    public async Task Every_look_of_an_operator_is_a_line_with_who_and_what()
    {
        var id = await Service.VerifyAsync(Phones.Of(8));
        await _managed.GetAsync($"requests/{id}");
        await _managed.GetAsync($"requests/{id}");
        await _managed.GetAsync($"export?number=%2B{Phones.Of(8)[1..]}");
        await _managed.GetAsync($"requests?number=%2B{Phones.Of(8)[1..]}");
        await _managed.GetAsync("accounts/nobody");

        var lines = _log.Of("OperatorRead");
        Assert.Equal(
            [$"GET requests/{id}, done", "GET export, done", "GET requests, done", "GET accounts/nobody, error_20"],
            lines.Select(line => $"{line["What"]}, {line["Outcome"]}"));
        Assert.Matches("^[A-Za-z0-9_-]{12}$", Assert.Single(lines.Select(line => line["Who"]).Distinct()));
        Service.Clock.Advance(SecurityLog.Window);
        Assert.Equal([1, 1, 1, 1, 1], Counts("OperatorRead"));
        Assert.Equal(2, _log.Of("OperatorRead").Count(line => line["What"] == $"GET requests/{id}"));
        AssertNothingSecret(ManagedService.Key, Phones.Of(8)[1..]);
    }

    [Fact]
    public async Task The_request_of_another_account_is_a_line()
    {
        using var stranger = await _managed.ClientOfAsync("stranger");
        var id = await Service.VerifyAsync(Phones.Of(9));

        var foreign = await Service.SendAsync(stranger, HttpMethod.Get, $"/v1/requests/{id}", null);
        var missing = await Service.SendAsync(stranger, HttpMethod.Get, "/v1/requests/none", null);

        Assert.Equal((404, missing.Body), (foreign.Status, foreign.Body));
        var line = Assert.Single(_log.Of("RequestRefused"));
        Assert.Equal(
            ("stranger", "read", "20", "other_account"), (line["Account"], line["Operation"], line["ErrorCode"], line["Limit"]));
    }

    [Fact]
    public async Task A_wrong_function_key_is_a_line()
    {
        using var stranger = Service.NewClient(null, null);
        stranger.DefaultRequestHeaders.Add("x-functions-key", "guessed-key");

        using var answer = await stranger.GetAsync("/manage/accounts");

        Assert.Equal(401, (int)answer.StatusCode);
        Assert.Equal("127.0.0.1", Assert.Single(_log.Of("OperatorKeyRefused"))["From"]);
        AssertNothingSecret("guessed-key");
    }

    [Fact]
    public async Task Every_refusal_by_a_limit_is_a_line()
    {
        using var client = await _managed.ClientOfAsync("shop", ""","senders":["Shop"]""");
        Task<Answer> VerifyAsync(string number, string more = ""","method":"call" """) => _managed.VerifyAsync(client, number, more);
        Assert.Equal(202, (await VerifyAsync(Phones.Of(1))).Status);
        Assert.Equal(429, (await VerifyAsync(Phones.Of(1))).Status);
        Assert.Equal(400, (await VerifyAsync(Phones.Of(2), ""","method":"call","from":"Other" """)).Status);
        await _managed.PatchAsync("accounts/shop", """{"dailyCap":{"amount":0.005,"currency":"EUR"}}""");
        Assert.Equal(403, (await VerifyAsync(Phones.Of(3))).Status);
        await _managed.PatchAsync("accounts/shop", """{"ratePerSecond":1,"dailyCap":null}""");
        await ReadAsync(client);
        Assert.Equal(429, (await ReadAsync(client)).Status);

        var lines = _log.Of("RequestRefused")
            .Select(line => $"{line["Account"]} {line["Operation"]} {line["ErrorCode"]} {line["Limit"]}")
            .ToArray();
        Assert.Equal(["shop verify 4 number", "shop verify 16 senders"], lines[..2]);
        Assert.Equal(["shop verify 6 daily_cap", "shop read 4 rate"], lines[2..]);
        AssertNothingSecret(Phones.Of(1)[1..], Phones.Of(2)[1..], Phones.Of(3)[1..]);
    }

    [Theory]
    [InlineData("inactive", "2 inactive_account")]
    [InlineData("revoked", "5 inactive_token")]
    [InlineData("deleted", "2 inactive_account")]
    [InlineData("capped", "6 daily_cap")]
    public async Task A_later_step_that_is_refused_at_dispatch_is_a_line(string what, string line)
    {
        using var client = await _managed.ClientOfAsync("shop", ""","dailyCap":{"amount":10,"currency":"EUR"}""");
        var keyId = (await _managed.GetAsync("accounts/shop/tokens")).Json.GetProperty("tokens")[0].GetProperty("keyId").GetString()!;
        var accepted = await _managed.VerifyAsync(client, Phones.Of(1), Steps.Of(new("call", Wait: 10), "sms"));
        Assert.Equal(202, accepted.Status);
        await Service.PumpAsync();
        Assert.Empty(_log.Of("RequestRefused"));
        var answer = await (what switch
        {
            "inactive" => _managed.PatchAsync("accounts/shop", """{"active":false}"""),
            "revoked" => _managed.PostAsync($"accounts/shop/tokens/{keyId}/revoke"),
            "deleted" => _managed.DeleteAsync("accounts/shop"),
            _ => _managed.PatchAsync("accounts/shop", """{"dailyCap":{"amount":0,"currency":"EUR"}}"""),
        });
        Assert.Equal(200, answer.Status);

        await Service.PassAsync(TimeSpan.FromSeconds(11));

        var refused = Assert.Single(_log.Of("RequestRefused"));
        Assert.Equal(("shop", "dispatch", "-"), (refused["Account"], refused["Operation"], refused["From"]));
        Assert.Equal(line, $"{refused["ErrorCode"]} {refused["Limit"]}");
        AssertNothingSecret(Phones.Of(1)[1..]);
    }

    [Fact]
    public async Task A_step_beyond_the_numbers_send_budget_and_one_to_a_blocked_number_are_a_line()
    {
        using var log = new Lines();
        await using var service = await TestService.StartAsync(
            new Settings { ["Guard:SendsPerTenMinutes"] = "1" },
            services => services.AddSingleton<ILoggerProvider>(log));
        var workflow = Steps.Of(new("call", Wait: 10), "sms");
        await service.VerifyAsync(Phones.Of(1), workflow);
        await service.PumpAsync();
        await service.PassAsync(TimeSpan.FromSeconds(11));
        await service.VerifyAsync(Phones.Of(2), workflow);
        await service.PumpAsync();
        await service.RestartAsync(new Settings { ["Guard:BlockedPrefixes"] = "37253" });
        await service.PassAsync(TimeSpan.FromSeconds(11));

        Assert.Equal(
            ["dispatch 4 number", "dispatch 30 list"],
            log.Of("RequestRefused").Select(line => $"{line["Operation"]} {line["ErrorCode"]} {line["Limit"]}"));
    }

    [Theory]
    [InlineData("sms", "sms")]
    [InlineData("messaging/push", "push")]
    [InlineData("messaging/viber", "viber")]
    [InlineData("messaging/rcs", "rcs")]
    [InlineData("calls/p2s", "p2s")]
    [InlineData("calls/t2s", "t2s")]
    public async Task A_message_is_named_by_its_product(string path, string operation)
    {
        using var log = new Lines();
        await using var service = await TestService.StartAsync(
            new Settings { ["Guard:BlockedPrefixes"] = "37253" },
            services => services.AddSingleton<ILoggerProvider>(log));

        var answer = await service.PostAsync($"/v1/{path}", $$"""{"number":"{{Phones.Ordinary}}","text":"Hello","code":"1234"}""");

        Assert.Equal(30, answer.ErrorCode);
        Assert.Equal(operation, Assert.Single(log.Of("RequestRefused"))["Operation"]);
    }

    [Fact]
    public async Task Too_many_wrong_codes_are_a_line()
    {
        var id = await Service.VerifyAsync(Phones.Of(7));
        await Service.PumpAsync();
        var wrong = Service.WrongCodeFor(Phones.Of(7));
        for (var guess = 0; guess < 6; guess++)
        {
            await Service.CheckAsync(id, wrong);
        }

        var line = Assert.Single(_log.Of("RequestRefused"));
        Assert.Equal(("check", "22", "wrong_codes"), (line["Operation"], line["ErrorCode"], line["Limit"]));
        AssertNothingSecret(Phones.Of(7)[1..], wrong);
    }

    [Fact]
    public async Task A_blocked_number_is_a_line()
    {
        using var log = new Lines();
        await using var service = await TestService.StartAsync(
            new Settings { ["Guard:BlockedPrefixes"] = "37253" },
            services => services.AddSingleton<ILoggerProvider>(log));
        await service.PostAsync("/v1/verify", $$"""{"number":"{{Phones.Ordinary}}","method":"call"}""");

        var line = Assert.Single(log.Of("RequestRefused"));
        Assert.Equal(("verify", "30", "list"), (line["Operation"], line["ErrorCode"], line["Limit"]));
    }

    [Fact]
    public async Task A_forged_webhook_is_a_line()
    {
        Assert.Equal(401, await Service.PostWebhookAsync(new Uri("http://service.test/webhooks/unibell/not-the-token"), "{}"));

        var line = Assert.Single(_log.Of("WebhookRefused"));
        Assert.Equal(("unibell", "path token"), (line["Provider"], line["Reason"]));
        AssertNothingSecret("not-the-token");
    }

    [Fact]
    public async Task Where_a_call_came_from_is_what_the_proxy_added_last()
    {
        using var nobody = Service.NewClient(null, null);
        nobody.DefaultRequestHeaders.Add("X-Forwarded-For", "made up, 10.0.0.1, 8.8.8.8:4711");
        await ReadAsync(nobody);

        Assert.Equal("8.8.8.8", Assert.Single(_log.Of("AuthenticationFailed"))["From"]);
    }

    private Task<Answer> ReadAsync(HttpClient client) => Service.SendAsync(client, HttpMethod.Get, "/v1/requests/none", null);

    private IEnumerable<int> Counts(string name) =>
        _log.Of(name).Select(line => int.Parse(line["Count"], System.Globalization.CultureInfo.InvariantCulture));

    private void AssertNothingSecret(params string[] secrets) =>
        Assert.All(
            _log.All, line => Assert.DoesNotContain(secrets, secret => line.Text.Contains(secret, StringComparison.OrdinalIgnoreCase)));

    private sealed class Lines : ILoggerProvider
    {
        private readonly ConcurrentQueue<(string Event, string Text, Dictionary<string, string> Values)> _lines = new();

        public IReadOnlyList<(string Event, string Text, Dictionary<string, string> Values)> All => [.. _lines];

        public IReadOnlyList<IReadOnlyDictionary<string, string>> Of(string name) =>
            [.. _lines.Where(line => line.Event == name).Select(line => line.Values)];

        public ILogger CreateLogger(string categoryName) => new Writer(categoryName == SecurityLog.Category ? _lines : null);

        public void Dispose()
        {
        }

        private sealed class Writer(ConcurrentQueue<(string Event, string Text, Dictionary<string, string> Values)>? lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => lines is not null;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                var values = ((IReadOnlyList<KeyValuePair<string, object?>>)state!)
                    .ToDictionary(pair => pair.Key, pair => $"{pair.Value}", StringComparer.Ordinal);
                lines?.Enqueue((eventId.Name!, formatter(state, exception), values));
            }
        }
    }
}
