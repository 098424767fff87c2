using FlashFunctions.Simulator;

namespace FlashFunctions.Tests.Simulator;

public sealed class BehaviourTests
{
    private const string Start = "140855539";

    public static TheoryData<string> Providers =>
        [SimulatedProviders.Unibell, SimulatedProviders.Revicom, SimulatedProviders.Bird, SimulatedProviders.Lanck];

    [Theory]
    [InlineData("unibell", "401/1 400/2 401/5 429/4 429/4 403/6 400/10 400/11 400/16 400/77 404/10")]
    [InlineData("lanck", "401/1 400/2 401/5 429/4 429/4 403/6 400/10 400/11 400/16 400/77 404/10")]
    [InlineData("revicom", "401/4012 403/4030 401/4010 429/4290 429/4290 403/4030 422/4220 422/4220 422/4220 200/4220 404/4040")]
    [InlineData("bird", "401/ 403/ 401/ 429/ 429/ 400/ 422/$.ringTimeout 422/$.to 422/$.from 400/$.to 404/")]
    public async Task Endings_70_to_80_are_refused_in_the_providers_own_words(string provider, string expected)
    {
        await using var session = await SimulatorSession.StartAsync();
        var answers = new List<string>();

        for (var ending = 70; ending <= 80; ending++)
        {
            var answer = await session.CallAsync(provider, $"{Start}{ending}");
            answers.Add($"{answer.Code}/{CodeOf(provider, answer)}");
        }

        Assert.Equal(expected, string.Join(' ', answers));
        Assert.Equal(0, session.App.CallsPlaced);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Retry_after_is_sent_where_the_table_says_so(string provider)
    {
        await using var session = await SimulatorSession.StartAsync();
        var answers = new List<string>();

        foreach (var ending in new[] { 73, 74, 83, 84, 85 })
        {
            var answer = await session.CallAsync(provider, $"{Start}{ending}");
            answers.Add($"{answer.Code}:{answer.RetryAfter}");
        }

        Assert.Equal("429: 429:1 503: 503:1 503:120", string.Join(' ', answers));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Failures_of_the_platform_place_nothing(string provider)
    {
        await using var session = await SimulatorSession.StartAsync();

        Assert.Equal(500, (await session.CallAsync(provider, Start + "81")).Code);
        var page = await session.CallAsync(provider, Start + "82");
        Assert.Equal((502, "text/html"), (page.Code, page.MediaType));
        await Assert.ThrowsAsync<HttpRequestException>(() => session.CallAsync(provider, Start + "87"));
        Assert.Equal(0, session.App.CallsPlaced);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task The_phone_rings_behind_an_answer_that_fails(string provider)
    {
        await using var session = await SimulatorSession.StartAsync();

        Assert.Equal(500, (await session.CallAsync(provider, Start + "86")).Code);
        await Assert.ThrowsAsync<HttpRequestException>(() => session.CallAsync(provider, Start + "88"));
        await Assert.ThrowsAsync<HttpRequestException>(() => session.CallAsync(provider, Start + "89"));
        var cut = await session.CallAsync(provider, Start + "90");
        var empty = await session.CallAsync(provider, Start + "91");
        var slow = await session.CallAsync(provider, Start + "92");

        Assert.ThrowsAny<System.Text.Json.JsonException>(() => cut.Json);
        Assert.Equal("{}", empty.Body);
        Assert.True(slow.Code is 200 or 202);
        foreach (var ending in new[] { 86, 88, 89, 90, 91, 92 })
        {
            Assert.Equal(1, session.App.Phone($"{Start}{ending}")!.Calls);
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_call_that_was_accepted_but_badly_answered_is_still_reported(string provider)
    {
        await using var session = await SimulatorSession.StartAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => session.CallAsync(provider, Start + "89"));

        await session.App.DeliverCallbacksAsync();

        Assert.NotEmpty(session.Receiver.Received);
    }

    [Theory]
    [InlineData("unibell", "ANSWERED|BUSY_HERE|REJECTED|UNAVAILABLE|FORBIDDEN||TERMINATED|TERMINATED UNAVAILABLE|TERMINATED|")]
    [InlineData(
        "revicom",
        "sent delivered|sent delivered|sent rejected|sent undelivered|sent rejected|sent|sent delivered|sent delivered undelivered|"
            + "sent delivered|")]
    [InlineData(
        "bird",
        "starting ringing ongoing completed|starting ringing busy|starting failed|starting failed|starting failed|starting ringing|"
            + "starting ringing no-answer|starting ringing no-answer failed|starting ringing no-answer|")]
    [InlineData(
        "lanck",
        "SENT ANSWERED|SENT BUSY_HERE|SENT REJECTED|SENT UNAVAILABLE|SENT FORBIDDEN|SENT|SENT TERMINATED|SENT TERMINATED UNAVAILABLE|"
            + "SENT TERMINATED|")]
    public async Task Endings_60_to_69_choose_what_is_reported(string provider, string expected)
    {
        var reported = new List<string>();
        for (var ending = 60; ending <= 69; ending++)
        {
            await using var session = await SimulatorSession.StartAsync(AllEvents);
            await CallForAllEventsAsync(session, provider, $"{Start}{ending}");
            await session.App.DeliverCallbacksAsync();
            reported.Add(session.Receiver.Statuses);
        }

        Assert.Equal(expected, string.Join('|', reported));
    }

    [Theory]
    [InlineData(60, true)]
    [InlineData(61, true)]
    [InlineData(62, false)]
    [InlineData(63, false)]
    [InlineData(64, false)]
    [InlineData(69, false)]
    public async Task A_phone_rings_only_where_the_call_gets_through(int ending, bool rings)
    {
        await using var session = await SimulatorSession.StartAsync();

        await session.CallAsync("lanck", $"{Start}{ending}");

        var phone = session.App.Phone($"{Start}{ending}")!;
        Assert.Equal((1, rings ? 1 : 0, rings), (phone.Calls, phone.Arrived, phone.Ringing is not null));
    }

    [Theory]
    [InlineData("sms", 66, "SENT DELIVERED")]
    [InlineData("messaging/viber", 66, "SENT DELIVERED READ")]
    [InlineData("messaging/viber", 68, "SENT UNDELIVERED")]
    [InlineData("messaging/viber", 69, "")]
    [InlineData("sms", 69, "SENT DELIVERED")]
    [InlineData("sms", 62, "REJECTED")]
    [InlineData("sms", 63, "SENT UNDELIVERED")]
    [InlineData("calls/t2s", 11, "SENT ANSWERED")]
    [InlineData("calls/t2s", 68, "SENT TERMINATED")]
    public async Task Messages_and_spoken_calls_have_fates_of_their_own(string path, int ending, string expected)
    {
        await using var session = await SimulatorSession.StartAsync();
        await session.LanckAsync(
            "/" + path, $"number=%2B{Start}{ending}&text=hello&callbackUrl={Uri.EscapeDataString(SimulatorSession.CallbackUrl)}");

        await session.App.DeliverCallbacksAsync();

        Assert.Equal(expected, session.Receiver.Statuses);
    }

    [Fact]
    public void The_table_lists_every_ending_from_60_to_99_once()
    {
        Assert.Equal(Enumerable.Range(60, 40), SimulatedBehaviours.All.Select(behaviour => behaviour.Ending!.Value));
        Assert.Equal("ordinary", SimulatedBehaviours.Of("14085553959").Name);
    }

    private static SimulatorOptions AllEvents(CallbackReceiver receiver) => new()
    {
        Manual = true,
        CallbackHandler = receiver,
        Addresses = new SimulatedCallbackAddresses { Unibell = SimulatorSession.UnibellCallbacks, Bird = SimulatorSession.BirdCallbacks },
        RevicomEvents = ["sent", "delivered", "undelivered", "rejected"],
    };

    private static Task<Answer> CallForAllEventsAsync(SimulatorSession session, string provider, string digits) =>
        provider is SimulatedProviders.Revicom
        ? session.RevicomAsync(
            SimulatorSession.Message(digits, "1234")
                .Replace("\"delivered\"", "\"delivered\",\"undelivered\",\"rejected\"", StringComparison.Ordinal))
        : session.CallAsync(provider, digits);

    private static string CodeOf(string provider, Answer answer) => provider switch
    {
        SimulatedProviders.Revicom => (answer.Json["error"]?["code"] ?? answer.Json["items"]![0]!["code"])!.ToString(),
        SimulatedProviders.Bird => answer.Json["details"]?.AsObject().Single().Key ?? "",
        _ => answer.Text("errorCode"),
    };
}
