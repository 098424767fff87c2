using System.Net;
using FlashFunctions.Simulator;

namespace FlashFunctions.Tests.Simulator;

public sealed class CallbackDeliveryTests
{
    [Theory]
    [InlineData("11", "SENT TERMINATED")]
    [InlineData("93", "SENT SENT TERMINATED TERMINATED")]
    [InlineData("94", "TERMINATED SENT")]
    [InlineData("96", "")]
    [InlineData("97", "SENT QUARANTINED")]
    public async Task Endings_choose_how_callbacks_are_sent(string ending, string expected)
    {
        await using var session = await SimulatorSession.StartAsync();
        await session.CallAsync("lanck", "140855539" + ending);

        await session.App.DeliverCallbacksAsync();

        Assert.Equal(expected, session.Receiver.Statuses);
    }

    [Fact]
    public async Task A_request_ends_in_its_last_status_however_its_callbacks_are_sent()
    {
        await using var session = await SimulatorSession.StartAsync();
        foreach (var ending in new[] { "93", "94", "96", "97" })
        {
            var id = (await session.CallAsync("lanck", "140855539" + ending)).Text("requestId");
            await session.App.DeliverCallbacksAsync();

            Assert.Equal("TERMINATED", (await session.LanckGetAsync("/requests/" + id)).Text("status"));
        }
    }

    [Theory]
    [InlineData("unibell")]
    [InlineData("revicom")]
    [InlineData("bird")]
    [InlineData("lanck")]
    public async Task Early_callbacks_arrive_before_the_answer(string provider)
    {
        await using var session = await SimulatorSession.StartAsync();

        await session.CallAsync(provider, "14085553995");

        Assert.NotEmpty(session.Receiver.Received);
    }

    [Fact]
    public async Task Late_callbacks_come_when_their_time_has_come()
    {
        await using var session = await SimulatorSession.StartAsync();
        await session.CallAsync("lanck", "14085553998");

        await session.App.DeliverCallbacksAsync();
        Assert.Empty(session.Receiver.Received);
        session.Time.Step(TimeSpan.FromSeconds(60));
        await session.App.DeliverCallbacksAsync();

        Assert.Equal("SENT TERMINATED", session.Receiver.Statuses);
    }

    [Fact]
    public async Task Callbacks_that_are_due_while_paused_set_no_timer_that_would_fire_again_and_again()
    {
        await using var session = await SimulatorSession.StartAsync();

        await session.CallAsync("unibell", "14085553911");

        Assert.Equal((1, 0), (session.App.WaitingCallbacks, session.Time.TimersSet));
    }

    [Fact]
    public async Task Forged_callbacks_have_a_wrong_key_or_address()
    {
        await using var session = await SimulatorSession.StartAsync();
        await session.CallAsync("unibell", "14085553999");
        await session.CallAsync("lanck", "14085553999");

        await session.App.DeliverCallbacksAsync();

        var keys = session.Receiver.Received.Select(callback => callback.Json["appKey"]?.ToString());
        Assert.DoesNotContain(SimulatorDefaults.UnibellAppKey, string.Join(' ', keys).Split(' '), StringComparer.Ordinal);
        Assert.DoesNotContain(
            SimulatorSession.CallbackUrl,
            session.Receiver.Received.Select(callback => callback.Address.ToString()),
            StringComparer.Ordinal);
        Assert.Equal(3, session.Receiver.Received.Count);
    }

