using FlashFunctions.ScenarioTests.Callbacks;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>The words of a timeline and of its sentence for support, for everything that can become of a request.</summary>
public sealed class TimelineWordsTests : IAsyncLifetime
{
    private ManagedService _managed = null!;

    private TestService Service => _managed.Service;

    public async ValueTask InitializeAsync() => _managed = await ManagedService.StartAsync();

    public ValueTask DisposeAsync() => _managed.DisposeAsync();

    [Theory]
    [InlineData("cancel", "The account canceled the verification.", "canceled")]
    [InlineData("newer", "A newer verification of the same number took its place.", "canceled")]
    [InlineData("wrong", "5 wrong codes were entered. The verification failed, because too many", "a wrong code was entered")]
    [InlineData("silence", "The verification expired: nobody entered the right code within 300 s.", "no code was entered in time")]
    public async Task A_verification_says_how_it_ended_and_what_the_provider_was_told(string how, string support, string told)
    {
        var id = await Service.VerifyByAsync(Phones.Ordinary, "bird");
        await Service.PumpAsync();
        await Service.PassAsync(TimeSpan.FromSeconds(31));
        switch (how)
        {
            case "cancel":
                await Service.CancelAsync(id);
                break;
            case "newer":
                await Service.VerifyByAsync(Phones.Ordinary, "bird");
                break;
            case "wrong":
                for (var tries = 0; tries < 5; tries++)
                {
                    await Service.CheckAsync(id, Service.WrongCodeFor(Phones.Ordinary));
                }

                break;
            default:
                await Service.PassAsync(TimeSpan.FromMinutes(6));
                await Service.SweepAsync();
                break;
        }

        await Service.PumpAsync();

        var timeline = await _managed.TimelineAsync(id);
        Assert.True(timeline.Support.Contains(support, StringComparison.Ordinal), timeline.Support);
        Assert.Contains($"The outcome was reported to bird: {told}.", timeline.Texts);
    }

    [Theory]
    [InlineData(Phones.RingsAndResets, "It is not known whether unibell sent it, so it is not", "whether it went out is not known")]
    [InlineData(Phones.RefusedAsInvalidNumber, "unibell refused the number:", "unibell refused the number:")]
    [InlineData(Phones.CallbacksLost, "unibell took it within", "unibell has not reported what became of it.")]
    public async Task An_attempt_says_what_is_known_of_it(int behaviour, string text, string support)
    {
        var id = await Service.VerifyByAsync(Phones.With(behaviour), "unibell");
        await Service.PumpAsync();

        var timeline = await _managed.TimelineAsync(id);
        Assert.StartsWith(text, timeline.Text("attempt"), StringComparison.Ordinal);
        Assert.Contains(support, timeline.Support, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_nobody_took_says_that_the_timer_queued_it_again()
    {
        var id = await Service.VerifyByAsync(Phones.Ordinary, "unibell");
        Service.Clock.Advance(TimeSpan.FromSeconds(60));
        await Service.SweepAsync();

        var timeline = await _managed.TimelineAsync(id);
        Assert.Equal("Nothing had happened for too long, so the timer queued the job again.", timeline.Text("resumed"));
        Assert.Contains("attempt", timeline.Kinds);
    }

    [Fact]
    public async Task A_test_number_says_what_it_plays()
    {
        var number = "+37255512345";
        await _managed.PostAsync("test-numbers", $$"""{"number":"{{number}}","code":"1234","outcome":"late","delay":5}""");
        var id = await Service.VerifyAsync(number);
        await Service.PumpAsync();
        await Service.PassAsync(TimeSpan.FromSeconds(6));

        var timeline = await _managed.TimelineAsync(id);
        Assert.Equal(
            "It is a test number with the outcome late, 5 s after it is sent: no provider is called, and no limit counts it.",
            timeline.Text("test"));
        Assert.DoesNotContain("limits", timeline.Kinds);
    }

    [Fact]
    public async Task A_goal_is_there_with_what_the_provider_was_told()
    {
        var id = (await Service.PostAsync("/v1/sms", $$"""{"number":"{{Phones.Ordinary}}","text":"Hello"}""")).Text("requestId");
        await Service.PumpAsync();
        await Service.PostAsync($"/v1/requests/{id}", """{"goal":"LINK_OPENED"}""");
        await Service.PumpAsync();

        var timeline = await _managed.TimelineAsync(id);
        Assert.Equal("The account reported LINK_OPENED.", timeline.Text("goal"));
        Assert.Equal("The outcome was reported to lanck: the link was opened.", timeline.Text("told"));
    }

    [Theory]
    [InlineData(503, "Callback 1 is tried again at ")]
    [InlineData(410, "The receiver answered 410 and is sent no more; callback 1 was not taken.")]
    public async Task A_callback_that_is_not_taken_says_what_becomes_of_it(int status, string text)
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.AnswerWith(status);
        var id = await Service.VerifyAsync(receiver, Steps.CallsBy("revicom"));
        await Service.PumpAsync();

        var timeline = await _managed.TimelineAsync(id);
        Assert.Contains(timeline.Texts, entry => entry.StartsWith(text, StringComparison.Ordinal));
        Assert.Equal(
            status == 410, timeline.Support.Contains("The account's server did not take all of our callbacks.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_callback_that_was_given_up_is_said_to_be_a_dead_letter()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.AnswerWith(503);
        var id = await Service.VerifyAsync(receiver, Steps.CallsBy("revicom"));
        await Service.PumpAsync();
        for (var hours = 0; hours < 24; hours++)
        {
            await Service.PassAsync(TimeSpan.FromHours(1));
        }

        var timeline = await _managed.TimelineAsync(id);
        Assert.Contains(
            timeline.Texts,
            entry => entry.StartsWith("Callback 1 was given up after 7 tries and is a dead letter:", StringComparison.Ordinal));
        Assert.Contains("The account's server did not take all of our callbacks.", timeline.Support, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("messaging/push", "\"text\":\"Hello\"", "to send a push message to")]
    [InlineData("messaging/rcs", "\"text\":\"Hello\"", "to send an RCS message to")]
    [InlineData("calls/t2s", "\"text\":\"Hello\"", "to send a spoken message to")]
    [InlineData("calls/p2s", "\"code\":\"1234\"", "to send a spoken code to")]
    public async Task What_was_asked_for_is_named(string path, string more, string asked)
    {
        var id = (await Service.PostAsync($"/v1/{path}", $$"""{"number":"{{Phones.Ordinary}}",{{more}}}""")).Text("requestId");
        var open = (await _managed.TimelineAsync(id)).Support;
        await Service.PumpAsync();

        Assert.Contains(asked, open, StringComparison.Ordinal);
        Assert.Contains("It is still open; its status is ACCEPTED.", open, StringComparison.Ordinal);
        Assert.DoesNotContain("open", (await _managed.TimelineAsync(id)).Support, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fraud_check_says_its_verdict()
    {
        var id = (await Service.PostAsync("/v1/insight/fraudcheck", $$"""{"number":"{{Phones.Ordinary}}"}""")).Text("id");

        Assert.Contains(
            "for a fraud check of +3725300**** (EE). The answer was PASSED.",
            (await _managed.TimelineAsync(id)).Support,
            StringComparison.Ordinal);
    }
}
