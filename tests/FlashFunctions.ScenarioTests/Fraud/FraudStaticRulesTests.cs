using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests.Fraud;

/// <summary>The rules of the fraud guard that need no count: the kind of number, the account's countries, the operators' lists.</summary>
public sealed class FraudStaticRulesTests : IAsyncLifetime
{
    private const string Mobile = "+37253000001";
    private const string FixedLine = "+3726123456";

    private ManagedService _managed = null!;

    public async ValueTask InitializeAsync() => _managed = await ManagedService.StartAsync();

    public ValueTask DisposeAsync() => _managed.DisposeAsync();

    public static TheoryData<string, string> Products => new()
    {
        { "verify", """ "method":"call" """ },
        { "calls/flash", """ "callbackUrl":null """ },
        { "calls/p2s", """ "code":"1234" """ },
        { "calls/t2s", """ "text":"x" """ },
        { "sms", """ "text":"x" """ },
        { "messaging/viber", """ "text":"x" """ },
        { "messaging/failover", """ "flow":[{"type":"sms","message":{"text":"x"}}] """ },
    };

    [Theory]
    [MemberData(nameof(Products))]
    public async Task A_premium_number_is_refused_for_every_product_that_sends(string path, string more)
    {
        var refused = await AskAsync(path, "+3729001234", more);

        Assert.Equal((403, 30), (refused.Status, refused.ErrorCode));
        Assert.Equal(("number_type", "number", "premium"), (Detail(refused, "reason"), Detail(refused, "scope"), Detail(refused, "seen")));
        Assert.Contains("premium", Detail(refused, "limit"), StringComparison.Ordinal);
        Assert.False(refused.Json.GetProperty("details").TryGetProperty("until", out _));
        await _managed.Service.PumpAsync();
        Assert.Null(_managed.Service.Simulator.Phone("+3729001234"));
    }

    [Theory]
    [InlineData("+491801234567", "shared_cost")]
    [InlineData("+447640123456", "pager")]
    [InlineData("+445512345678", "universal_access")]
    [InlineData("+870301234567", "satellite")]
    [InlineData("+979123456789", "premium")]
    public async Task Numbers_that_cost_the_caller_are_refused(string number, string type)
    {
        var refused = await AskAsync("verify", number, """ "method":"call" """);

        Assert.Equal((403, 30, type), (refused.Status, refused.ErrorCode, Detail(refused, "seen")));
    }

    [Fact]
    public async Task A_look_up_of_a_premium_number_is_answered() =>
        Assert.Equal(200, (await AskAsync("insight/hlr", "+3729001234", """ "x":1 """)).Status);

    [Theory]
    [InlineData("sms", """ "text":"x" """)]
    [InlineData("messaging/push", """ "text":"x" """)]
    [InlineData("messaging/rcs", """ "text":"x" """)]
    [InlineData("verify", """ "method":"sms" """)]
    public async Task A_fixed_line_is_refused_for_messages(string path, string more)
    {
        var refused = await AskAsync(path, FixedLine, more);

        Assert.Equal((403, 30), (refused.Status, refused.ErrorCode));
        Assert.Equal(("number_type", "fixed"), (Detail(refused, "reason"), Detail(refused, "seen")));
    }

    [Theory]
    [InlineData("verify", """ "method":"call" """)]
    [InlineData("verify", """ "method":"voice" """)]
    [InlineData("calls/t2s", """ "text":"x" """)]
    public async Task A_fixed_line_may_be_called(string path, string more) =>
        Assert.Equal(202, (await AskAsync(path, FixedLine, more)).Status);

    [Fact]
    public async Task A_workflows_message_to_a_fixed_line_is_skipped_with_the_reason()
    {
        var id = (await AskAsync("verify", FixedLine, """ "workflow":[{"method":"sms"},{"method":"call"}] """)).Text("requestId");
        await _managed.Service.PumpAsync();
        var attempts = (await _managed.Service.ReadAsync(id)).Json.GetProperty("attempts");
        var request = await _managed.GetAsync($"requests/{id}");

        Assert.Equal("Blocked by the fraud guard: number_type.", attempts[0].GetProperty("reason").GetString());
        Assert.Equal("call", attempts[1].GetProperty("method").GetString());
        var finding = Assert.Single(request.Json.GetProperty("fraud").EnumerateArray());
        Assert.Equal(("number_type", "enforce"), (finding.GetProperty("reason").GetString(), finding.GetProperty("mode").GetString()));
        Assert.False((await _managed.Service.ReadAsync(id)).Json.TryGetProperty("fraud", out _));
    }

