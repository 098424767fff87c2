using System.Text.Json;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests.Fraud;

/// <summary>What operators see and change of the fraud guard: blocks, the log of decisions, and the preview of other settings.</summary>
public sealed class FraudBlockTests : IAsyncLifetime
{
    private const string Device = ""","deviceId":"d" """;
    private readonly LogBook _log = new();
    private ManagedService _managed = null!;

    private TestService Service => _managed.Service;

    public async ValueTask InitializeAsync() => _managed = await ManagedService.StartAsync(_log.Attach);

    public ValueTask DisposeAsync() => _managed.DisposeAsync();

    [Fact]
    public async Task A_block_is_listed_with_its_arithmetic_and_lifting_it_lets_the_next_call_through()
    {
        using var client = await BlockedDeviceAsync();

        var listed = await _managed.GetAsync("fraud/blocks");
        var block = Assert.Single(Items(listed, "blocks"));
        Assert.Equal(("shop", "device", "device"), (Text(block, "account"), Text(block, "reason"), Text(block, "scope")));
        Assert.Equal(("1 numbers in a day, and this one", "1 numbers in a day"), (Text(block, "seen"), Text(block, "limit")));
        Assert.Equal(
            TimeSpan.FromMinutes(15).TotalMilliseconds, block.GetProperty("until").GetInt64() - block.GetProperty("createdAt").GetInt64());
        Assert.Empty(Items(await _managed.GetAsync("fraud/blocks?account=development"), "blocks"));

        Assert.Equal("deleted", (await _managed.DeleteAsync($"fraud/blocks/{Text(block, "id")}")).Text("done"));

        Assert.Equal(202, (await AskAsync(client, "+37253000002", Device)).Status);
        Assert.Empty(Items(await _managed.GetAsync("fraud/blocks"), "blocks"));
        Assert.Equal(
            (404, 20),
            (await _managed.DeleteAsync($"fraud/blocks/{Text(block, "id")}")) is var again ? (again.Status, again.ErrorCode) : default);
    }

    [Theory]
    [InlineData("number", "+37253000021", "+37253000021", "+37253000022", "")]
    [InlineData("prefix", "+3725300", "+37253000021", "+37253100021", "")]
    [InlineData("country", "LV", "+37121234568", "+37253000022", "")]
    [InlineData("ip", "192.0.2.7", "+37253000021", "+37253000022", ""","ip":"192.0.2.7" """)]
    [InlineData("ip", "192.0.2.0/24", "+37253000021", "+37253000022", ""","ip":"192.0.2.99" """)]
    [InlineData("ip", "2001:db8::1", "+37253000021", "+37253000022", ""","ip":"2001:db8::2" """)]
    public async Task An_operators_block_refuses_until_its_time_is_over(
        string scope, string value, string blocked, string other, string more)
    {
        var until = (Service.Clock.Now + TimeSpan.FromHours(2)).ToUnixTimeMilliseconds();
        var added = await _managed.PostAsync(
            "fraud/blocks", $$"""{"scope":"{{scope}}","value":"{{value}}","until":{{until}},"note":"why"}""");
        var refused = await AskAsync(Service.Http, blocked, more);

        Assert.Equal((201, scope, "list", "why"), (added.Status, added.Text("scope"), added.Text("reason"), added.Text("note")));
        Assert.Equal((403, 30, "list", scope), (refused.Status, refused.ErrorCode, Detail(refused, "reason"), Detail(refused, "scope")));
        Assert.Equal($"{until}", Detail(refused, "until"));
        Assert.Equal(202, (await AskAsync(Service.Http, other)).Status);
        Assert.DoesNotContain(blocked, refused.Body, StringComparison.Ordinal);

        Service.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(202, (await AskAsync(Service.Http, blocked, more)).Status);
    }

