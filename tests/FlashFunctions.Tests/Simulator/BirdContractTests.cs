using System.Security.Cryptography;
using System.Text;
using FlashFunctions.Simulator;

namespace FlashFunctions.Tests.Simulator;

public sealed class BirdContractTests
{
    [Fact]
    public async Task A_call_is_accepted_with_the_documented_resource()
    {
        await using var session = await SimulatorSession.StartAsync();

        var answer = await session.BirdAsync("""{"to":"+14085553911","from":"+3197010201234","ringTimeout":3}""");

        Assert.Equal(202, answer.Code);
        Assert.Equal("accepted", answer.Text("status"));
        Assert.Equal("3197010201234", answer.Text("from"));
        Assert.Equal(SimulatorDefaults.BirdChannelId, answer.Text("channelId"));
        Assert.Equal(3, answer.Json["ringTimeout"]!.GetValue<int>());
        Assert.True(Guid.TryParse(answer.Text("id"), out _));
        Assert.Equal("3197010201234", session.App.Phone("14085553911")!.Ringing);
    }

    [Fact]
    public async Task Without_a_caller_number_the_provider_chooses_one()
    {
        await using var session = await SimulatorSession.StartAsync();

        var answer = await session.BirdAsync("""{"to":"14085553911"}""");

        Assert.Equal(answer.Text("from"), session.App.Phone("14085553911")!.LastCaller);
    }

    [Theory]
    [InlineData("""{}""", "$.to", "is required")]
    [InlineData("""{"to":"abc"}""", "$.to", "is not a phone number")]
    [InlineData("""{"to":14085553911}""", "$.to", "must be a string")]
    [InlineData("""{"to":"14085553911","from":"12"}""", "$.from", "is not a phone number")]
    [InlineData("""{"to":"14085553911","ringTimeout":2}""", "$.ringTimeout", "must be between 3 and 120")]
    [InlineData("""{"to":"14085553911","ringTimeout":121}""", "$.ringTimeout", "must be between 3 and 120")]
    [InlineData("""{"to":"14085553911","ringTimeout":"30"}""", "$.ringTimeout", "must be an integer")]
    [InlineData("""{"to":"14085553911","ringTimeout":3.5}""", "$.ringTimeout", "must be an integer")]
    [InlineData("""{"to":"14085553911","callbackUrl":"https://a.test"}""", "$.callbackUrl", "is not a known property")]
    [InlineData("""[]""", "$", "must be an object")]
    public async Task An_invalid_body_is_a_422_with_messages_by_path(string body, string path, string message)
    {
        await using var session = await SimulatorSession.StartAsync();

        var answer = await session.BirdAsync(body);

        Assert.Equal(422, answer.Code);
        Assert.Equal(message, answer.Json["details"]![path]![0]!.ToString());
        Assert.Empty(session.App.Calls);
    }

    [Fact]
    public async Task A_number_outside_the_channel_is_refused()
    {
        await using var session = await SimulatorSession.StartAsync(receiver => new SimulatorOptions
        {
            Manual = true,
            CallbackHandler = receiver,
            BirdNumbers = ["31970102000"],
        });

        var refused = await session.BirdAsync("""{"to":"14085553911","from":"31970102001"}""");
        var chosen = await session.BirdAsync("""{"to":"14085553911"}""");

        Assert.NotNull(refused.Json["details"]!["$.from"]);
        Assert.Equal("31970102000", chosen.Text("from"));
    }

    [Fact]
    public async Task A_body_that_is_no_json_is_a_400()
    {
        await using var session = await SimulatorSession.StartAsync();

        Assert.Equal(400, (await session.BirdAsync("{\"to\":")).Code);
    }

    [Fact]
    public async Task Wrong_credentials_are_a_401_and_another_workspace_is_a_404()
    {
        await using var session = await SimulatorSession.StartAsync();

        Assert.Equal(401, (await session.BirdAsync("""{"to":"14085553911"}""", key: "wrong")).Code);
        Assert.Equal(404, (await session.BirdAsync("""{"to":"14085553911"}""", workspace: Guid.Empty.ToString())).Code);
    }

