using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests;

/// <summary>Rule 8: late, repeated, reordered and early webhooks change nothing that they should not.</summary>
public sealed class Rule08WebhooksTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly TestService _service = shared.Service;
    private readonly int _callbacksBefore = shared.Service.Simulator.SentCallbacks.Count;

    public static TheoryData<string> Providers => ["unibell", "revicom", "bird", "lanck"];

    /// <summary>What the providers have sent since the test began.</summary>
    private IEnumerable<SimulatedCallback> Sent => _service.Simulator.SentCallbacks.Skip(_callbacksBefore);

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Repeated_webhooks_change_nothing_more(string provider) =>
        Assert.Equal(("DELIVERED", "pending"), await StandingAfterAsync(provider, Phones.CallbacksDuplicated));

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Reordered_webhooks_come_to_the_same(string provider) =>
        Assert.Equal(("DELIVERED", "pending"), await StandingAfterAsync(provider, Phones.CallbacksReordered));

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_call_that_rang_has_rung_whatever_else_is_said_of_it(string provider) =>
        Assert.Equal(("DELIVERED", "pending"), await StandingAfterAsync(provider, Phones.Contradicted));

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Webhooks_that_come_before_the_answer_are_kept_and_applied(string provider)
    {
        Assert.Equal(("DELIVERED", "pending"), await StandingAfterAsync(provider, Phones.CallbacksEarly));
        Assert.NotEmpty(Sent);
        Assert.All(Sent, callback => Assert.Equal(200, callback.Status));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Without_any_webhook_the_call_counts_as_sent_and_its_code_verifies(string provider)
    {
        Assert.Equal(("SENT", "pending"), await StandingAfterAsync(provider, Phones.CallbacksLost));

        var number = shared.NewPhone(Phones.CallbacksLost);
        var id = await _service.VerifyByAsync(number, provider);
        await _service.PumpAsync();
        Assert.Equal("VERIFIED", (await _service.CheckAsync(id, _service.CodeOn(number))).Text("status"));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task An_unknown_status_is_taken_and_changes_nothing(string provider)
    {
        var (status, result) = await StandingAfterAsync(provider, Phones.CallbacksUnknown);

        Assert.Contains(status, (string[])["SENT", "RINGING"]);
        Assert.Equal("pending", result);
        Assert.All(Sent, callback => Assert.Equal(200, callback.Status));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_forged_webhook_is_refused_and_changes_nothing(string provider)
    {
        Assert.Equal(("SENT", "pending"), await StandingAfterAsync(provider, Phones.CallbacksForged));
        Assert.NotEmpty(Sent);
        Assert.All(Sent, callback => Assert.Equal(401, callback.Status));
    }

    [Theory]
    [InlineData("unibell", Phones.Unreachable)]
    [InlineData("bird", Phones.Unreachable)]
    [InlineData("lanck", Phones.Unreachable)]
    [InlineData("revicom", 1)]
    public async Task A_late_webhook_does_not_reopen_a_verified_request(string provider, int behaviour)
    {
        await using var service = await TestService.StartAsync();
        var number = Phones.With(behaviour);
        var id = await service.VerifyByAsync(number, provider, "lanck");
        await service.Host.PumpQueuesAsync();
        await service.CheckAsync(id, service.Simulator.Phone(number)!.History[0].From![^4..]);

        await service.PumpAsync();
        await service.PassAsync(TimeSpan.FromMinutes(2));

        Assert.Equal("verified", await service.ResultAsync(id));
        Assert.Equal(1, service.CallsTo(number));
        Assert.All(service.Simulator.SentCallbacks, callback => Assert.Equal(200, callback.Status));
    }

    [Fact]
    public async Task A_webhook_behind_the_due_time_does_not_change_how_it_ended_though_the_timer_has_not_come_by()
    {
        await using var service = await TestService.StartAsync();
        var id = await service.VerifyByAsync(Phones.With(Phones.Unreachable), "lanck");
        await service.PumpAsync();
        service.Clock.Advance(TimeSpan.FromMinutes(6));
        var before = await service.ReadAsync(id);
        var last = service.Simulator.SentCallbacks[^1];

        var status = await service.PostWebhookAsync(last.Address, last.Body.Replace("UNAVAILABLE", "ANSWERED", StringComparison.Ordinal));
        var after = await service.ReadAsync(id);
        await service.SweepAsync();

        Assert.Equal(200, status);
        Assert.Equal(("undeliverable", "UNDELIVERED"), (before.Text("result"), before.Text("status")));
        Assert.Equal(("undeliverable", "DELIVERED"), (after.Text("result"), after.Text("status")));
        Assert.Equal("undeliverable", await service.ResultAsync(id));
    }

    [Fact]
    public async Task A_failure_reported_after_the_next_step_has_started_starts_nothing_more()
    {
        await using var service = await TestService.StartAsync();
        var number = Phones.With(Phones.Unreachable);
        var id = await service.VerifyByAsync(number, "lanck", "revicom", "revicom");
        await service.Host.PumpQueuesAsync();
        service.Clock.Advance(TimeSpan.FromSeconds(31));
        await service.Host.PumpQueuesAsync();
        var before = service.CallsTo(number);

        await service.PumpAsync();

        Assert.Equal(2, before);
        Assert.Equal(2, service.CallsTo(number));
        Assert.Equal("pending", await service.ResultAsync(id));
    }

    [Theory]
    [InlineData("revicom", Phones.RingsUnreadable)]
    [InlineData("lanck", Phones.RingsWithServerError)]
    public async Task A_webhook_clears_an_unclear_answer_up(string provider, int behaviour)
    {
        var id = await _service.VerifyByAsync(shared.NewPhone(behaviour), provider);
        await _service.UnstickAsync(_service.Host.PumpQueuesAsync());
        var before = (await _service.ReadAsync(id)).Attempts[0].GetProperty("state").GetString();
        await _service.PumpAsync();
        var after = await _service.ReadAsync(id);

        Assert.Equal("unclear", before);
        Assert.Equal("placed", after.Attempts[0].GetProperty("state").GetString());
        Assert.Equal("DELIVERED", after.Text("status"));
    }

    [Theory]
    [InlineData("revicom", """{"messageUuid":"3c9d5f6e-0000-4000-8000-000000000000","event":"delivered"}""")]
    [InlineData("lanck", """{"requestId":"0123456789","number":"+37253000001","status":"DELIVERED","timestamp":1790000000}""")]
    public async Task A_webhook_for_a_request_that_does_not_exist_is_taken(string provider, string body)
    {
        var attempt = new AttemptKey(RequestId.New(_service.Clock.GetUtcNow()).Text, 0);
        var address = new Uri(_service.Service<CallbackAddresses>().For(provider, attempt));

        Assert.Equal(200, await _service.PostWebhookAsync(address, body));
    }

    [Theory]
    [InlineData("revicom", """{"messageUuid":"3c9d5f6e-0000-4000-8000-000000000000","event":"undelivered"}""")]
    [InlineData("lanck", """{"requestId":"0123456789","number":"+37253000001","status":"UNAVAILABLE","timestamp":1790000000}""")]
    public async Task A_webhook_of_another_call_at_an_attempts_address_changes_nothing(string provider, string body)
    {
        var id = await _service.VerifyByAsync(shared.NewPhone(), provider, "lanck");
        await _service.PumpAsync();
        var before = (await _service.ReadAsync(id)).Body;

        var status = await _service.PostWebhookAsync(
            new Uri(_service.Service<CallbackAddresses>().For(provider, new AttemptKey(id, 0))), body);
        await _service.PumpAsync();

        Assert.Equal(200, status);
        Assert.Equal(before, (await _service.ReadAsync(id)).Body);
    }

    [Fact]
    public async Task What_Lanck_reports_means_what_it_says_of_a_call_or_of_a_message_as_the_attempt_was_one()
    {
        var call = await _service.VerifyByAsync(shared.NewPhone(Phones.CallbacksLost), "lanck");
        var sms = await _service.PostAsync("/v1/sms", $$"""{"number":"{{shared.NewPhone(Phones.CallbacksLost)}}","text":"x"}""");
        await _service.PumpAsync();

        Assert.Equal("UNDELIVERED", await StatusAfterAsync(call, """{"status":"REJECTED"}"""));
        Assert.Equal("REJECTED", await StatusAfterAsync(sms.Text("requestId"), """{"status":"REJECTED","sipStatus":0}"""));

        async Task<string> StatusAfterAsync(string id, string report)
        {
            var address = new Uri(_service.Service<CallbackAddresses>().For("lanck", new AttemptKey(id, 0)));
            Assert.Equal(200, await _service.PostWebhookAsync(address, report));
            return (await _service.ReadAsync(id)).Text("status");
        }
    }

    [Theory]
    [InlineData("/webhooks/unibell/wrong")]
    [InlineData("/webhooks/unibell")]
    [InlineData("/webhooks/revicom/a/b/c")]
    [InlineData("/webhooks/revicom/x")]
    [InlineData("/webhooks/lanck/a/0/c")]
    [InlineData("/webhooks/bird")]
    public async Task A_webhook_without_proof_is_401(string path) =>
        Assert.Equal(401, await _service.PostWebhookAsync(new Uri(_service.Host.Address, path), "{}"));

    [Fact]
    public async Task A_webhook_over_64_KiB_is_413() =>
        Assert.Equal(413, await _service.PostWebhookAsync(new Uri(_service.Host.Address, "/webhooks/bird"), new string('x', 65_537)));

    private async Task<(string Status, string Result)> StandingAfterAsync(string provider, int behaviour)
    {
        var id = await _service.VerifyByAsync(shared.NewPhone(behaviour), provider, "lanck");
        await _service.PumpAsync();
        var request = await _service.ReadAsync(id);
        Assert.Single(request.Attempts);
        return (request.Text("status"), request.Text("result"));
    }
}
