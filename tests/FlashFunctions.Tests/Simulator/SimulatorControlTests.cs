using System.Net;
using FlashFunctions.Simulator;

namespace FlashFunctions.Tests.Simulator;

public sealed class SimulatorControlTests
{
    [Fact]
    public async Task A_phone_shows_what_rings_now_and_what_rang()
    {
        await using var session = await SimulatorSession.StartAsync();
        await session.CallAsync("unibell", "4915112345601", "1111");
        await session.CallAsync("lanck", "4915112345601", "2222");
        await session.LanckAsync("/sms", "number=4915112345601&text=hello");

        var ringing = await GetAsync(session, "/control/phones/+4915112345601");
        session.Time.Step(TimeSpan.FromSeconds(16));
        var quiet = await GetAsync(session, "/control/phones/4915112345601");

        Assert.Equal(("+4915112345601", "2", "1"), (ringing.Text("number"), ringing.Text("calls"), ringing.Text("messages")));
        Assert.EndsWith("2222", ringing.Text("ringing"));
        Assert.Equal(
            ["unibell", "lanck", "lanck"], ringing.Json["history"]!.AsArray().Select(item => item!["provider"]!.ToString()).ToArray());
        Assert.Null(quiet.Json["ringing"]);
        Assert.EndsWith("2222", quiet.Text("lastCaller"));
    }

    [Fact]
    public async Task A_phone_that_was_never_called_is_quiet_and_a_word_is_no_phone()
    {
        await using var session = await SimulatorSession.StartAsync();

        Assert.Equal("0", (await GetAsync(session, "/control/phones/4915112345601")).Text("calls"));
        Assert.Equal(400, (await GetAsync(session, "/control/phones/hello")).Code);
    }