    [Fact]
    public async Task A_callback_that_gets_no_2xx_is_repeated_a_few_times()
    {
        await using var session = await SimulatorSession.StartAsync();
        session.Receiver.Answer = _ => HttpStatusCode.InternalServerError;
        await session.CallAsync("unibell", "14085553911");

        for (var i = 0; i < 10; i++)
        {
            await session.App.DeliverCallbacksAsync();
            session.Time.Step(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(4, session.Receiver.Received.Count);
        Assert.Equal("1 2 3 4", string.Join(' ', session.App.SentCallbacks.Select(sent => sent.Try)));
        Assert.All(session.Receiver.Received, callback => Assert.Equal(session.Receiver.Received[0].Text, callback.Text));
    }

    [Fact]
    public async Task A_callback_that_got_its_2xx_is_not_repeated()
    {
        await using var session = await SimulatorSession.StartAsync();
        var isDown = true;
        session.Receiver.Answer = _ => isDown ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK;
        await session.CallAsync("unibell", "14085553911");
        await session.App.DeliverCallbacksAsync();
        isDown = false;

        await session.App.DeliverCallbacksAsync(all: true);
        await session.App.DeliverCallbacksAsync(all: true);

        Assert.Equal(2, session.Receiver.Received.Count);
        Assert.Equal(0, session.App.WaitingCallbacks);
    }

    [Fact]
    public async Task Inbound_messages_are_repeated_for_a_day_until_a_2xx()
    {
        await using var session = await SimulatorSession.StartAsync();
        session.Receiver.Answer = _ => HttpStatusCode.BadGateway;
        session.App.InjectInboundSms(new("447700900001", "447700900000", "Hello") { MessageId = "m-1", TrailingComma = true });

        for (var minute = 0; minute < 25 * 60; minute += 10)
        {
            await session.App.DeliverCallbacksAsync();
            session.Time.Step(TimeSpan.FromMinutes(10));
        }

        Assert.InRange(session.Receiver.Received.Count, 100, 200);
        Assert.EndsWith(",}", session.Receiver.Received[0].Text);
        Assert.Contains("\"messageId\":\"m-1\"", session.Receiver.Received[^1].Text);
        Assert.Equal(0, session.App.WaitingCallbacks);
    }

    [Fact]
    public async Task Lancks_callback_of_a_call_has_the_documented_shape()
    {
        await using var session = await SimulatorSession.StartAsync();
        var form = $"number=%2B14085553911&text=hello&callbackUrl={Uri.EscapeDataString(SimulatorSession.CallbackUrl)}";
        var id = (await session.LanckAsync("/calls/t2s", form)).Text("requestId");

        await session.App.DeliverCallbacksAsync();

        var callback = session.Receiver.Received[^1].Json;
        var now = session.Time.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal(
            [id, "+14085553911", "310260", "ANSWERED"],
            new[] { "requestId", "number", "mccmnc", "status" }.Select(name => callback[name]!.ToString()));
        Assert.Equal((now, 200), (callback["timestamp"]!.GetValue<long>(), callback["sipStatus"]!.GetValue<int>()));
        Assert.Equal((true, 17L), (callback["billable"]!.GetValue<bool>(), callback["duration"]!.GetValue<long>()));
        Assert.Equal(17, callback["callEndedAt"]!.GetValue<long>() - callback["callAnsweredAt"]!.GetValue<long>());
        Assert.Equal(now, callback["callCreatedAt"]!.GetValue<long>());
        Assert.True(callback["callRingStartedAt"]!.GetValue<long>() > now);
    }

    [Theory]
    [InlineData(SimulatedCallbackDetail.FinalOnly, "TERMINATED")]
    [InlineData(SimulatedCallbackDetail.None, "")]
    public async Task A_load_test_may_want_fewer_callbacks(SimulatedCallbackDetail detail, string expected)
    {
        await using var session = await SimulatorSession.StartAsync(
            receiver => new SimulatorOptions { Manual = true, CallbackHandler = receiver, Callbacks = detail });
        await session.CallAsync("lanck", "14085553911");

        await session.App.DeliverCallbacksAsync();

        Assert.Equal(expected, session.Receiver.Statuses);
    }

    [Fact]
    public async Task Without_manual_mode_callbacks_send_themselves()
    {
        var arrived = new TaskCompletionSource();
        await using var session = await SimulatorSession.StartAsync(receiver =>
        {
            receiver.Answer = callback =>
            {
                if (callback.Status is "no-answer")
                {
                    arrived.TrySetResult();
                }

                return HttpStatusCode.OK;
            };
            return new SimulatorOptions
            {
                CallbackHandler = receiver,
                Delays = new SimulatorDelays { Step = TimeSpan.Zero },
                Addresses = new() { Bird = SimulatorSession.BirdCallbacks },
            };
        });

        await session.CallAsync("bird", "14085553911");
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal("starting ringing no-answer", session.Receiver.Statuses);
    }
}
