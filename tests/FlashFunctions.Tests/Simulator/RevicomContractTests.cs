using System.Text.Json.Nodes;

namespace FlashFunctions.Tests.Simulator;

public sealed class RevicomContractTests
{
    private const string Plain = """[{"channelType":"FLASHCALL","senderName":"us","destination":"14085553911","content":"0234"}]""";

    [Fact]
    public async Task A_message_rings_with_its_content_and_does_not_tell_the_number()
    {
        await using var session = await SimulatorSession.StartAsync();

        var answer = await session.RevicomAsync(Plain);

        Assert.Equal(200, answer.Code);
        Assert.False(answer.Json["errors"]!.GetValue<bool>());
        var item = Assert.Single(answer.Json["items"]!.AsArray())!;
        Assert.Equal(201, item["code"]!.GetValue<int>());
        Assert.True(Guid.TryParse(item["messageUuid"]!.ToString(), out _));
        Assert.EndsWith("0234", session.App.Phone("14085553911")!.LastCaller);
        Assert.DoesNotContain("0234", answer.Body);
    }

    [Theory]
    [InlineData("channelType", "\"SMS\"", "Invalid channelType")]
    [InlineData("senderName", "\"\"", "Invalid senderName")]
    [InlineData("senderName", "7", "Invalid senderName")]
    [InlineData("destination", "\"+14085553911\"", "Invalid msisdn")]
    [InlineData("destination", "14085553911", "Invalid msisdn")]
    [InlineData("content", "\"123\"", "Invalid content")]
    [InlineData("content", "\"12345\"", "Invalid content")]
    [InlineData("content", "1234", "Invalid content")]
    [InlineData("content", "\"12a4\"", "Invalid content")]
    [InlineData("tags", "[\"a b\"]", "Invalid tags")]
    [InlineData("tags", "\"a\"", "Invalid tags")]
    [InlineData("callbackUrl", "\"not an address\"", "Invalid callbackUrl")]
    [InlineData("callbackEvents", "[\"sent\",\"dreamt\"]", "Invalid callbackEvents")]
    public async Task An_invalid_parameter_is_a_422_in_the_envelope(string name, string value, string message)
    {
        await using var session = await SimulatorSession.StartAsync();
        var body = JsonNode.Parse(Plain)!;
        body[0]![name] = JsonNode.Parse(value);

        var answer = await session.RevicomAsync(body.ToJsonString());

        Assert.Equal(422, answer.Code);
        Assert.Equal(4220, answer.Json["error"]!["code"]!.GetValue<int>());
        Assert.Equal(message, answer.Json["error"]!["msg"]!.ToString());
        Assert.Empty(session.App.Calls);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("[")]
    public async Task A_body_that_is_no_array_of_messages_is_a_422(string body)
    {
        await using var session = await SimulatorSession.StartAsync();

        Assert.Equal(422, (await session.RevicomAsync(body)).Code);
    }

    [Theory]
    [InlineData(1000, 200)]
    [InlineData(1001, 422)]
    public async Task A_thousand_messages_are_the_most(int count, int status)
    {
        await using var session = await SimulatorSession.StartAsync();
        var one = Plain[1..^1];

        var answer = await session.RevicomAsync("[" + string.Join(',', Enumerable.Repeat(one, count)) + "]");

        Assert.Equal(status, answer.Code);
        Assert.Equal(status == 200 ? count : 0, session.App.CallsPlaced);
    }

    [Fact]
    public async Task Items_that_fail_among_others_are_told_with_status_200()
    {
        await using var session = await SimulatorSession.StartAsync();
        var body = JsonNode.Parse(Plain)!.AsArray();
        body.Add(JsonNode.Parse("""{"channelType":"FLASHCALL","senderName":"us","destination":"14085553912","content":"12"}"""));

        var answer = await session.RevicomAsync(body.ToJsonString());

        Assert.Equal(200, answer.Code);
        Assert.True(answer.Json["errors"]!.GetValue<bool>());
        Assert.Equal([201, 4220], answer.Json["items"]!.AsArray().Select(item => item!["code"]!.GetValue<int>()));
        Assert.Equal(1, session.App.CallsPlaced);
    }