    [Fact]
    public async Task An_operators_block_is_for_its_account_refuses_messages_too_and_keeps_later_steps_from_being_sent()
    {
        using var shop = await _managed.ClientOfAsync("shop");
        using var other = await _managed.ClientOfAsync("other");
        var id = (await Service.PostAsync(
            "/v1/verify", """{"number":"+37253000031","workflow":[{"method":"call","wait":60},{"method":"call"}]}""",
            shop)).Text("requestId");
        await Service.PumpAsync();

        await _managed.PostAsync("fraud/blocks", """{"scope":"prefix","value":"+37253","account":"shop"}""");

        Assert.Equal(403, (await Service.PostAsync("/v1/sms", """{"number":"+37253000032","text":"x"}""", shop)).Status);
        Assert.Equal(202, (await Service.PostAsync("/v1/sms", """{"number":"+37253000032","text":"x"}""", other)).Status);
        await Service.PassAsync(TimeSpan.FromSeconds(61));
        var attempts = (await Service.SendAsync(shop, HttpMethod.Get, $"/v1/requests/{id}", null)).Attempts;
        Assert.Equal("Blocked by the fraud guard: list.", attempts[1].GetProperty("reason").GetString());

        var finding = Assert.Single((await _managed.GetAsync($"requests/{id}")).Json.GetProperty("fraud").EnumerateArray());
        Assert.Equal(("list", "prefix", "+37253"), (Text(finding, "reason"), Text(finding, "scope"), Text(finding, "seen")));

        var entries = Items(await _managed.GetAsync($"requests/{id}/timeline"), "entries");
        Assert.Equal(
            attempts[1].GetProperty("startedAt").GetInt64(),
            Assert.Single(entries, entry => Text(entry, "kind") == "fraud").GetProperty("at").GetInt64());

        // The refused message and the step that was not sent.
        var decision = Assert.Single(Items(await _managed.GetAsync("fraud/decisions?account=shop"), "decisions"));
        Assert.Equal(
            ("list", "prefix", "+37253", 2, finding.GetProperty("until").GetInt64()),
            (Text(decision, "reason"), Text(decision, "scope"), Text(decision, "value"), decision.GetProperty("requests").GetInt32(),
                decision.GetProperty("until").GetInt64()));
    }

    [Fact]
    public async Task A_step_skipped_for_what_was_found_before_is_one_decision_and_a_lifted_block_skips_no_later_step()
    {
        using var client = await AccountAsync("shop", """{"device":{"mode":"enforce","action":"callOnly","limit":1}}""");
        await SendAsync(client, ["+37253000001"]);
        const string Flow = ""","deviceId":"d","workflow":[{"method":"sms"},{"method":"call","wait":60},{"method":"sms"}]""";
        async Task<string> StartAsync(string number) =>
            (await Service.PostAsync("/v1/verify", $$"""{"number":"{{number}}"{{Flow}}}""", client)).Text("requestId");
        async Task<string[]> StatesAsync(string id) =>
        [
            .. (await Service.SendAsync(client, HttpMethod.Get, $"/v1/requests/{id}", null)).Attempts.Select(
                attempt => $"{Text(attempt, "method")} {Text(attempt, "state")}"),
        ];

        var kept = await StartAsync("+37253000002");
        await Service.PassAsync(TimeSpan.Zero);
        await Service.PassAsync(TimeSpan.FromSeconds(61));
        var freed = await StartAsync("+37253000003");
        await Service.PumpAsync();
        var block = Assert.Single(Items(await _managed.GetAsync("fraud/blocks"), "blocks"));
        await _managed.DeleteAsync($"fraud/blocks/{Text(block, "id")}");
        await Service.PassAsync(TimeSpan.FromSeconds(61));

        Assert.Equal(["sms skipped", "call placed", "sms skipped"], await StatesAsync(kept));
        Assert.Equal(["sms skipped", "call placed", "sms placed"], await StatesAsync(freed));
        var decision = Assert.Single(Items(await _managed.GetAsync("fraud/decisions?account=shop"), "decisions"));
        Assert.Equal(2, decision.GetProperty("requests").GetInt32());
    }

    [Fact]
    public async Task A_block_of_an_account_refuses_all_that_it_sends()
    {
        using var shop = await _managed.ClientOfAsync("shop");
        Assert.Equal(201, (await _managed.PostAsync("fraud/blocks", """{"scope":"account","value":"shop"}""")).Status);

        var refused = await AskAsync(shop, "+37253000041");

        Assert.Equal((403, "account", "shop"), (refused.Status, Detail(refused, "scope"), Detail(refused, "seen")));
        Assert.Equal(202, (await AskAsync(Service.Http, "+37253000041")).Status);
    }

