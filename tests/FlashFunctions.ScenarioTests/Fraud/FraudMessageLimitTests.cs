using System.Text;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests.Fraud;

/// <summary>The fraud guard's limit of messages, spoken texts and look-ups to one number: 5 in 10 minutes, 20 a day.</summary>
public sealed class FraudMessageLimitTests : IAsyncLifetime
{
    private const string Number = "+37253000001";

    private ManagedService _managed = null!;

    public async ValueTask InitializeAsync() => _managed = await ManagedService.StartAsync();

    public ValueTask DisposeAsync() => _managed.DisposeAsync();

    [Theory]
    [InlineData("sms")]
    [InlineData("calls/t2s")]
    [InlineData("messaging/viber")]
    [InlineData("insight/hlr")]
    public async Task The_sixth_message_in_ten_minutes_is_refused_and_says_until_when(string path)
    {
        var first = _managed.Service.Clock.Now.ToUnixTimeMilliseconds();
        for (var message = 0; message < 5; message++)
        {
            Assert.InRange((await SendAsync(path)).Status, 200, 202);
            _managed.Service.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        var refused = await SendAsync(path);

        Assert.Equal((403, 30), (refused.Status, refused.ErrorCode));
        Assert.Equal(
            ("messages", "number", "5", "5 in 10 minutes"),
            (Detail(refused, "reason"), Detail(refused, "scope"), Detail(refused, "seen"), Detail(refused, "limit")));
        Assert.Equal($"{first + 600_000}", Detail(refused, "until"));
        _managed.Service.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.InRange((await SendAsync(path)).Status, 200, 202);
        Assert.Equal(403, (await SendAsync(path)).Status);
    }

    [Fact]
    public async Task The_twenty_first_message_of_a_day_is_refused()
    {
        for (var message = 0; message < 20; message++)
        {
            Assert.Equal(202, (await SendAsync("sms")).Status);
            _managed.Service.Clock.Advance(TimeSpan.FromMinutes(30));
        }

        var refused = await SendAsync("sms");

        Assert.Equal((403, "messages", "20 in 24 hours"), (refused.Status, Detail(refused, "reason"), Detail(refused, "limit")));
    }

    [Fact]
    public async Task All_kinds_of_messages_count_together_and_verifications_do_not()
    {
        foreach (var path in (string[])["sms", "calls/t2s", "messaging/rcs", "insight/hlr", "messaging/push"])
        {
            Assert.InRange((await SendAsync(path)).Status, 200, 202);
        }

        Assert.Equal(403, (await SendAsync("messaging/viber")).Status);
        Assert.Equal(202, (await _managed.Service.PostAsync("/v1/verify", $$"""{"number":"{{Number}}","method":"sms"}""")).Status);
        Assert.Equal(200, (await SendAsync("insight/fraudcheck")).Status);
        Assert.Equal(202, (await SendAsync("sms", "+37253000002")).Status);
    }

    [Fact]
    public async Task Neither_a_repeat_by_its_key_nor_a_refused_call_counts()
    {
        for (var message = 0; message < 8; message++)
        {
            Assert.Equal(202, (await KeyedAsync("one")).Status);
            Assert.Equal(400, (await _managed.Service.PostAsync("/v1/sms", $$"""{"number":"{{Number}}"}""")).Status);
        }

        for (var message = 0; message < 4; message++)
        {
            Assert.Equal(202, (await SendAsync("sms")).Status);
        }

        Assert.Equal(403, (await SendAsync("sms")).Status);
        Assert.Equal(202, (await KeyedAsync("one")).Status);
    }

    [Fact]
    public async Task A_flows_message_beyond_the_limit_is_skipped()
    {
        var number = Phones.With(Phones.Unreachable);
        for (var message = 0; message < 4; message++)
        {
            Assert.Equal(202, (await SendAsync("sms", number)).Status);
        }

        var flow = await _managed.Service.PostAsync(
            "/v1/messaging/failover",
            $$"""
            {"number":"{{number}}","flow":[
              {"type":"viber","message":{"text":"x"},"failover":{"wait":60,"condition":"delivered"} },
              {"type":"sms","message":{"text":"x"} }]}
            """);
        Assert.Equal(202, flow.Status);
        await _managed.Service.PumpAsync();
        await _managed.Service.PassAsync(TimeSpan.FromSeconds(61));

        var attempts = (await _managed.Service.ReadAsync(flow.Text("requestId"))).Attempts;
        Assert.Equal("Blocked by the fraud guard: messages.", attempts[^1].GetProperty("reason").GetString());
        Assert.Equal(2, attempts.Count);
        var finding = Assert.Single(
            (await _managed.GetAsync($"requests/{flow.Text("requestId")}")).Json.GetProperty("fraud").EnumerateArray());
        Assert.Equal("messages", finding.GetProperty("reason").GetString());
        Assert.Equal("5 in 10 minutes", finding.GetProperty("limit").GetString());
    }

    [Fact]
    public async Task An_account_may_observe_raise_or_switch_off_the_limit_and_an_allow_list_wins()
    {
        using var observing = await ClientAsync("observing", """{"mode":"observe"}""");
        using var generous = await ClientAsync("generous", """{"limit":7}""");
        using var careless = await ClientAsync("careless", """{"mode":"off"}""");
        await _managed.PostAsync("fraud/lists/allow", """{"scope":"number","value":"+37253000003"}""");

        var observed = await ManyAsync(observing, 8);

        Assert.Equal(202, observed.Status);
        var request = await _managed.GetAsync($"requests/{observed.Text("requestId")}");
        var finding = Assert.Single(request.Json.GetProperty("fraud").EnumerateArray());
        Assert.Equal(
            ("messages", "observe", "7"),
            (finding.GetProperty("reason").GetString(), finding.GetProperty("mode").GetString(), finding.GetProperty("seen").GetString()));
        Assert.Equal(202, (await ManyAsync(generous, 7)).Status);
        Assert.Equal(403, (await ManyAsync(generous, 1)).Status);
        Assert.Equal(202, (await ManyAsync(careless, 30)).Status);
        Assert.Equal(202, (await ManyAsync(_managed.Service.Http, 8, "+37253000003")).Status);
    }

    [Fact]
    public async Task A_look_up_beyond_a_limit_that_observes_has_it_on_its_request()
    {
        using var observing = await ClientAsync("watching", """{"mode":"observe"}""");
        await ManyAsync(observing, 5);

        var asked = await _managed.Service.PostAsync("/v1/insight/hlr", $$"""{"number":"{{Number}}"}""", observing);

        Assert.Equal((200, "DELIVERED"), (asked.Status, asked.Text("status")));
        var request = await _managed.GetAsync($"requests/{asked.Text("id")}");
        var finding = Assert.Single(request.Json.GetProperty("fraud").EnumerateArray());
        Assert.Equal(
            ("messages", "observe", "5", "5 in 10 minutes"),
            (finding.GetProperty("reason").GetString(), finding.GetProperty("mode").GetString(),
                finding.GetProperty("seen").GetString(), finding.GetProperty("limit").GetString()));
    }

    [Fact]
    public async Task A_limit_of_messages_above_a_thousand_is_refused_by_field()
    {
        await _managed.CreateAccountAsync("vast");
        var answer = await _managed.PatchAsync("accounts/vast", """{"fraud":{"messages":{"limit":1001}}}""");

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names("fraud.messages.limit"), answer.Body);
    }