    [Fact]
    public async Task Ending_by_id_is_accepted_and_reported()
    {
        await using var session = await SimulatorSession.StartAsync();
        var id = (await session.BirdAsync("""{"to":"14085553911"}""")).Text("id");

        var answer = await session.BirdAsync("""{"result":"verified","receivedCli":"31970102000"}""", "/" + id);

        Assert.Equal(202, answer.Code);
        Assert.Equal("verified", answer.Text("result"));
        var report = Assert.Single(session.App.Reports);
        Assert.Equal(("end", id, "verified", "31970102000"), (report.Kind, report.Reference, report.Result, report.Detail));
    }

    [Fact]
    public async Task Ending_by_both_numbers_finds_the_latest_call()
    {
        await using var session = await SimulatorSession.StartAsync();
        await session.BirdAsync("""{"to":"14085553911","from":"31970102000"}""");
        var id = (await session.BirdAsync("""{"to":"14085553911","from":"31970102000"}""")).Text("id");

        var answer = await session.BirdAsync("""{"from":"+31970102000","to":"+14085553911","result":"canceled"}""", "/hangup");

        Assert.Equal(202, answer.Code);
        var report = Assert.Single(session.App.Reports);
        Assert.Equal(("hangup", id, "canceled"), (report.Kind, report.Reference, report.Result));
    }

    [Theory]
    [InlineData("/8a1d6f0e-3c52-4b6b-9a51-0d8f0c8f4a01", """{"result":"verified"}""", 404)]
    [InlineData("/8a1d6f0e-3c52-4b6b-9a51-0d8f0c8f4a01", """{}""", 422)]
    [InlineData("/8a1d6f0e-3c52-4b6b-9a51-0d8f0c8f4a01", """{"result":"right"}""", 422)]
    [InlineData("/8a1d6f0e-3c52-4b6b-9a51-0d8f0c8f4a01", """{"result":"verified","code":"1"}""", 422)]
    [InlineData("/hangup", """{"from":"31970102000","result":"verified"}""", 422)]
    [InlineData("/hangup", """{"from":"31970102000","to":"14085553911","result":"right"}""", 422)]
    [InlineData("/hangup", """{"from":"31970102000","to":"14085553911"}""", 404)]
    [InlineData("/hangup", """{"result":"verified"}""", 404)]
    public async Task Ending_something_wrong_is_refused(string tail, string body, int status)
    {
        await using var session = await SimulatorSession.StartAsync();

        Assert.Equal(status, (await session.BirdAsync(body, tail)).Code);
        Assert.Empty(session.App.Reports);
    }

    [Fact]
    public async Task A_call_that_was_ended_reports_only_its_end()
    {
        await using var session = await SimulatorSession.StartAsync();
        var id = (await session.BirdAsync("""{"to":"14085553911"}""")).Text("id");
        await session.BirdAsync("""{"result":"canceled"}""", "/" + id);

        await session.App.DeliverCallbacksAsync();

        Assert.Equal("cancelled", session.Receiver.Statuses);
        Assert.Null(session.App.Phone("14085553911")!.Ringing);
    }

    [Theory]
    [InlineData("14085553911", true)]
    [InlineData("14085553999", false)]
    public async Task The_webhook_is_signed_over_time_address_and_body(string to, bool isGenuine)
    {
        await using var session = await SimulatorSession.StartAsync();
        await session.CallAsync("bird", to);

        await session.App.DeliverCallbacksAsync();

        var callback = session.Receiver.Received[0];
        var timestamp = callback.Headers["messagebird-request-timestamp"];
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{timestamp}\n{SimulatorSession.BirdCallbacks}\n"), .. SHA256.HashData(callback.Body)];
        var expected = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(SimulatorDefaults.BirdSigningKey), signed));
        Assert.Equal(isGenuine, expected == callback.Headers["messagebird-signature"]);
        Assert.Equal(("voice", "voice.outbound"), (callback.Json["service"]!.ToString(), callback.Json["event"]!.ToString()));
    }
}