    [Fact]
    public async Task A_rule_that_observes_records_and_blocks_nothing_and_one_that_is_off_does_neither()
    {
        using var observing = await AccountAsync("observing", """{"fraud":{"number_type":{"mode":"observe"}}}""");
        using var off = await AccountAsync("careless", """{"fraud":{"number_type":{"mode":"off"}}}""");

        var observed = await AskAsync("verify", "+3729001234", """ "method":"call" """, observing);
        var ignored = await AskAsync("verify", "+3729001234", """ "method":"call" """, off);

        Assert.Equal((202, 202), (observed.Status, ignored.Status));
        var request = await _managed.GetAsync($"requests/{observed.Text("requestId")}");
        Assert.Equal("observe", Assert.Single(request.Json.GetProperty("fraud").EnumerateArray()).GetProperty("mode").GetString());
        Assert.False((await _managed.GetAsync($"requests/{ignored.Text("requestId")}")).Json.TryGetProperty("fraud", out _));
    }

    [Fact]
    public async Task An_account_sends_by_method_only_to_the_countries_on_its_list()
    {
        using var client = await AccountAsync("baltic", """{"fraud":{"countries":{"call":["EE","LV"],"sms":["EE"]}}}""");

        var allowed = await AskAsync("verify", Mobile, """ "method":"call" """, client);
        var refused = await AskAsync("verify", "+491701234567", """ "method":"call" """, client);
        var skipped = await AskAsync("verify", "+37121234567", """ "workflow":[{"method":"sms"},{"method":"call"}] """, client);
        var free = await AskAsync("calls/t2s", "+491701234567", """ "text":"x" """, client);

        Assert.Equal((202, 403, 202, 202), (allowed.Status, refused.Status, skipped.Status, free.Status));
        Assert.Equal(
            ("country", "country", "DE", "call to EE, LV"),
            (Detail(refused, "reason"), Detail(refused, "scope"), Detail(refused, "seen"), Detail(refused, "limit")));
        await _managed.Service.PumpAsync();
        var request = await _managed.GetAsync($"requests/{skipped.Text("requestId")}");
        Assert.Equal("Blocked by the fraud guard: country.", request.Json.GetProperty("attempts")[0].GetProperty("reason").GetString());
    }

    [Fact]
    public async Task CallOnly_lets_flash_calls_alone_through()
    {
        using var client = await AccountAsync("callers", """{"fraud":{"number_type":{"action":"callOnly"}}}""");

        var call = await AskAsync("verify", "+3729001234", """ "method":"call" """, client);
        var sms = await AskAsync("verify", "+3729001235", """ "method":"sms" """, client);
        var mixed = await AskAsync("verify", "+3729001236", """ "workflow":[{"method":"voice"},{"method":"call"}] """, client);

        Assert.Equal((202, 403, 202), (call.Status, sms.Status, mixed.Status));
    }

    [Theory]
    [InlineData("{}", FixedLine, "sms")]
    [InlineData("""{"fraud":{"number_type":{"action":"callOnly"}}}""", "+3729001237", "voice")]
    [InlineData("""{"fraud":{"countries":{"sms":["EE"]}}}""", "+37121234569", "sms")]
    public async Task The_hint_is_of_the_first_step_that_the_guard_lets_through(string settings, string number, string skipped)
    {
        const string Call = "You will get a call. Do not answer. Enter the last 4 digits of the number that calls.";
        using var client = await AccountAsync("hinted", settings);
        client.DefaultRequestHeaders.Add("Idempotency-Key", number);
        var workflow =
            $$""" "workflow":[{"method":"{{skipped}}"},{"method":"call","wait":60},{"method":"{{skipped}}"},{"method":"call"}] """;

        var first = await AskAsync("verify", number, workflow, client);
        await _managed.Service.PassAsync(TimeSpan.FromSeconds(31));
        var repeated = await AskAsync("verify", number, workflow, client);
        var next = await _managed.Service.PostAsync($"/v1/verify/{first.Text("requestId")}/next", "{}", client);

        Assert.Equal((202, Call), (first.Status, first.Text("hint")));
        Assert.Equal((first.Text("requestId"), Call), (repeated.Text("requestId"), repeated.Text("hint")));
        Assert.Equal((202, skipped, Call), (next.Status, next.Text("method"), next.Text("hint")));
    }

