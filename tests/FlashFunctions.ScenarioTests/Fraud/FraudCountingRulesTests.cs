using System.Globalization;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests.Fraud;

/// <summary>The rules of the fraud guard that count, each enforced and over HTTP, and what they do where they are not.</summary>
public sealed class FraudCountingRulesTests : IAsyncLifetime
{
    private static readonly TimeSpan Mature = TimeSpan.FromMinutes(2);
    private ManagedService _managed = null!;

    private TestService Service => _managed.Service;

    public async ValueTask InitializeAsync() => _managed = await ManagedService.StartAsync();

    public ValueTask DisposeAsync() => _managed.DisposeAsync();

    [Fact]
    public async Task A_prefix_whose_sends_are_never_verified_is_blocked()
    {
        using var client = await AccountAsync("shop", """{"prefix_conversion":{"mode":"enforce"}}""");
        var sent = await SendAsync(client, Enumerable.Range(0, 40).Select(number => Number(number * 100)));
        await Service.PassAsync(Mature);

        var refused = await AskAsync(client, Number(9900));

        Assert.Equal(40, sent);
        AssertRefused(refused, "prefix_conversion", "prefix", "0 of 40 sends verified in a day", TimeSpan.FromMinutes(15));
        Assert.Contains("ln(", Detail(refused, "limit"), StringComparison.Ordinal);
        Assert.Equal(202, (await AskAsync(client, "+37121234567")).Status);
    }

    [Fact]
    public async Task A_prefix_whose_sends_are_verified_is_not_blocked()
    {
        using var client = await AccountAsync("shop", """{"prefix_conversion":{"mode":"enforce"}}""");
        for (var number = 0; number < 40; number++)
        {
            await VerifyAsync(client, Number(number * 100), isRight: number % 3 == 0);
        }

        await Service.PassAsync(Mature);

        Assert.Equal(202, (await AskAsync(client, Number(9900))).Status);
    }

    [Fact]
    public async Task A_country_with_more_unverified_sends_than_its_conversion_explains_is_blocked()
    {
        using var client = await AccountAsync("shop", """{"country_unverified":{"mode":"enforce","limit":3}}""");
        await SendAsync(client, Enumerable.Range(0, 60).Select(number => Number(number * 100, number)));
        await Service.PassAsync(Mature);

        var refused = await AskAsync(client, Number(1, 199));

        AssertRefused(refused, "country_unverified", "country", null, TimeSpan.FromMinutes(15));
        Assert.Contains("in an hour, conversion 0.3 (assumed under 50 sends)", Detail(refused, "seen"), StringComparison.Ordinal);
        Assert.Equal(202, (await AskAsync(client, "+37121234567")).Status);
    }