    [Theory]
    [InlineData("""{"value":"+372"}""", "scope")]
    [InlineData("""{"scope":"prefix"}""", "value")]
    [InlineData("""{"scope":"device","value":"d"}""", "scope")]
    [InlineData("""{"scope":"number","value":"+372"}""", "value")]
    [InlineData("""{"scope":"ip","value":"192.0.2.0/16"}""", "value")]
    [InlineData("""{"scope":"ip","value":"192.0.2"}""", "value")]
    [InlineData("""{"scope":"ip","value":"192.0/24"}""", "value")]
    [InlineData("""{"scope":"account","value":"nobody"}""", "value")]
    [InlineData("""{"scope":"country","value":"UK"}""", "value")]
    [InlineData("""{"scope":"country","value":"EE","until":1}""", "until")]
    [InlineData("""{"scope":"country","value":"EE","account":"nobody"}""", "account")]
    [InlineData("""{"scope":"country","value":"EE","minutes":1}""", "minutes")]
    public async Task A_malformed_block_is_refused_by_field(string json, string field)
    {
        var answer = await _managed.PostAsync("fraud/blocks", json);

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names(field), answer.Body);
    }

    [Theory]
    [InlineData("rule=nothing", "rule")]
    [InlineData("scope=planet", "scope")]
    [InlineData("mode=off", "mode")]
    [InlineData("account=A%20shop", "account")]
    [InlineData("from=yesterday", "from")]
    [InlineData("to=1&from=2", "to")]
    [InlineData("after=there", "after")]
    [InlineData("limit=0", "limit")]
    public async Task A_malformed_question_about_decisions_is_refused_by_field(string query, string field)
    {
        var answer = await _managed.GetAsync($"fraud/decisions?{query}");

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names(field), answer.Body);
    }

    [Fact]
    public async Task Refused_and_observed_decisions_are_logged_once_with_their_counts()
    {
        using var client = await BlockedDeviceAsync();
        await AskAsync(client, "+37253000003", Device);
        using var observing = await AccountAsync("observing", """{"device":{"limit":1}}""");
        await SendAsync(observing, ["+37253000001", "+37253000002"]);

        var decisions = Items(await _managed.GetAsync("fraud/decisions"), "decisions");
        var enforced = Assert.Single(decisions, decision => Text(decision, "account") == "shop");
        var observed = Assert.Single(decisions, decision => Text(decision, "account") == "observing");

        Assert.Equal(
            ("device", "device", "enforce", 2),
            (Text(enforced, "reason"), Text(enforced, "scope"), Text(enforced, "mode"), enforced.GetProperty("requests").GetInt32()));
        Assert.Equal("1 numbers in a day", Text(enforced, "limit"));
        Assert.False(enforced.TryGetProperty("requestId", out _));
        Assert.Equal(("observe", 1), (Text(observed, "mode"), observed.GetProperty("requests").GetInt32()));
        Assert.Equal(200, (await _managed.GetAsync($"requests/{Text(observed, "requestId")}")).Status);

        // What a rule only observes blocks nothing, and so is no block.
        Assert.Single(Items(await _managed.GetAsync("fraud/blocks"), "blocks"));
    }

    [Fact]
    public async Task A_message_beyond_its_numbers_limit_is_in_the_log_of_decisions()
    {
        for (var message = 0; message < 6; message++)
        {
            await Service.PostAsync("/v1/sms", """{"number":"+37253000061","text":"x"}""");
        }

        var decision = Assert.Single(Items(await _managed.GetAsync("fraud/decisions?rule=messages"), "decisions"));
        Assert.Equal(
            ("number", "enforce", 1), (Text(decision, "scope"), Text(decision, "mode"), decision.GetProperty("requests").GetInt32()));
        Assert.DoesNotContain("+37253000061", decision.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_only_observed_is_a_block_once_the_account_enforces_the_rule()
    {
        using var client = await AccountAsync("shop", """{"device":{"limit":1}}""");
        await SendAsync(client, ["+37253000001", "+37253000002"]);
        Assert.Empty(Items(await _managed.GetAsync("fraud/blocks"), "blocks"));

        await _managed.PatchAsync("accounts/shop", """{"fraud":{"device":{"mode":"enforce","limit":1}}}""");

        Assert.Equal(403, (await AskAsync(client, "+37253000003", Device)).Status);
        Assert.Equal("device", Text(Assert.Single(Items(await _managed.GetAsync("fraud/blocks"), "blocks")), "reason"));
    }

    [Fact]
    public async Task Decisions_are_found_by_rule_scope_mode_account_and_time_newest_first_by_page()
    {
        await AskAsync(Service.Http, "+3729001234");
        Service.Clock.Advance(TimeSpan.FromMinutes(5));
        await _managed.PostAsync("fraud/lists/block", """{"scope":"country","value":"LV"}""");
        await AskAsync(Service.Http, "+37121234567");
        var middle = Service.Clock.Now.ToUnixTimeMilliseconds();
        Service.Clock.Advance(TimeSpan.FromMinutes(5));
        using var client = await BlockedDeviceAsync();

        async Task<string?[]> FindAsync(string query) =>
            [.. Items(await _managed.GetAsync($"fraud/decisions?{query}"), "decisions").Select(found => Text(found, "reason"))];

        Assert.Equal(["device", "list", "number_type"], await FindAsync(""));
        Assert.Equal(["list"], await FindAsync("rule=list"));
        Assert.Equal(["list"], await FindAsync("scope=country"));
        Assert.Equal(["device"], await FindAsync("account=shop&mode=enforce"));
        Assert.Equal(["list", "number_type"], await FindAsync($"to={middle}"));
        Assert.Equal(["device", "list"], await FindAsync($"from={middle}"));
        Assert.Empty(await FindAsync("mode=observe"));
        var first = await _managed.GetAsync("fraud/decisions?limit=2");
        Assert.Equal(["number_type"], await FindAsync($"after={first.Text("next")}"));
        Assert.Equal(JsonValueKind.Null, (await _managed.GetAsync("fraud/decisions?limit=3")).Json.GetProperty("next").ValueKind);
    }

    [Fact]
    public async Task Refusals_and_operators_changes_are_in_the_security_log()
    {
        using var client = await BlockedDeviceAsync();
        var block = Assert.Single(Items(await _managed.GetAsync("fraud/blocks"), "blocks"));
        await _managed.DeleteAsync($"fraud/blocks/{Text(block, "id")}");

        Assert.Contains(_log.Lines, line => line.Contains("errorCode 30, limit device", StringComparison.Ordinal));
        Assert.Contains(
            _log.Lines,
            line => line.Contains("DELETE fraud/blocks/", StringComparison.Ordinal) && line.Contains("done", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_preview_says_what_other_settings_would_have_refused_and_whom_they_would_have_kept_out()
    {
        using var client = await AccountAsync("shop", "{}");
        await SendAsync(client, ["+37253000001", "+37253000002"]);
        Service.Clock.Advance(TimeSpan.FromMinutes(1));
        await SendAsync(client, ["+37253000003", "+37253000004"]);
        var verified = (await AskAsync(client, "+37253000005", Device)).Text("requestId");
        await Service.PumpAsync();
        await Service.PostAsync(
            "/v1/verify/check", $$"""{"requestId":"{{verified}}","code":"{{Service.CodeOn("+37253000005")}}"}""", client);
        Service.Clock.Advance(TimeSpan.FromMinutes(1));

        var asItWas = await _managed.PostAsync("fraud/preview", """{"account":"shop"}""");
        var other = await _managed.PostAsync(
            "fraud/preview", """{"account":"shop","hours":2,"fraud":{"device":{"mode":"enforce","limit":2}}}""");
        var countries = await _managed.PostAsync("fraud/preview", """{"account":"shop","fraud":{"countries":{"call":["LV"]}}}""");

        Assert.Equal(
            (200, 5, 0), (asItWas.Status, asItWas.Json.GetProperty("requests").GetInt32(), asItWas.Json.GetProperty("refused").GetInt32()));
        Assert.Equal((3, 1, 3), (Number(other, "refused"), Number(other, "refusedVerified"), Number(other, "savedSends")));
        var rule = Assert.Single(Items(other, "rules"));
        Assert.Equal(("device", "enforce", 3, 1, 3), (
            Text(rule, "reason"), Text(rule, "mode"), rule.GetProperty("requests").GetInt32(), rule.GetProperty("verified").GetInt32(),
            rule.GetProperty("sends").GetInt32()));
        Assert.Equal(5, Number(countries, "refused"));
        Assert.Equal(202, (await AskAsync(client, "+37253000006", Device)).Status);
    }

    [Theory]
    [InlineData("{}", 400, "account")]
    [InlineData("""{"account":"nobody"}""", 404, null)]
    [InlineData("""{"account":"development","hours":100}""", 400, "hours")]
    [InlineData("""{"account":"development","fraud":{"device":{"mode":"loud"}}}""", 400, "fraud.device.mode")]
    [InlineData("""{"account":"development","days":1}""", 400, "days")]
    public async Task A_malformed_preview_is_refused_by_field(string json, int status, string? field)
    {
        var answer = await _managed.PostAsync("fraud/preview", json);

        Assert.Equal(status, answer.Status);
        Assert.True(field is null || answer.Names(field), answer.Body);
    }

    [Fact]
    public async Task An_export_names_the_blocks_of_a_number_and_erasing_it_lifts_those_of_the_number_alone()
    {
        await _managed.PostAsync("fraud/blocks", """{"scope":"number","value":"+37253000051"}""");
        await _managed.PostAsync("fraud/blocks", """{"scope":"prefix","value":"+37253"}""");
        await _managed.PostAsync("fraud/blocks", """{"scope":"number","value":"+37253000052"}""");

        Assert.Equal(["number", "prefix"], await ScopesAsync());
        await _managed.PostAsync("erase", """{"number":"+37253000051"}""");
        Assert.Equal(["prefix"], await ScopesAsync());

        async Task<string?[]> ScopesAsync() =>
            [
                .. Items(await _managed.GetAsync("export?number=%2B37253000051"), "blocks")
                    .Select(block => Text(block, "scope"))
                    .Order(StringComparer.Ordinal),
            ];
    }

    [Fact]
    public async Task The_timer_deletes_what_no_window_reaches()
    {
        using var client = await BlockedDeviceAsync();
        await Service.PassAsync(TimeSpan.FromSeconds(2));
        Assert.NotEmpty(await RowsAsync());

        for (var day = 0; day < 18; day++)
        {
            await Service.PassAsync(TimeSpan.FromHours(27));
            await Service.SweepAsync();
        }

        Assert.Empty(await RowsAsync());

        async Task<Row[]> RowsAsync()
        {
            var table = Service.Host.Services.GetRequiredKeyedService<ITable>(TableNames.Fraud);
            var stored = await table.QueryAsync(new PartitionRange("blocks", "counts-~"), null, 1_000, CancellationToken.None);
            var purges = await table.QueryAsync(new PartitionRange("purge-", "purge-~"), null, 1_000, CancellationToken.None);
            return [.. stored.Rows, .. purges.Rows];
        }
    }

    private static string? Detail(Answer answer, string name) => answer.Json.GetProperty("details").GetProperty(name)[0].GetString();

    private static JsonElement[] Items(Answer answer, string name) => [.. answer.Json.GetProperty(name).EnumerateArray()];

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static int Number(Answer answer, string name) => answer.Json.GetProperty(name).GetInt32();

    private Task<Answer> AskAsync(HttpClient client, string number, string more = "") =>
        Service.PostAsync("/v1/verify", $$"""{"number":"{{number}}","method":"call"{{more}}}""", client);

    private async Task SendAsync(HttpClient client, IEnumerable<string> numbers)
    {
        foreach (var number in numbers)
        {
            Assert.Equal(202, (await AskAsync(client, number, Device)).Status);
            await Service.PumpAsync();
        }
    }

    /// <summary>A client of account shop, whose device has had its one number and was refused another.</summary>
    private async Task<HttpClient> BlockedDeviceAsync()
    {
        var client = await AccountAsync("shop", """{"device":{"mode":"enforce","limit":1}}""");
        await SendAsync(client, ["+37253000001"]);
        Assert.Equal(403, (await AskAsync(client, "+37253000002", Device)).Status);
        return client;
    }

    private async Task<HttpClient> AccountAsync(string id, string fraud)
    {
        var client = await _managed.ClientOfAsync(id);
        Assert.Equal(200, (await _managed.PatchAsync($"accounts/{id}", $$"""{"fraud":{{fraud}}}""")).Status);
        return client;
    }
}