    [Theory]
    [InlineData("number", "+37253000011", "+37253000011", "+37253000012")]
    [InlineData("prefix", "+3725300001", "+37253000013", "+37253000023")]
    [InlineData("country", "LV", "+37121234568", "+37253000024")]
    public async Task What_is_on_a_block_list_is_refused_until_it_is_taken_off(string scope, string value, string blocked, string other)
    {
        var added = await _managed.PostAsync("fraud/lists/block", $$"""{"scope":"{{scope}}","value":"{{value}}","note":"why"}""");
        var refused = await AskAsync("verify", blocked, """ "method":"call" """);

        Assert.Equal((201, "block", scope, "why"), (added.Status, added.Text("list"), added.Text("scope"), added.Text("note")));
        Assert.Equal((403, 30, "list", scope), (refused.Status, refused.ErrorCode, Detail(refused, "reason"), Detail(refused, "scope")));
        Assert.DoesNotContain(blocked, refused.Body, StringComparison.Ordinal);
        Assert.Equal(202, (await AskAsync("verify", other, """ "method":"call" """)).Status);

        Assert.Equal(200, (await _managed.DeleteAsync($"fraud/lists/block/{added.Text("id")}")).Status);
        Assert.Equal(202, (await AskAsync("verify", blocked, """ "method":"call" """)).Status);
        Assert.Equal(404, (await _managed.DeleteAsync($"fraud/lists/block/{added.Text("id")}")).Status);
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7", "192.0.2.8")]
    [InlineData("198.51.100.0/24", "198.51.100.200", "198.51.101.1")]
    [InlineData("2001:db8::/64", "2001:db8::9", "2001:db8:1::9")]
    public async Task A_blocked_address_asks_in_vain(string value, string blocked, string other)
    {
        await _managed.PostAsync("fraud/lists/block", $$"""{"scope":"ip","value":"{{value}}"}""");

        var refused = await AskAsync("verify", "+37253000031", $""" "method":"call","ip":"{blocked}" """);

        Assert.Equal((403, "ip", value), (refused.Status, Detail(refused, "scope"), Detail(refused, "seen")));
        Assert.Equal(202, (await AskAsync("verify", "+37253000031", $""" "method":"call","ip":"{other}" """)).Status);
    }

    [Fact]
    public async Task An_allow_list_wins_over_every_rule()
    {
        await _managed.PostAsync("fraud/lists/block", """{"scope":"country","value":"EE"}""");
        await _managed.PostAsync("fraud/lists/allow", """{"scope":"number","value":"+3729001234"}""");

        Assert.Equal(202, (await AskAsync("verify", "+3729001234", """ "method":"call" """)).Status);
        Assert.Equal(403, (await AskAsync("verify", Mobile, """ "method":"call" """)).Status);
    }

    [Fact]
    public async Task An_entry_is_for_its_account_and_ends_when_it_says()
    {
        using var client = await AccountAsync("one");
        using var other = await AccountAsync("two");
        var until = _managed.Service.Clock.Now + TimeSpan.FromHours(1);
        await _managed.PostAsync(
            "fraud/lists/block",
            $$"""{"scope":"prefix","value":"+37253","account":"one","until":{{until.ToUnixTimeMilliseconds()}}}""");

        var refused = await AskAsync("verify", Mobile, """ "method":"call" """, client);

        Assert.Equal($"{until.ToUnixTimeMilliseconds()}", Detail(refused, "until"));
        Assert.Equal(202, (await AskAsync("verify", Mobile, """ "method":"call" """, other)).Status);
        _managed.Service.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(202, (await AskAsync("verify", Mobile, """ "method":"call" """, client)).Status);
    }

    [Fact]
    public async Task A_number_that_is_blocked_later_gets_no_later_step()
    {
        var id = (await AskAsync("verify", Mobile, """ "workflow":[{"method":"call","wait":60},{"method":"call"}] """)).Text("requestId");
        await _managed.Service.PumpAsync();
        await _managed.PostAsync("fraud/lists/block", $$"""{"scope":"number","value":"{{Mobile}}"}""");

        await _managed.Service.PassAsync(TimeSpan.FromSeconds(61));

        var attempts = (await _managed.Service.ReadAsync(id)).Json.GetProperty("attempts");
        Assert.Equal("Blocked by the fraud guard: list.", attempts[1].GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Lists_are_paged_newest_first()
    {
        foreach (var country in (string[])["EE", "LV", "LT"])
        {
            await _managed.PostAsync("fraud/lists/allow", $$"""{"scope":"country","value":"{{country}}"}""");
            _managed.Service.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var first = await _managed.GetAsync("fraud/lists/allow?limit=2");
        var second = await _managed.GetAsync($"fraud/lists/allow?limit=2&after={first.Text("next")}");

        Assert.Equal(["LT", "LV"], Values(first));
        Assert.Equal(["EE"], Values(second));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, second.Json.GetProperty("next").ValueKind);
    }

    [Theory]
    [InlineData("""{"value":"+372"}""", "scope")]
    [InlineData("""{"scope":"prefix"}""", "value")]
    [InlineData("""{"scope":"number","value":"+372"}""", "value")]
    [InlineData("""{"scope":"prefix","value":"x"}""", "value")]
    [InlineData("""{"scope":"ip","value":"nowhere"}""", "value")]
    [InlineData("""{"scope":"ip","value":"192.0.2"}""", "value")]
    [InlineData("""{"scope":"ip","value":"192.0/16"}""", "value")]
    [InlineData("""{"scope":"ip","value":"3221225991"}""", "value")]
    [InlineData("""{"scope":"country","value":"Estonia"}""", "value")]
    [InlineData("""{"scope":"country","value":"UK"}""", "value")]
    [InlineData("""{"scope":"country","value":"ZZ"}""", "value")]
    [InlineData("""{"scope":"country","value":"ee"}""", "value")]
    [InlineData("""{"scope":"country","value":"EE","until":1}""", "until")]
    [InlineData("""{"scope":"country","value":"EE","until":"soon"}""", "until")]
    [InlineData("""{"scope":"country","value":"EE","account":"nobody"}""", "account")]
    [InlineData("""{"scope":"country","value":"EE","reason":"x"}""", "reason")]
    public async Task A_malformed_entry_is_refused_by_field(string json, string field)
    {
        var answer = await _managed.PostAsync("fraud/lists/block", json);

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Json.GetProperty("details").TryGetProperty(field, out _), answer.Body);
    }

    [Theory]
    [InlineData("""{"number_type":{"mode":"loud"}}""", "fraud.number_type.mode")]
    [InlineData("""{"number_type":{"action":"call"}}""", "fraud.number_type.action")]
    [InlineData("""{"messages":{"limit":0}}""", "fraud.messages.limit")]
    [InlineData("""{"number_type":{"until":1}}""", "fraud.number_type.until")]
    [InlineData("""{"nothing":{}}""", "fraud.nothing")]
    [InlineData("""{"countries":{"call":["Estonia"]}}""", "fraud.countries.call[0]")]
    [InlineData("""{"countries":{"call":["EE","UK"]}}""", "fraud.countries.call[1]")]
    [InlineData("""{"countries":{"fax":["EE"]}}""", "fraud.countries.fax")]
    public async Task A_malformed_policy_is_refused_by_field(string fraud, string field)
    {
        await _managed.CreateAccountAsync("strict");
        var answer = await _managed.PatchAsync("accounts/strict", $$"""{"fraud":{{fraud}}}""");

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Json.GetProperty("details").TryGetProperty(field, out _), answer.Body);
    }

    [Fact]
    public async Task A_policy_is_shown_as_it_was_set_and_null_puts_it_back()
    {
        const string Policy = """{"number_type":{"mode":"observe","action":"callOnly"}"""
            + ""","upstream":{"mode":"enforce","whenUnavailable":"refuse"},"countries":{"sms":["EE"]}}""";
        await _managed.CreateAccountAsync("shown");

        await _managed.PatchAsync("accounts/shown", $$"""{"fraud":{{Policy}}}""");
        Assert.Equal(Policy, (await _managed.GetAsync("accounts/shown")).Json.GetProperty("fraud").GetRawText());
        await _managed.PatchAsync("accounts/shown", """{"fraud":null}""");
        Assert.False((await _managed.GetAsync("accounts/shown")).Json.TryGetProperty("fraud", out _));
    }

    private static IEnumerable<string?> Values(Answer page) =>
        page.Json.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("value").GetString());

    private static string? Detail(Answer answer, string name) =>
        Assert.Single(answer.Json.GetProperty("details").GetProperty(name).EnumerateArray()).GetString();

    private Task<Answer> AskAsync(string path, string number, string more, HttpClient? client = null) =>
        _managed.Service.PostAsync($"/v1/{path}", $$"""{"number":"{{number}}",{{more}}}""", client);

    /// <summary>An account of its own, and a client with a token of it.</summary>
    private async Task<HttpClient> AccountAsync(string id, string settings = "{}")
    {
        await _managed.CreateAccountAsync(id);
        Assert.Equal(200, (await _managed.PatchAsync($"accounts/{id}", settings)).Status);
        var token = await _managed.PostAsync($"accounts/{id}/tokens");
        return _managed.Service.NewClient(token.Text("keyId"), token.Text("secret"));
    }
}