    [Fact]
    public async Task Captured_requests_never_hold_credentials()
    {
        await using var session = await SimulatorSession.StartAsync();
        foreach (var provider in new[] { "unibell", "revicom", "bird", "lanck" })
        {
            await session.CallAsync(provider, "4915112345601");
        }

        var all = await GetAsync(session, "/control/requests");
        var one = await GetAsync(session, "/control/requests?provider=lanck");

        Assert.Equal(4, all.Json.AsArray().Count);
        string[] secrets =
        [
            SimulatorDefaults.UnibellAccessKey, SimulatorDefaults.RevicomMessageToken, SimulatorDefaults.BirdAccessKey,
            SimulatorSession.LanckCredentials()[6..],
        ];
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, all.Body));
        var captured = Assert.Single(one.Json.AsArray())!;
        Assert.Equal("Basic", captured["scheme"]!.ToString());
        Assert.True(captured["credentialsRight"]!.GetValue<bool>());
        Assert.Equal("/v1/calls/flash", captured["path"]!.ToString());
        Assert.Equal(200, captured["status"]!.GetValue<int>());
        Assert.StartsWith("number=%2B4915112345601&code=1234", captured["body"]!.ToString());
    }

    [Fact]
    public async Task Calls_are_listed_with_the_count_of_their_phone()
    {
        await using var session = await SimulatorSession.StartAsync();
        await session.CallAsync("unibell", "4915112345601");
        await session.CallAsync("bird", "4915112345601");

        var calls = await GetAsync(session, "/control/calls");

        Assert.Equal("2", calls.Text("total"));
        Assert.Equal([1, 2], calls.Json["calls"]!.AsArray().Select(call => call!["countOfPhone"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData("""{"down":true}""", 503, null)]
    [InlineData("""{"mode":"503-retry-after"}""", 503, "1")]
    [InlineData("""{"mode":"429"}""", 429, "1")]
    [InlineData("""{"mode":"500"}""", 500, null)]
    [InlineData("""{"mode":"502"}""", 502, null)]
    [InlineData("""{"mode":"401"}""", 401, null)]
    public async Task A_provider_can_be_taken_down_and_brought_back(string setting, int status, string? retryAfter)
    {
        await using var session = await SimulatorSession.StartAsync();

        Assert.Equal(204, (await PutAsync(session, "/control/providers/bird", setting)).Code);
        var down = await session.CallAsync("bird", "4915112345601");
        var other = await session.CallAsync("unibell", "4915112345601");
        await PutAsync(session, "/control/providers/bird", """{"down":false}""");
        var up = await session.CallAsync("bird", "4915112345601");

        Assert.Equal((status, retryAfter, 200, 202), (down.Code, down.RetryAfter, other.Code, up.Code));
    }

    [Theory]
    [InlineData(SimulatedMode.Refuse)]
    [InlineData(SimulatedMode.Reset)]
    [InlineData(SimulatedMode.Hang)]
    public async Task A_provider_that_does_not_answer_places_nothing(SimulatedMode mode)
    {
        await using var session = await SimulatorSession.StartAsync();
        await session.App.SetProviderModeAsync("lanck", mode);

        await Assert.ThrowsAsync<HttpRequestException>(() => session.CallAsync("lanck", "4915112345601"));

        Assert.Null(session.App.Phone("4915112345601"));
    }

    [Fact]
    public async Task A_provider_with_a_port_of_its_own_refuses_connections_until_it_is_back()
    {
        await using var session = await SimulatorSession.StartAsync(
            receiver => new SimulatorOptions { Manual = true, CallbackHandler = receiver, OwnPorts = true });
        var address = session.App.AddressOf("lanck");
        using var client = new HttpClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", SimulatorSession.LanckCredentials());

        await session.App.SetProviderModeAsync("lanck", SimulatedMode.Refuse);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(address + "/insight/hlr?number=4915112345601"));
        await session.App.SetProviderModeAsync("lanck", SimulatedMode.Up);
        using var answer = await client.GetAsync(address + "/insight/hlr?number=4915112345601");

        Assert.Equal(HttpRequestError.ConnectionError, refused.HttpRequestError);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotEqual(session.App.Address.Port, address.Port);
    }

    [Fact]
    public async Task A_provider_with_malformed_answers_still_calls()
    {
        await using var session = await SimulatorSession.StartAsync();
        await session.App.SetProviderModeAsync("lanck", SimulatedMode.Malformed);

        var answer = await session.CallAsync("lanck", "4915112345601");

        Assert.ThrowsAny<System.Text.Json.JsonException>(() => answer.Json);
        Assert.Equal(1, session.App.Phone("4915112345601")!.Calls);
    }

    [Theory]
    [InlineData("/control/providers/nobody", """{"down":true}""")]
    [InlineData("/control/providers/bird", """{"mode":"sulking"}""")]
    [InlineData("/control/providers/bird", """{"mode":"777"}""")]
    [InlineData("/control/providers/bird", """{"dwon":true}""")]
    [InlineData("/control/providers/bird", "")]
    public async Task A_setting_that_cannot_be_read_is_a_400(string path, string body)
    {
        await using var session = await SimulatorSession.StartAsync();

        Assert.Equal(400, (await PutAsync(session, path, body)).Code);
    }

    [Fact]
    public async Task Callback_addresses_can_be_set_while_running_and_callbacks_flushed()
    {
        await using var session = await SimulatorSession.StartAsync(
            receiver => new SimulatorOptions { Manual = true, CallbackHandler = receiver });
        await PutAsync(session, "/control/callbacks", """{"unibell":"https://service.test/later"}""");
        await session.CallAsync("unibell", "4915112345698");

        var flushed = await PostAsync(session, "/control/callbacks/flush");

        Assert.Equal("1", flushed.Text("steps"));
        Assert.Equal("https://service.test/later", Assert.Single(session.Receiver.Received).Address.ToString());
    }

    [Fact]
    public async Task Every_callback_can_be_sent_twice_whatever_the_number()
    {
        await using var session = await SimulatorSession.StartAsync();
        await session.CallAsync("unibell", "4915112345601");
        await session.App.DeliverCallbacksAsync();
        var once = session.Receiver.Received.Count;

        await PutAsync(session, "/control/callbacks", """{"twice":true}""");
        await session.CallAsync("unibell", "4915112345602");
        await session.App.DeliverCallbacksAsync();
        await PutAsync(session, "/control/callbacks", """{"twice":false}""");
        await session.CallAsync("unibell", "4915112345603");
        await session.App.DeliverCallbacksAsync();

        Assert.Equal(4 * once, session.Receiver.Received.Count);
    }

    [Fact]
    public async Task A_slow_provider_rings_first_and_answers_later()
    {
        await using var session = await SimulatorSession.StartAsync(receiver => new SimulatorOptions
        {
            Manual = true,
            CallbackHandler = receiver,
            Delays = new SimulatorDelays { SlowAnswer = TimeSpan.FromSeconds(1) },
        });
        await PutAsync(session, "/control/providers/bird", """{"mode":"slow"}""");

        var answer = session.CallAsync("bird", "4915112345601");
        while (session.App.Phone("4915112345601") is null)
        {
            await Task.Yield();
        }

        Assert.False(answer.IsCompleted);
        Assert.Equal(202, (await answer).Code);
    }

    [Fact]
    public async Task Inbound_messages_need_an_address()
    {
        await using var with = await SimulatorSession.StartAsync();
        await using var without = await SimulatorSession.StartAsync(
            receiver => new SimulatorOptions { Manual = true, CallbackHandler = receiver });
        const string Message = """{"from":"447700900001","to":"447700900000","text":"Hello"}""";

        var taken = await PostAsync(with, "/control/inbound-sms", Message);
        await with.App.DeliverCallbacksAsync();

        Assert.Equal(204, taken.Code);
        Assert.Equal("Hello", Assert.Single(with.Receiver.Received).Json["text"]!.ToString());
        Assert.Equal(400, (await PostAsync(without, "/control/inbound-sms", Message)).Code);
    }

    [Fact]
    public async Task Reset_forgets_everything()
    {
        await using var session = await SimulatorSession.StartAsync();
        await session.CallAsync("lanck", "4915112345601");
        await session.App.SetProviderModeAsync("bird", SimulatedMode.Hang);

        await PostAsync(session, "/control/reset");
        await session.App.DeliverCallbacksAsync();

        Assert.Empty(session.Receiver.Received);
        Assert.Null(session.App.Phone("4915112345601"));
        Assert.Equal((0, 0, SimulatedMode.Up), (session.App.Requests().Count, session.App.Calls.Count, session.App.ModeOf("bird")));
    }

    [Fact]
    public async Task Beyond_the_limit_old_phones_keep_their_counts_but_no_history()
    {
        await using var session = await SimulatorSession.StartAsync(receiver => new SimulatorOptions
        {
            Manual = true,
            CallbackHandler = receiver,
            Limits = new SimulatorLimits { Phones = 2, EventsPerPhone = 1, Calls = 3, Requests = 1 },
        });
        foreach (var ending in new[] { "01", "01", "02", "03", "04" })
        {
            await session.CallAsync("lanck", "49151123456" + ending, "4321");
        }

        var old = session.App.Phone("4915112345601")!;

        await session.CallAsync("lanck", "4915112345601");

        Assert.Equal((2, 0), (old.Calls, old.History.Count));
        Assert.EndsWith("4321", old.LastCaller);
        Assert.Equal(3, session.App.Phone("4915112345601")!.Calls);
        Assert.Equal((6, 3, 1), (session.App.CallsPlaced, session.App.Calls.Count, session.App.Requests().Count));
    }

    [Theory]
    [InlineData("/control/behaviours")]
    [InlineData("/control/providers")]
    [InlineData("/control/phones")]
    [InlineData("/control/reports")]
    [InlineData("/control/callbacks")]
    public async Task Lists_can_be_read(string path)
    {
        await using var session = await SimulatorSession.StartAsync();

        var answer = await GetAsync(session, path);

        Assert.Equal((200, "application/json"), (answer.Code, answer.MediaType));
        Assert.NotNull(answer.Json);
    }

    [Fact]
    public async Task The_page_loads_nothing_from_elsewhere()
    {
        await using var session = await SimulatorSession.StartAsync();

        var page = await GetAsync(session, "/");

        Assert.Equal("text/html", page.MediaType);
        Assert.DoesNotContain("http://", page.Body);
        Assert.DoesNotContain("https://", page.Body);
    }

    private static Task<Answer> GetAsync(SimulatorSession session, string path) => session.SendAsync(HttpMethod.Get, path, null);

    private static Task<Answer> PutAsync(SimulatorSession session, string path, string body) =>
        session.SendAsync(HttpMethod.Put, path, SimulatorSession.Json(body));

    private static Task<Answer> PostAsync(SimulatorSession session, string path, string body = "") =>
        session.SendAsync(HttpMethod.Post, path, SimulatorSession.Json(body));
}