    [Fact]
    public async Task An_address_with_more_unverified_sends_than_the_conversion_explains_is_blocked_and_its_network_too()
    {
        using var client = await AccountAsync("shop", """{"ip_unverified":{"mode":"enforce","limit":2}}""");
        await SendAsync(client, Enumerable.Range(0, 60).Select(number => Number(number * 100, number)), ""","ip":"192.0.2.7" """);
        await Service.PassAsync(Mature);

        var refused = await AskAsync(client, Number(1, 199), ""","ip":"192.0.2.7" """);
        var network = await AskAsync(client, Number(1, 198), ""","ip":"192.0.2.8" """);

        AssertRefused(refused, "ip_unverified", "ip", null, TimeSpan.FromMinutes(15));
        AssertRefused(network, "ip_unverified", "ip", null, TimeSpan.FromMinutes(15));
        Assert.Equal(202, (await AskAsync(client, Number(1, 199), ""","ip":"192.0.3.7" """)).Status);
        Assert.Equal(202, (await AskAsync(client, Number(1, 198))).Status);
        Assert.DoesNotContain("192.0.2", refused.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("198.51.100.7", "198.51.100.99")]
    [InlineData("2001:db8::1", "2001:db8::2")]
    public async Task An_address_that_sends_to_three_countries_without_a_verified_one_is_blocked(string ip, string other)
    {
        using var client = await AccountAsync("shop", """{"ip_countries":{"mode":"enforce"}}""");
        Assert.Equal(3, await SendAsync(client, ["+37253000001", "+37121234501", "+37061234501"], $$""","ip":"{{ip}}" """));

        var refused = await AskAsync(client, Number(5), $$""","ip":"{{ip}}" """);

        AssertRefused(refused, "ip_countries", "ip", "3 countries in a day, none verified", TimeSpan.FromMinutes(15));
        AssertRefused(await AskAsync(client, Number(6), $$""","ip":"{{other}}" """), "ip_countries", "ip", null, TimeSpan.FromMinutes(15));
    }

    [Fact]
    public async Task Numbers_that_follow_each_other_are_blocked_with_their_prefix_and_their_neighbours_are_not()
    {
        using var client = await AccountAsync("shop", """{"sequential":{"mode":"enforce"}}""");
        Assert.Equal(5, await SendAsync(client, Enumerable.Range(1, 5).Select(number => Number(number * 3))));

        Assert.Equal(202, (await AskAsync(client, Number(700))).Status);
        var refused = await AskAsync(client, Number(18));

        AssertRefused(
            refused, "sequential", "prefix", "5 numbers in an hour with gaps of at most 3, none verified", TimeSpan.FromMinutes(15));
        Assert.Equal(202, (await AskAsync(client, Number(18, 99))).Status);
    }

    [Fact]
    public async Task Numbers_that_follow_each_other_and_verify_are_not_blocked()
    {
        using var client = await AccountAsync("shop", """{"sequential":{"mode":"enforce"}}""");
        for (var number = 1; number <= 8; number++)
        {
            await VerifyAsync(client, Number(number), isRight: true);
        }

        Assert.Equal(202, (await AskAsync(client, Number(9))).Status);
    }

    [Fact]
    public async Task Wrong_codes_over_many_numbers_from_one_address_are_refused_by_default_and_what_is_live_may_still_be_checked()
    {
        const string Ip = ""","ip":"203.0.113.5" """;
        using var client = await AccountAsync("shop", "{}");
        var live = await VerifyAsync(client, Number(1, 50), isRight: null, Ip);
        for (var number = 0; number < 6; number++)
        {
            await VerifyAsync(client, Number(1, number), isRight: false, Ip, guesses: 5);
        }

        var refused = await AskAsync(client, Number(1, 60), Ip);

        AssertRefused(refused, "wrong_codes", "ip", "30 wrong codes in an hour", TimeSpan.FromMinutes(15));
        Assert.Equal(202, (await AskAsync(client, Number(1, 61))).Status);
        Assert.Equal(202, (await AskAsync(client, Number(1, 62), ""","ip":"203.0.113.6" """)).Status);
        Assert.True((await CheckAsync(client, live, Service.CodeOn(Number(1, 50)))).Json.GetProperty("verified").GetBoolean());
    }

    [Fact]
    public async Task Wrong_codes_of_an_account_are_observed_by_default_and_refused_where_the_account_enforces_it()
    {
        using var client = await AccountAsync("shop", "{}");
        for (var number = 0; number < 5; number++)
        {
            await VerifyAsync(client, Number(1, number), isRight: false, guesses: 5);
        }

        var observed = await AskAsync(client, Number(1, 60));
        Assert.Equal(202, observed.Status);
        var found = (await _managed.GetAsync($"requests/{observed.Text("requestId")}")).Json.GetProperty(
            "fraud").EnumerateArray().ToArray();
        Assert.Contains(found, finding => finding.GetProperty("reason").GetString() == "wrong_codes"
            && finding.GetProperty("scope").GetString() == "account" && finding.GetProperty("mode").GetString() == "observe");

        await _managed.PatchAsync("accounts/shop", """{"fraud":{"wrong_codes":{"mode":"enforce"}}}""");
        AssertRefused(
            await AskAsync(client, Number(1, 61)), "wrong_codes", "account", "25 wrong codes in an hour", TimeSpan.FromMinutes(15));
    }

    [Fact]
    public async Task A_device_has_five_numbers_a_day()
    {
        const string Device = ""","deviceId":"d-1" """;
        using var client = await AccountAsync("shop", """{"device":{"mode":"enforce"}}""");
        Assert.Equal(5, await SendAsync(client, Enumerable.Range(0, 5).Select(number => Number(7, number)), Device));

        var refused = await AskAsync(client, Number(7, 6), Device);

        AssertRefused(refused, "device", "device", "5 numbers in a day, and this one", TimeSpan.FromMinutes(15));
        Assert.Equal(202, (await AskAsync(client, Number(7, 6), ""","deviceId":"d-2" """)).Status);
        Assert.Equal(202, (await AskAsync(client, Number(7, 7))).Status);
        Assert.DoesNotContain("d-1", refused.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_sets_limits_of_its_own()
    {
        using var client = await AccountAsync("shop", """{"device":{"mode":"enforce","limit":2}}""");
        Assert.Equal(2, await SendAsync(client, [Number(7), Number(7, 1)], ""","deviceId":"d" """));

        Assert.Equal("2 numbers in a day", Detail(await AskAsync(client, Number(7, 2), ""","deviceId":"d" """), "limit"));
    }

    [Fact]
    public async Task Rules_observe_by_default_and_nothing_is_blocked()
    {
        using var client = await AccountAsync("shop", "{}");
        Assert.Equal(9, await SendAsync(client, Enumerable.Range(1, 9).Select(number => Number(number)), ""","deviceId":"d" """));

        var id = (await AskAsync(client, Number(10), ""","deviceId":"d" """)).Text("requestId");
        var found = (await _managed.GetAsync($"requests/{id}")).Json.GetProperty("fraud").EnumerateArray().ToArray();

        Assert.Equal(
            ["sequential", "device"],
            found.Select(finding => finding.GetProperty("reason").GetString()).Order(StringComparer.Ordinal).Reverse());
        Assert.All(found, finding => Assert.Equal("observe", finding.GetProperty("mode").GetString()));
        Assert.All(found, finding => Assert.True(finding.GetProperty("until").GetInt64() > 0));
    }

    [Fact]
    public async Task A_rule_that_is_off_records_nothing()
    {
        using var client = await AccountAsync("shop", """{"device":{"mode":"off"},"sequential":{"mode":"off"}}""");
        await SendAsync(client, Enumerable.Range(1, 9).Select(number => Number(number)), ""","deviceId":"d" """);

        var id = (await AskAsync(client, Number(10), ""","deviceId":"d" """)).Text("requestId");

        Assert.False((await _managed.GetAsync($"requests/{id}")).Json.TryGetProperty("fraud", out _));
    }

    [Fact]
    public async Task CallOnly_places_flash_calls_skips_other_steps_and_refuses_where_none_is_left()
    {
        using var client = await AccountAsync("shop", """{"device":{"mode":"enforce","action":"callOnly","limit":1}}""");
        await SendAsync(client, [Number(7)], ""","deviceId":"d" """);

        const string Steps = ""","workflow":[{"method":"sms"},{"method":"call"}],"deviceId":"d" """;
        var mixed = await Service.PostAsync("/v1/verify", $$"""{"number":"{{Number(7, 1)}}"{{Steps}}}""", client);
        var sms = await Service.PostAsync("/v1/verify", $$"""{"number":"{{Number(7, 2)}}","method":"sms","deviceId":"d"}""", client);
        await Service.PumpAsync();

        Assert.Equal((202, 403), (mixed.Status, sms.Status));
        Assert.Equal(("device", 30), (Detail(sms, "reason"), sms.ErrorCode));
        var attempts = (await Service.SendAsync(client, HttpMethod.Get, $"/v1/requests/{mixed.Text("requestId")}", null)).Attempts;
        Assert.Equal("Blocked by the fraud guard: device.", attempts[0].GetProperty("reason").GetString());
        Assert.Equal(("call", "placed"), (attempts[1].GetProperty("method").GetString(), attempts[1].GetProperty("state").GetString()));
    }

    [Fact]
    public async Task A_block_ends_by_itself_and_its_next_one_needs_new_evidence_and_lasts_longer()
    {
        using var client = await AccountAsync("shop", """{"device":{"mode":"enforce","limit":2}}""");
        async Task<Answer> UseUpAsync(int first)
        {
            await SendAsync(client, [Number(7, first), Number(7, first + 1)], ""","deviceId":"d" """);
            return await AskAsync(client, Number(7, first + 2), ""","deviceId":"d" """);
        }

        AssertRefused(await UseUpAsync(0), "device", "device", null, TimeSpan.FromMinutes(15));
        await Service.PassAsync(TimeSpan.FromMinutes(16));
        AssertRefused(await UseUpAsync(10), "device", "device", null, TimeSpan.FromHours(1));
        await Service.PassAsync(TimeSpan.FromMinutes(61));
        AssertRefused(await UseUpAsync(20), "device", "device", null, TimeSpan.FromHours(6));
    }

    [Fact]
    public async Task An_allow_list_wins_over_a_counting_rule()
    {
        using var client = await AccountAsync("shop", """{"device":{"mode":"enforce","limit":1}}""");
        await SendAsync(client, [Number(7)], ""","deviceId":"d" """);
        Assert.Equal(403, (await AskAsync(client, Number(7, 1), ""","deviceId":"d" """)).Status);

        await _managed.PostAsync("fraud/lists/allow", $$"""{"scope":"number","value":"{{Number(7, 1)}}"}""");

        Assert.Equal(202, (await AskAsync(client, Number(7, 1), ""","deviceId":"d" """)).Status);
    }

    [Fact]
    public async Task Counts_are_an_accounts_own_and_test_numbers_count_nowhere()
    {
        const string Policy = """{"device":{"mode":"enforce","limit":1}}""";
        using var client = await AccountAsync("shop", Policy);
        using var other = await AccountAsync("other", Policy);
        await SendAsync(client, [Phones.Test], ""","deviceId":"d" """);
        Assert.Equal(1, await SendAsync(client, [Number(7)], ""","deviceId":"d" """));

        Assert.Equal(403, (await AskAsync(client, Number(7, 1), ""","deviceId":"d" """)).Status);
        Assert.Equal(202, (await AskAsync(client, Phones.Test, ""","deviceId":"d" """)).Status);
        Assert.Equal(202, (await AskAsync(other, Number(7, 1), ""","deviceId":"d" """)).Status);
    }

    [Fact]
    public async Task What_is_refused_counts_nowhere_and_does_not_end_what_is_live()
    {
        using var client = await AccountAsync("shop", """{"device":{"mode":"enforce","limit":1}}""");
        var live = await VerifyAsync(client, Number(7), isRight: null);
        await SendAsync(client, [Number(8)], ""","deviceId":"d" """);
        Service.Clock.Advance(TimeSpan.FromSeconds(40));

        Assert.Equal(403, (await AskAsync(client, Number(7), ""","deviceId":"d" """)).Status);

        Assert.Equal(202, (await AskAsync(client, Number(9), "")).Status);
        Assert.True((await CheckAsync(client, live, Service.CodeOn(Number(7)))).Json.GetProperty("verified").GetBoolean());
    }

    [Fact]
    public async Task Counts_outlive_a_restart()
    {
        using var client = await AccountAsync("shop", """{"device":{"mode":"enforce","limit":1}}""");
        await SendAsync(client, [Number(7)], ""","deviceId":"d" """);

        await Service.Host.StopAsync();
        await Service.RestartAsync(new Settings { ["LocalHost:FunctionKey"] = ManagedService.Key });
        using var again = await TokenAsync("shop");

        AssertRefused(await AskAsync(again, Number(7, 1), ""","deviceId":"d" """), "device", "device", null, TimeSpan.FromMinutes(15));
    }

    /// <summary>A number in one of a thousand blocks of ten thousand.</summary>
    private static string Number(int number, int block = 0) => string.Create(CultureInfo.InvariantCulture, $"+3725{block:D3}{number:D4}");

    private static string? Detail(Answer answer, string name) => answer.Json.GetProperty("details").GetProperty(name)[0].GetString();

    private void AssertRefused(Answer answer, string reason, string scope, string? seen, TimeSpan length)
    {
        Assert.True(answer.Status == 403, $"{answer.Status} {answer.Body}");
        Assert.Equal((30, reason, scope), (answer.ErrorCode, Detail(answer, "reason"), Detail(answer, "scope")));
        Assert.Equal(seen ?? Detail(answer, "seen"), Detail(answer, "seen"));
        Assert.NotEmpty(Detail(answer, "limit")!);
        var until = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(Detail(answer, "until")!, CultureInfo.InvariantCulture));
        Assert.InRange(until - Service.Clock.Now, length - TimeSpan.FromSeconds(5), length);
    }

    private Task<Answer> AskAsync(HttpClient client, string number, string more = "") =>
        Service.PostAsync("/v1/verify", $$"""{"number":"{{number}}","method":"call"{{more}}}""", client);

    private Task<Answer> CheckAsync(HttpClient client, string id, string code) =>
        Service.PostAsync("/v1/verify/check", $$"""{"requestId":"{{id}}","code":"{{code}}"}""", client);

    /// <summary>Has each number called, and gives how many were accepted.</summary>
    private async Task<int> SendAsync(HttpClient client, IEnumerable<string> numbers, string more = "")
    {
        var accepted = 0;
        foreach (var number in numbers)
        {
            accepted += (await AskAsync(client, number, more)).Status == 202 ? 1 : 0;
        }

        await Service.PumpAsync();
        return accepted;
    }

    /// <summary>Verifies a number by Lanck: with the right code, with wrong ones, or without any.</summary>
    private async Task<string> VerifyAsync(HttpClient client, string number, bool? isRight, string more = "", int guesses = 1)
    {
        var answer = await Service.PostAsync("/v1/verify", $$"""{"number":"{{number}}"{{Steps.CallsBy("lanck")}}{{more}}}""", client);
        Assert.True(answer.Status == 202, answer.Body);
        await Service.PumpAsync();
        var id = answer.Text("requestId");
        for (var guess = 0; isRight is { } right && guess < guesses; guess++)
        {
            Assert.Equal(200, (await CheckAsync(client, id, right ? Service.CodeOn(number) : Service.WrongCodeFor(number))).Status);
        }

        return id;
    }

    private async Task<HttpClient> AccountAsync(string id, string fraud)
    {
        await _managed.CreateAccountAsync(id, ""","ratePerSecond":1000""");
        Assert.Equal(200, (await _managed.PatchAsync($"accounts/{id}", $$"""{"fraud":{{fraud}}}""")).Status);
        return await TokenAsync(id);
    }

    private async Task<HttpClient> TokenAsync(string id)
    {
        using var http = Service.NewClient(null, null);
        http.DefaultRequestHeaders.Add("x-functions-key", ManagedService.Key);
        var token = await Service.SendAsync(http, HttpMethod.Post, $"/manage/accounts/{id}/tokens", null);
        return Service.NewClient(token.Text("keyId"), token.Text("secret"));
    }
}
