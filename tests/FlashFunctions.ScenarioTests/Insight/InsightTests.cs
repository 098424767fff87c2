using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Limits;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.ScenarioTests.Messages;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests.Insight;

/// <summary>Questions about numbers.</summary>
public sealed class InsightTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly TestService _service = shared.Service;

    [Theory]
    [InlineData(1, "DELIVERED")]
    [InlineData(Phones.Unreachable, "UNDELIVERED")]
    [InlineData(Phones.Rejected, "REJECTED")]
    public async Task A_number_is_looked_up_by_either_verb(int behaviour, string status)
    {
        var number = shared.NewPhone(behaviour);
        var get = await _service.GetAsync($"/v1/insight/hlr?number={Uri.EscapeDataString(number)}");
        var rawPlus = await _service.GetAsync($"/v1/insight/hlr?number={number}");
        var post = await _service.PostFormAsync("/v1/insight/hlr", $"number={number}");

        foreach (var answer in (Answer[])[get, rawPlus, post])
        {
            Assert.Equal(200, answer.Status);
            Assert.Equal(
                ("insight.hlr", number, "EE", status),
                (answer.Text("product"), answer.Text("number"), answer.Text("country"), answer.Text("status")));
            Assert.Equal(("24801", "Telia Eesti", "mobile"), (answer.Text("mccmnc"), answer.Text("network"), answer.Text("type")));
            Assert.Equal(_service.Clock.GetUtcNow().ToUnixTimeMilliseconds(), answer.Json.GetProperty("createdAt").GetInt64(), 10_000.0);
        }

        Assert.Equal(number, Upstream.Form(Upstream.To(_service, "insight/hlr", number)[0])["number"]);
        var request = await _service.ReadAsync(get.Text("id"));
        Assert.Equal((status, "24801"), (request.Text("status"), request.Text("mccmnc")));
        Assert.Equal(number, request.Json.GetProperty("payload").GetProperty("number").GetString());
    }

    [Theory]
    [InlineData(1, "PASSED", true)]
    [InlineData(Phones.Unreachable, "NOT_MOBILE_PREFIX", false)]
    [InlineData(Phones.Rejected, "SUSPICIOUS", true)]
    [InlineData(Phones.Forbidden, "FRAUDULENT", true)]
    [InlineData(Phones.Declined, "FRAUDULENT", true)]
    public async Task A_number_is_checked_for_fraud(int behaviour, string status, bool mobile)
    {
        var number = shared.NewPhone(behaviour);
        var answer = await _service.PostFormAsync("/v1/insight/fraudcheck", $"number={number}");

        Assert.Equal(200, answer.Status);
        Assert.Equal((status, mobile), (answer.Text("status"), answer.Json.GetProperty("mobilePrefix").GetBoolean()));
        Assert.Equal(number, Upstream.Form(Assert.Single(Upstream.To(_service, "insight/fraudcheck", number)))["number"]);
        var request = await _service.ReadAsync(answer.Text("id"));
        Assert.Equal(("insight.fraudcheck", status), (request.Text("product"), request.Text("status")));
    }

    [Theory]
    [InlineData(SimulatedMode.Unavailable)]
    [InlineData(SimulatedMode.ServerError)]
    [InlineData(SimulatedMode.Reset)]
    [InlineData(SimulatedMode.Malformed)]
    [InlineData(SimulatedMode.TooManyRequests)]
    [InlineData(SimulatedMode.Unauthorized)]
    public async Task While_the_provider_is_down_the_number_plan_answers_as_far_as_it_knows(SimulatedMode mode)
    {
        await using var service = await TestService.StartAsync();
        await service.Simulator.SetProviderModeAsync(SimulatedProviders.Lanck, mode, TestContext.Current.CancellationToken);

        var mobile = await service.GetAsync("/v1/insight/hlr?number=%2B37253000001");
        var fixedLine = await service.GetAsync("/v1/insight/hlr?number=%2B3726000001");
        var fixedCheck = await service.PostFormAsync("/v1/insight/fraudcheck", "number=%2B3726000001");
        var mobileCheck = await service.PostFormAsync("/v1/insight/fraudcheck", "number=%2B37253000001");

        Assert.Equal((200, "UNKNOWN", "EE", "mobile"), (mobile.Status, mobile.Text("status"), mobile.Text("country"), mobile.Text("type")));
        Assert.Equal((200, "UNKNOWN", "fixed"), (fixedLine.Status, fixedLine.Text("status"), fixedLine.Text("type")));
        Assert.Equal((200, "NOT_MOBILE_PREFIX"), (fixedCheck.Status, fixedCheck.Text("status")));
        Assert.Equal((503, 50), (mobileCheck.Status, mobileCheck.ErrorCode));
        Assert.NotNull(mobileCheck.RetryAfter);
        Assert.Equal("UNKNOWN", (await service.ReadAsync(mobile.Text("id"))).Text("status"));
    }

    [Theory]
    [InlineData(SimulatedMode.Up, 10_000)]
    [InlineData(SimulatedMode.Unauthorized, 0)]
    [InlineData(SimulatedMode.TooManyRequests, 0)]
    [InlineData(SimulatedMode.Unavailable, 0)]
    [InlineData(SimulatedMode.ServerError, 10_000)]
    [InlineData(SimulatedMode.Reset, 10_000)]
    [InlineData(SimulatedMode.Malformed, 10_000)]
    public async Task What_the_provider_may_have_done_stays_counted_under_a_cap(SimulatedMode mode, long units)
    {
        await using var service = await TestService.StartAsync(new Settings
        {
            ["Prices:0:Product"] = "insight.hlr",
            ["Prices:0:Prefix"] = "372",
            ["Prices:0:Price"] = "0.01",
            ["Prices:0:Currency"] = "EUR",
        });
        using var client = await service.AddAccountAsync("shop");
        await service.Service<AccountStore>().UpdateAsync("shop", account => account with { DailyCap = new SpendCap(1, "EUR") }, default);
        await service.Simulator.SetProviderModeAsync(SimulatedProviders.Lanck, mode, TestContext.Current.CancellationToken);

        Assert.Equal(200, (await service.SendAsync(client, HttpMethod.Get, "/v1/insight/hlr?number=%2B37253000001", null)).Status);

        Assert.Equal(units, (await service.Service<SpendMeter>().ReadAsync("shop", "EUR", default)).Units);
    }

    [Fact]
    public async Task A_number_that_the_provider_does_not_know_is_invalid()
    {
        var hlr = await _service.GetAsync("/v1/insight/hlr?number=%2B37253000077");
        var fraud = await _service.PostFormAsync("/v1/insight/fraudcheck", "number=%2B37253000077");

        Assert.Equal((400, 11), (hlr.Status, hlr.ErrorCode));
        Assert.Equal((400, 11), (fraud.Status, fraud.ErrorCode));
    }

    [Fact]
    public async Task A_test_number_is_looked_up_without_asking_anybody()
    {
        var before = _service.Simulator.Requests().Count;

        var hlr = await _service.GetAsync("/v1/insight/hlr?number=%2B15005550006");
        var fraud = await _service.PostFormAsync("/v1/insight/fraudcheck", "number=%2B15005550006");

        Assert.Equal(("DELIVERED", "PASSED"), (hlr.Text("status"), fraud.Text("status")));
        Assert.Equal(before, _service.Simulator.Requests().Count);
    }
}