    [Fact]
    public async Task A_test_numbers_messages_count_nowhere() =>
        Assert.Equal(202, (await ManyAsync(_managed.Service.Http, 8, Phones.Test)).Status);

    [Fact]
    public async Task Of_twenty_messages_at_once_five_are_let_through()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SendAsync("sms")));

        Assert.Equal((5, 15), (answers.Count(answer => answer.Status == 202), answers.Count(answer => answer.Status == 403)));
    }

    private static string? Detail(Answer answer, string name) =>
        Assert.Single(answer.Json.GetProperty("details").GetProperty(name).EnumerateArray()).GetString();

    private Task<Answer> SendAsync(string path, string number = Number) =>
        _managed.Service.PostAsync($"/v1/{path}", $$"""{"number":"{{number}}","text":"x"}""");

    private async Task<Answer> KeyedAsync(string key)
    {
        using var content = new StringContent($$"""{"number":"{{Number}}","text":"x"}""", Encoding.UTF8, "application/json");
        content.Headers.Add("Idempotency-Key", key);
        return await _managed.Service.SendAsync(_managed.Service.Http, HttpMethod.Post, "/v1/sms", content);
    }

    private async Task<HttpClient> ClientAsync(string account, string policy)
    {
        var client = await _managed.ClientOfAsync(account);
        Assert.Equal(200, (await _managed.PatchAsync($"accounts/{account}", $$"""{"fraud":{"messages":{{policy}} } }""")).Status);
        return client;
    }

    private async Task<Answer> ManyAsync(HttpClient client, int count, string number = Number)
    {
        Answer? last = null;
        for (var message = 0; message < count; message++)
        {
            last = await _managed.Service.PostAsync("/v1/sms", $$"""{"number":"{{number}}","text":"x"}""", client);
        }

        return last!;
    }
}
