using FlashFunctions.Simulator;

namespace FlashFunctions.Tests.Simulator;

public sealed class LanckFailoverTests
{
    private const string Steps = """
        {"type":"push","message":{"title":"Hi","text":"one"},"failover":{"wait":30,"condition":"delivered"}},
        {"type":"viber","message":{"from":"Us","text":"two"},"failover":{"wait":120,"condition":"read"}},
        {"type":"sms","message":{"from":"Us","text":"three"}}
        """;

    [Fact]
    public async Task A_delivered_first_message_is_the_only_one()
    {
        await using var session = await SimulatorSession.StartAsync();

        await StartAsync(session, "14085553911");
        await session.App.DeliverCallbacksAsync(all: true);

        Assert.Equal([SimulatedCallKind.Push], session.App.Calls.Select(placed => placed.Kind));
        Assert.Equal("SENT DELIVERED", session.Receiver.Statuses);
    }

    [Fact]
    public async Task Undelivered_messages_are_followed_at_once()
    {
        await using var session = await SimulatorSession.StartAsync();

        await StartAsync(session, "14085553968");
        await session.App.DeliverCallbacksAsync();

        SimulatedCallKind[] expected = [SimulatedCallKind.Push, SimulatedCallKind.Viber, SimulatedCallKind.Sms];
        Assert.Equal(expected, session.App.Calls.Select(placed => placed.Kind));
        Assert.Equal("SENT DELIVERED", session.Receiver.Statuses);
    }

    [Fact]
    public async Task Messages_that_vanish_are_followed_after_their_wait()
    {
        await using var session = await SimulatorSession.StartAsync();
        await StartAsync(session, "14085553969");

        await session.App.DeliverCallbacksAsync();
        var atOnce = session.App.Calls.Count;
        session.Time.Step(TimeSpan.FromSeconds(30));
        await session.App.DeliverCallbacksAsync();
        var afterThirty = session.App.Calls.Count;
        session.Time.Step(TimeSpan.FromSeconds(120));
        await session.App.DeliverCallbacksAsync();

        Assert.Equal((1, 2, 3), (atOnce, afterThirty, session.App.Calls.Count));
        Assert.Equal("SENT DELIVERED", session.Receiver.Statuses);
        Assert.Equal("three", session.App.Phone("14085553969")!.History[^1].Text);
    }

    [Theory]
    [InlineData("""{"flow":[]}""", 10)]
    [InlineData("""{"number":"+14085553911","flow":[]}""", 10)]
    [InlineData("""{"number":"12","flow":[{"type":"sms","message":{"text":"x"}}]}""", 11)]
    [InlineData("""{"number":"+14085553911","flow":[{"type":"fax","message":{"text":"x"}}]}""", 10)]
    [InlineData("""{"number":"+14085553911","flow":[{"type":"sms","message":{}}]}""", 10)]
    [InlineData(
        """{"number":"+14085553911","flow":[{"type":"sms","message":{"text":"x"},"failover":{"wait":0,"condition":"read"}}]}""", 10)]
    [InlineData(
        """{"number":"+14085553911","flow":[{"type":"sms","message":{"text":"x"},"failover":{"wait":5,"condition":"seen"}}]}""", 10)]
    [InlineData("number=%2B14085553911", 10)]
    public async Task A_flow_against_the_document_is_refused(string body, int errorCode)
    {
        await using var session = await SimulatorSession.StartAsync();

        var answer = await session.LanckJsonAsync("/messaging/failover", body);

        Assert.Equal((400, errorCode), (answer.Code, answer.Json["errorCode"]!.GetValue<int>()));
    }

    [Fact]
    public async Task The_documents_own_example_sends_it_as_a_form_with_a_blank_behind_the_number()
    {
        await using var session = await SimulatorSession.StartAsync();

        var answer = await session.LanckAsync("/messaging/failover", $$"""{"number":"+14085553911 ","flow":[{{Steps}}]}""");

        Assert.Equal(200, answer.Code);
    }

    private static async Task StartAsync(SimulatorSession session, string digits)
    {
        var answer = await session.LanckJsonAsync(
            "/messaging/failover", $$"""{"number":"+{{digits}}","callbackUrl":"{{SimulatorSession.CallbackUrl}}","flow":[{{Steps}}]}""");
        Assert.Equal(200, answer.Code);
    }
}
