using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>POST /manage/accounts/{id}/stop: everything that an account has open ends at once.</summary>
public sealed class AccountStopTests : IAsyncLifetime
{
    private const string Reason = "An operator stopped what the account had open.";
    private readonly Journal _journal = new();
    private ManagedService _managed = null!;
    private HttpClient _shop = null!;

    public async ValueTask InitializeAsync()
    {
        _managed = await ManagedService.StartAsync(_journal.Attach);
        _shop = await _managed.ClientOfAsync("shop");
    }

    public ValueTask DisposeAsync()
    {
        _shop.Dispose();
        return _managed.DisposeAsync();
    }

    [Fact]
    public async Task Verifications_calls_and_messages_end_are_counted_and_told_and_nothing_more_is_sent()
    {
        var flow = await FlowAsync(Phones.With(Phones.Unfinished));
        await _managed.Service.PumpAsync();
        _managed.Service.Clock.Advance(TimeSpan.FromHours(30));
        var placed = await VerifyAsync(Phones.Of(1));
        var speech = await SendAsync("calls/t2s", $$"""{"number":"{{Phones.With(Phones.Unfinished, 2)}}","text":"Hello"}""");
        await _managed.Service.PumpAsync();
        var waiting = await VerifyAsync(Phones.Of(3));
        var message = await SendAsync("sms", $$"""{"number":"{{Phones.Of(4)}}","text":"Hello"}""");
        var sent = Sent();

        var stopped = await _managed.PostAsync("accounts/shop/stop");
        await _managed.Service.PassAsync(TimeSpan.FromSeconds(100));
        await _managed.Service.PassAsync(TimeSpan.FromHours(30));

        Assert.Equal("""{"account":"shop","stopped":{"verifications":2,"calls":1,"messages":2}}""", stopped.Body);
        Assert.Equal(sent, Sent());
        foreach (var id in (string[])[placed, waiting])
        {
            Assert.Equal(("canceled", Reason), await EndAsync(id, "result"));
        }

        foreach (var id in (string[])[flow, speech, message])
        {
            Assert.Equal(("UNDELIVERED", Reason), await EndAsync(id, "status"));
        }

        Assert.Contains(
            _managed.Service.Simulator.Requests("bird"), request => request.Body.Contains("canceled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_over_and_what_others_have_open_stays_as_it_is_and_new_calls_are_taken()
    {
        using var other = await _managed.ClientOfAsync("other");
        var verified = await VerifyAsync(Phones.Of(1));
        var foreign = (await _managed.VerifyAsync(other, Phones.Of(2), ByBird)).Text("requestId");
        await _managed.Service.PumpAsync();
        var code = _managed.Service.CodeOn(Phones.Of(1));
        await _managed.Service.PostAsync("/v1/verify/check", $$"""{"requestId":"{{verified}}","code":"{{code}}"}""", _shop);

        Assert.Equal(
            """{"account":"shop","stopped":{"verifications":0,"calls":0,"messages":0}}""",
            (await _managed.PostAsync("accounts/shop/stop")).Body);
        _managed.Service.Clock.Advance(TimeSpan.FromSeconds(1));
        var fresh = await VerifyAsync(Phones.Of(3));
        await _managed.Service.PumpAsync();

        Assert.Equal("verified", (await _managed.GetAsync($"requests/{verified}")).Text("result"));
        Assert.Equal("pending", (await _managed.GetAsync($"requests/{foreign}")).Text("result"));
        Assert.Equal("pending", (await _managed.GetAsync($"requests/{fresh}")).Text("result"));
        Assert.Equal(1, _managed.Service.CallsTo(Phones.Of(3)));
    }

    [Fact]
    public async Task Stopping_looks_only_at_what_the_account_may_have_open()
    {
        using var other = await _managed.ClientOfAsync("other");
        for (var phone = 0; phone < 10; phone++)
        {
            await _managed.VerifyAsync(other, Phones.Of(phone), ByBird);
        }

        await VerifyAsync(Phones.Of(20));
        _managed.Service.Clock.Advance(TimeSpan.FromMinutes(11));
        await VerifyAsync(Phones.Of(21));
        _journal.Clear();

        Assert.Equal(1, await StopAsync());

        Assert.Equal(0, Count($"{TableNames.Requests}.Query"));
        Assert.Equal(1, Count($"{TableNames.Requests}.Read"));
        Assert.Equal(1, Count($"{TableNames.Requests}.Replace"));
        Assert.InRange(Count($"{TableNames.Index}.Query"), 1, 110);
    }

    [Fact]
    public async Task What_the_index_does_not_have_yet_is_not_sent_either()
    {
        _journal.Before = operation =>
            operation.ToString() == $"{TableNames.Index}.Insert" ? throw new StorageUnavailableException() : Task.CompletedTask;
        var id = await VerifyAsync(Phones.Of(1));
        _journal.Before = null;

        Assert.Equal(0, await StopAsync());
        await _managed.Service.PumpAsync();

        Assert.Equal(("undeliverable", Reason), await EndAsync(id, "result"));
        Assert.Equal(0, Sent());
    }

    [Fact]
    public async Task A_report_that_comes_after_the_stop_still_says_what_arrived()
    {
        var id = await SendAsync("sms", $$"""{"number":"{{Phones.Of(1)}}","text":"Hello"}""");
        Assert.True(await _managed.Service.Host.DeliverOneAsync(QueueNames.Dispatch));
        await _managed.PostAsync("accounts/shop/stop");
        Assert.Equal(("UNDELIVERED", Reason), await EndAsync(id, "status"));

        await _managed.Service.PumpAsync();

        Assert.Equal(("DELIVERED", Reason), await EndAsync(id, "status"));
    }

    [Fact]
    public async Task What_is_stopped_gives_back_what_was_counted_and_not_sent()
    {
        await _managed.PatchAsync("accounts/shop", """{"dailyCap":{"amount":1,"currency":"EUR"}}""");
        await VerifyAsync(Phones.Of(1));
        Assert.Equal(0.10m, await _managed.SpentAsync("shop"));

        await _managed.PostAsync("accounts/shop/stop");

        Assert.Equal(0m, await _managed.SpentAsync("shop"));
        Assert.True((await _managed.GetAsync("accounts/shop")).Json.TryGetProperty("stoppedAt", out _));
    }

    [Fact]
    public async Task An_account_that_does_not_exist_is_404()
    {
        var answer = await _managed.PostAsync("accounts/nobody/stop");
        Assert.Equal((404, 20), (answer.Status, answer.ErrorCode));
    }

    private static readonly string ByBird = Steps.Of(new("call", "bird", Wait: 30), new("call", "revicom"));

    private async Task<string> VerifyAsync(string number)
    {
        var answer = await _managed.VerifyAsync(_shop, number, ByBird);
        Assert.True(answer.Status == 202, answer.Body);
        return answer.Text("requestId");
    }

    private Task<string> FlowAsync(string number) => SendAsync(
        "messaging/failover",
        $$"""
        {"number":"{{number}}","flow":[{"type":"push","message":{"text":"One"},"failover":{"wait":86400} },
         {"type":"viber","message":{"text":"Two"},"failover":{"wait":86400} },{"type":"sms","message":{"text":"Three"} }]}
        """);

    private async Task<string> SendAsync(string path, string body)
    {
        var answer = await _managed.Service.PostAsync($"/v1/{path}", body, _shop);
        Assert.True(answer.Status == 202, answer.Body);
        return answer.Text("requestId");
    }

    private async Task<(string Word, string Reason)> EndAsync(string id, string word)
    {
        var request = await _managed.GetAsync($"requests/{id}");
        return (request.Text(word), request.Json.TryGetProperty("reason", out var reason) ? reason.GetString()! : "");
    }

    /// <summary>Stops the account; how many verifications were ended.</summary>
    private async Task<int> StopAsync() =>
        (await _managed.PostAsync("accounts/shop/stop")).Json.GetProperty("stopped").GetProperty("verifications").GetInt32();

    private int Sent() => _journal.Operations.Count(operation => operation.Verb == "Place");

    private int Count(string operation) => _journal.Operations.Count(each => each.ToString() == operation);
}