    [Theory]
    [InlineData("", 401, 4010)]
    [InlineData("Basic d3Jvbmc=", 401, 4012)]
    [InlineData("Basic cmV2aWNvbTpjb252ZXJzaW9ucw==", 403, 4030)]
    [InlineData("Bearer cmV2aWNvbTpkZXZlbG9wbWVudA==", 403, 4030)]
    public async Task Wrong_credentials_for_messages_are_refused(string authorization, int status, int code)
    {
        await using var session = await SimulatorSession.StartAsync();

        var answer = await session.RevicomAsync(Plain, authorization);

        Assert.Equal(status, answer.Code);
        Assert.Equal(code, answer.Json["error"]!["code"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_conversion_is_received_for_a_message_that_exists()
    {
        await using var session = await SimulatorSession.StartAsync();
        var uuid = (await session.RevicomAsync(Plain)).Json["items"]![0]!["messageUuid"]!.ToString();

        var answer = await session.ConversionAsync($$"""[{"messageUuid":"{{uuid}}","result":"NUMBER_VERIFIED"}]""");

        Assert.Equal(200, answer.Code);
        Assert.Equal(201, answer.Json["items"]![0]!["code"]!.GetValue<int>());
        var report = Assert.Single(session.App.Reports);
        Assert.Equal(
            ("revicom", "conversion", uuid, "14085553911", "NUMBER_VERIFIED"),
            (report.Provider, report.Kind, report.Reference, report.Number, report.Result));
    }

    [Theory]
    [InlineData("""[{"result":"NUMBER_VERIFIED"}]""")]
    [InlineData("""[{"messageUuid":"x","result":"verified"}]""")]
    [InlineData("""[{"messageUuid":"x","result":"WRONG_CODE","code":7777}]""")]
    public async Task An_invalid_conversion_is_a_422(string body)
    {
        await using var session = await SimulatorSession.StartAsync();

        Assert.Equal(422, (await session.ConversionAsync(body)).Code);
    }

    [Fact]
    public async Task A_conversion_for_an_unknown_message_is_an_item_error()
    {
        await using var session = await SimulatorSession.StartAsync();

        var answer = await session.ConversionAsync("""[{"messageUuid":"063464ec-a34f-4558-90c5-984395000004","result":"WRONG_CODE"}]""");

        Assert.Equal(200, answer.Code);
        Assert.True(answer.Json["errors"]!.GetValue<bool>());
        Assert.Empty(session.App.Reports);
    }

    [Theory]
    [InlineData("Basic cmV2aWNvbTpjb252ZXJzaW9ucw==", 4030)]
    [InlineData("Bearer cmV2aWNvbTpkZXZlbG9wbWVudA==", 4030)]
    [InlineData("Bearer d3Jvbmc=", 4012)]
    public async Task A_conversion_needs_its_own_scheme_and_token(string authorization, int code)
    {
        await using var session = await SimulatorSession.StartAsync();

        var answer = await session.ConversionAsync("""[{"messageUuid":"x","result":"WRONG_CODE"}]""", authorization);

        Assert.Equal(code, answer.Json["error"]!["code"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("""["sent","delivered"]""", "sent delivered")]
    [InlineData("""["sent"]""", "sent")]
    [InlineData(null, "delivered")]
    public async Task Only_the_events_that_were_asked_for_are_sent(string? events, string expected)
    {
        await using var session = await SimulatorSession.StartAsync();
        var body = JsonNode.Parse(Plain)!;
        body[0]!["callbackUrl"] = SimulatorSession.CallbackUrl;
        if (events is not null)
        {
            body[0]!["callbackEvents"] = JsonNode.Parse(events);
        }

        await session.RevicomAsync(body.ToJsonString());

        await session.App.DeliverCallbacksAsync();

        Assert.Equal(expected, session.Receiver.Statuses);
        Assert.All(session.Receiver.Received, callback => Assert.Equal(SimulatorSession.CallbackUrl, callback.Address.ToString()));
    }
}
