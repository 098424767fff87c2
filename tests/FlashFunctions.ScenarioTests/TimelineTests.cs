using FlashFunctions.ScenarioTests.Callbacks;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests;

/// <summary>GET /manage/requests/{id}/timeline: what happened to a request, in plain words.</summary>
public sealed class TimelineTests : IAsyncLifetime
{
    private static readonly string CallThenSms = Steps.Of(new("call", "unibell", 60), "sms");

    private ManagedService _managed = null!;

    private TestService Service => _managed.Service;

    public async ValueTask InitializeAsync() => _managed = await ManagedService.StartAsync();

    public ValueTask DisposeAsync() => _managed.DisposeAsync();

    [Fact]
    public async Task It_tells_a_verification_from_the_call_to_the_report()
    {
        using var shop = await _managed.ClientOfAsync("shop", ""","dailyCap":{"amount":5,"currency":"EUR"}""");
        var id = (await _managed.VerifyAsync(shop, Phones.Ordinary, Steps.CallsBy("unibell"))).Text("requestId");
        await Service.PumpAsync();
        Service.Clock.Advance(TimeSpan.FromSeconds(12));
        var code = Service.CodeOn(Phones.Ordinary);
        await CheckAsync(shop, id, Service.WrongCodeFor(Phones.Ordinary));
        await CheckAsync(shop, id, code);
        await Service.PumpAsync();

        var timeline = await _managed.TimelineAsync(id);
        Assert.Equal(
            ["accepted", "limits", "limits", "step", "attempt", "report", "check", "check", "ended", "told"], timeline.Kinds);
        Assert.Contains(
            "The account shop asked to verify +3725300**** (EE) by flash call. The code has 4 digits",
            timeline.Text("accepted"),
            StringComparison.Ordinal);
        Assert.Equal("Step 1, flash call, started: the request was accepted.", timeline.Text("step"));
        var attempt = timeline.Of("attempt");
        Assert.Equal(
            ("unibell", "call", "placed", 0, 0.01m),
            (
                attempt.GetProperty("provider").GetString(), attempt.GetProperty("method").GetString(),
                attempt.GetProperty("state").GetString(), attempt.GetProperty("step").GetInt32(),
                attempt.GetProperty("price").GetProperty("amount").GetDecimal()));
        var report = timeline.Of("report");
        Assert.Equal("DELIVERED", report.GetProperty("status").GetString());
        Assert.Contains(
            $"its word: {report.GetProperty("raw").GetString()}", report.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal("A wrong code was entered, number 1 of at most 5.", timeline.Text("check"));
        Assert.Equal("The number was verified 12 s after it was asked for.", timeline.Text("ended"));
        Assert.Equal("The outcome was reported to unibell: verified.", timeline.Text("told"));
        Assert.Equal(timeline.Times.Order(), timeline.Times);
    }

    [Fact]
    public async Task Its_sentence_for_support_says_how_it_went_and_no_whole_number()
    {
        var id = await Service.VerifyAsync(Phones.Ordinary, Steps.CallsBy("unibell"));
        await Service.PumpAsync();
        var open = (await _managed.TimelineAsync(id)).Support;
        await Service.CheckAsync(id, Service.WrongCodeFor(Phones.Ordinary));
        await Service.PassAsync(TimeSpan.FromMinutes(6));
        var ended = (await _managed.TimelineAsync(id)).Support;

        Assert.Contains("development asked to verify +3725300**** (EE) by flash call.", open, StringComparison.Ordinal);
        Assert.Contains("The flash call went out through unibell at", open, StringComparison.Ordinal);
        Assert.Contains("unibell reported that the phone rang.", open, StringComparison.Ordinal);
        Assert.Contains("It is still open: the code can be entered until", open, StringComparison.Ordinal);
        Assert.Contains(
            "1 wrong code was entered. The verification expired: nobody entered the right code within 300 s.",
            ended,
            StringComparison.Ordinal);
        Assert.EndsWith($"(Request {id})", ended, StringComparison.Ordinal);
        Assert.DoesNotContain(Phones.Ordinary[5..], ended, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wait", "the wait of the step before had passed without what it waited for")]
    [InlineData("asked", "the account asked for it")]
    [InlineData("failed", "the step before was reported as not delivered")]
    [InlineData("down", "the step before could not be sent")]
    public async Task Each_step_says_why_it_started(string why, string text)
    {
        var number = why == "failed" ? Phones.With(Phones.Unreachable) : Phones.Ordinary;
        if (why == "down")
        {
            await Service.Simulator.SetProviderModeAsync(SimulatedProviders.Unibell, SimulatedMode.Unavailable);
        }

        var id = await Service.VerifyAsync(number, CallThenSms);
        await Service.PumpAsync();
        if (why == "wait")
        {
            await Service.PassAsync(TimeSpan.FromSeconds(61));
        }
        else if (why == "asked")
        {
            await Service.PassAsync(TimeSpan.FromSeconds(31));
            await Service.NextAsync(id);
            await Service.PumpAsync();
        }

        var timeline = await _managed.TimelineAsync(id);
        Assert.Contains($"Step 2, SMS, started: {text}.", timeline.Texts);
        Assert.Equal(
            why == "down",
            timeline.Texts.Any(entry => entry.StartsWith("unibell did not take it, and nothing was sent", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_skipped_step_and_a_verification_that_could_not_be_sent_say_the_reason()
    {
        foreach (var provider
            in (string[])[SimulatedProviders.Unibell, SimulatedProviders.Revicom, SimulatedProviders.Bird, SimulatedProviders.Lanck])
        {
            await Service.Simulator.SetProviderModeAsync(provider, SimulatedMode.Unavailable);
        }

        var id = await Service.VerifyAsync(Phones.Ordinary);
        await Service.PumpAsync();

        var timeline = await _managed.TimelineAsync(id);
        Assert.Equal("undeliverable", timeline.Of("ended").GetProperty("result").GetString());
        Assert.Contains(timeline.Texts, text => text.StartsWith("Step 1, flash call, was skipped:", StringComparison.Ordinal));
        Assert.Contains("The number could not be reached:", timeline.Support, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_fraud_guard_observed_is_there_with_its_arithmetic()
    {
        using var shop = await _managed.ClientOfAsync("shop", ""","fraud":{"country":{"mode":"observe"},"countries":{"call":["DE"]}}""");
        var id = (await _managed.VerifyAsync(shop, Phones.Ordinary)).Text("requestId");

        var fraud = (await _managed.TimelineAsync(id)).Of("fraud");
        Assert.Equal(
            ("country", "observe", "EE", "call to DE"),
            (Field("reason"), Field("mode"), Field("seen"), Field("limit")));
        Assert.Contains("nothing was blocked", fraud.GetProperty("text").GetString(), StringComparison.Ordinal);

        string Field(string name) => fraud.GetProperty("fraud").GetProperty(name).GetString()!;
    }

    [Fact]
    public async Task Callbacks_are_there_with_every_try()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.AnswerWith(503);
        var id = await Service.VerifyAsync(receiver, Steps.CallsBy("revicom"));
        await Service.PumpAsync();
        receiver.AnswerWith(200);
        await Service.PassAsync(TimeSpan.FromSeconds(6));

        var callbacks = (await _managed.TimelineAsync(id)).All("callback")
            .Select(entry => $"{entry.GetProperty("callback").GetString()![^1]} {entry.GetProperty("text").GetString()}").ToArray();
        Assert.Contains(callbacks, text => text.StartsWith("0 Callback 1 was due:", StringComparison.Ordinal));
        Assert.Contains(
            callbacks,
            text => text.StartsWith("0 The receiver did not take callback 1:", StringComparison.Ordinal)
            && text.Contains("503", StringComparison.Ordinal));
        Assert.Contains("0 The receiver took callback 1 at try 2.", callbacks);
    }

    [Fact]
    public async Task No_code_and_no_caller_number_is_in_it()
    {
        var id = await Service.VerifyAsync(Phones.Ordinary, Steps.Of("call", "sms"));
        await Service.PumpAsync();
        var caller = Service.Simulator.Phone(Phones.Ordinary)!.LastCaller!;
        await Service.CheckAsync(id, Service.CodeOn(Phones.Ordinary));
        var given = (await Service.PostAsync("/v1/calls/p2s", $$"""{"number":"{{Phones.Of(2)}}","code":"739164"}""")).Text("requestId");
        await Service.PumpAsync();

        var answer = await _managed.GetAsync($"requests/{id}/timeline");
        Assert.DoesNotContain(caller, answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain($"\"{caller[^4..]}\"", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("739164", (await _managed.GetAsync($"requests/{given}/timeline")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sms", "\"text\":\"Hello\"", "to send an SMS to")]
    [InlineData("messaging/viber", "\"text\":\"Hello\"", "to send a Viber message to")]
    [InlineData("calls/flash", "\"language\":\"en\"", "for a flash call to")]
    [InlineData("messaging/failover", "\"flow\":[{\"type\":\"sms\",\"message\":{\"text\":\"Hello\"}}]", "to send an SMS to")]
    public async Task Every_product_has_one(string path, string more, string asked)
    {
        var id = (await Service.PostAsync($"/v1/{path}", $$"""{"number":"{{Phones.Ordinary}}",{{more}}}""")).Text("requestId");
        await Service.PumpAsync();

        var timeline = await _managed.TimelineAsync(id);
        Assert.Contains(asked, timeline.Text("accepted"), StringComparison.Ordinal);
        Assert.NotEmpty(timeline.Support);
    }

    [Fact]
    public async Task A_look_up_has_one_too()
    {
        var id = (await Service.PostAsync("/v1/insight/hlr", $$"""{"number":"{{Phones.Ordinary}}"}""")).Text("id");

        var timeline = await _managed.TimelineAsync(id);
        Assert.Equal("accepted", timeline.Kinds[0]);
        Assert.Contains("about the network of", timeline.Support, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("01KJQ0ZP407DZ9RMFGMBA4GVGK")]
    public async Task Of_no_request_there_is_none(string id)
    {
        var answer = await _managed.GetAsync($"requests/{id}/timeline");
        Assert.Equal((404, 20), (answer.Status, answer.ErrorCode));
    }

    private Task<Answer> CheckAsync(HttpClient client, string id, string code) =>
        Service.PostAsync("/v1/verify/check", $$"""{"requestId":"{{id}}","code":"{{code}}"}""", client);
}
