using System.Text.Json;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests.Messages;

/// <summary>What messages, flows, spoken calls and look-ups refuse, and how they say so.</summary>
public sealed class MessageInputTests(SharedService shared) : IClassFixture<SharedService>
{
    private const string Number = "+37253000001";

    private readonly TestService _service = shared.Service;
    private readonly int _sentBefore = shared.Service.Simulator.Requests().Count;

    public static TheoryData<string, string, string?, string> Refused => new()
    {
        { "sms", "text", null, "text" },
        { "sms", "text", "", "text" },
        { "sms", "text", new string('x', 1_601), "text" },
        { "sms", "text", "bell \a", "text" },
        { "sms", "from", new string('x', 33), "from" },
        { "sms", "from", "++4312345678", "from" },
        { "sms", "callbackUrl", "http://10.0.0.1/", "callbackUrl" },
        { "sms", "number", null, "number" },
        { "messaging/push", "text", null, "text" },
        { "messaging/push", "text", new string('x', 1_001), "text" },
        { "messaging/push", "title", new string('x', 101), "title" },
        { "messaging/viber", "text", new string('x', 1_001), "text" },
        { "messaging/viber", "buttonCaption", new string('x', 31), "buttonCaption" },
        { "messaging/viber", "buttonActionUrl", "javascript:alert(1)", "buttonActionUrl" },
        { "messaging/viber", "buttonActionUrl", "/orders", "buttonActionUrl" },
        { "messaging/viber", "imageUrl", "file:///etc/passwd", "imageUrl" },
        { "messaging/rcs", "text", new string('x', 2_501), "text" },
        { "calls/p2s", "code", null, "code" },
        { "calls/p2s", "code", "123", "code" },
        { "calls/p2s", "code", "1234567", "code" },
        { "calls/p2s", "code", "12٣4", "code" },
        { "calls/p2s", "language", "xx", "language" },
        { "calls/p2s", "from", "Hello", "from" },
        { "calls/p2s", "from", "++4312345678", "from" },
        { "calls/t2s", "text", null, "text" },
        { "calls/t2s", "text", new string('x', 1_001), "text" },
        { "calls/t2s", "language", "de", "language" },
        { "calls/t2s", "from", "12", "from" },
        { "calls/t2s", "from", "++4312345678", "from" },
        { "messaging/viber", "from", "++4312345678", "from" },
        { "insight/hlr", "number", null, "number" },
        { "insight/hlr", "callbackUrl", "nowhere", "callbackUrl" },
        { "insight/fraudcheck", "number", "", "number" },
    };

    public static TheoryData<string> Paths =>
        [
            "sms", "messaging/push", "messaging/viber", "messaging/rcs", "messaging/failover", "calls/p2s", "calls/t2s", "insight/hlr",
            "insight/fraudcheck"
        ];

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_is_wrong_is_named_and_nothing_is_sent(string path, string name, string? value, string field)
    {
        var fields = ParameterTests.Required(path);
        fields.Remove(name);
        if (value is not null)
        {
            fields[name] = value;
        }

        var answer = await _service.PostAsync($"/v1/{path}", JsonSerializer.Serialize(fields));

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names(field), answer.Body);
        await _service.PumpAsync();
        Assert.Equal(_sentBefore, _service.Simulator.Requests().Count);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_number_that_cannot_be_called_is_an_invalid_number(string path)
    {
        var answer = await _service.PostAsync($"/v1/{path}", Body(path, "+999123456789"));

        Assert.Equal((400, 11), (answer.Status, answer.ErrorCode));
        Assert.Equal(_sentBefore, _service.Simulator.Requests().Count);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Nobody_without_credentials_is_answered(string path)
    {
        using var stranger = _service.NewClient(null, null);
        using var body = new StringContent(Body(path, Number));

        var answer = await _service.SendAsync(stranger, HttpMethod.Post, $"/v1/{path}", body);

        Assert.Equal((401, 1), (answer.Status, answer.ErrorCode));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_body_that_is_nothing_is_refused_and_not_a_failure(string path)
    {
        foreach (var body in (string[])["", "{", "[]", "{\"number\":5}", "number", "%%%=%", "{\"flow\":[null]}", "{\"flow\":{}}", "\0"])
        {
            var answer = await _service.PostAsync($"/v1/{path}", body);
            Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        }
    }

    [Theory]
    [InlineData("""{"type":"whatsapp","message":{"text":"x"}}""", "flow[1].type")]
    [InlineData("""{"type":"call","message":{"text":"x"}}""", "flow[1].type")]
    [InlineData("""{"message":{"text":"x"}}""", "flow[1].type")]
    [InlineData("""{"type":5,"message":{"text":"x"}}""", "flow[1].type")]
    [InlineData("""{"type":"sms"}""", "flow[1].message")]
    [InlineData("""{"type":"sms","message":"x"}""", "flow[1].message")]
    [InlineData("""{"type":"sms","message":{}}""", "flow[1].message.text")]
    [InlineData("""{"type":"sms","message":{"text":"x","from":5}}""", "flow[1].message.from")]
    [InlineData("""{"type":"sms","message":{"text":"x","from":"++4312345678"}}""", "flow[1].message.from")]
    [InlineData("""{"type":"viber","message":{"text":"x","imageUrl":"x"}}""", "flow[1].message.imageUrl")]
    [InlineData("""{"type":"sms","message":{"text":"x"},"failover":"x"}""", "flow[1].failover")]
    [InlineData("""{"type":"sms","message":{"text":"x"},"failover":{"wait":0}}""", "flow[1].failover.wait")]
    [InlineData("""{"type":"sms","message":{"text":"x"},"failover":{"wait":86401}}""", "flow[1].failover.wait")]
    [InlineData("""{"type":"sms","message":{"text":"x"},"failover":{"condition":"verified"}}""", "flow[1].failover.condition")]
    [InlineData("""{"type":"sms","provider":"acme","message":{"text":"x"}}""", "flow[1].provider")]
    [InlineData("""{"type":"viber","provider":"unibell","message":{"text":"x"}}""", "flow[1].provider")]
    public async Task What_is_wrong_with_a_flows_step_is_named_by_its_path(string step, string field)
    {
        var answer = await _service.PostAsync(
            "/v1/messaging/failover", $$$"""{"number":"{{{Number}}}","flow":[{"type":"push","message":{"text":"x"}},{{{step}}}]}""");

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names(field), answer.Body);
    }

    [Theory]
    [InlineData("""{"number":"+37253000001"}""", "flow")]
    [InlineData("""{"number":"+37253000001","flow":[]}""", "flow")]
    [InlineData("""{"number":"+37253000001","flow":"sms"}""", "flow")]
    [InlineData("""{"number":"+37253000001","provider":"bird","flow":[{"type":"sms","message":{"text":"x"}}]}""", "provider")]
    public async Task A_flow_needs_steps_and_a_provider_that_can_go_through_it(string body, string field)
    {
        var answer = await _service.PostAsync("/v1/messaging/failover", body);

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names(field), answer.Body);
    }

    [Fact]
    public async Task More_than_five_steps_are_refused()
    {
        var steps = string.Join(',', Enumerable.Repeat("""{"type":"sms","message":{"text":"x"}}""", 6));

        var answer = await _service.PostAsync("/v1/messaging/failover", $$"""{"number":"{{Number}}","flow":[{{steps}}]}""");

        Assert.True(answer.Names("flow"), answer.Body);
    }

    [Theory]
    [InlineData("sms", 1_600)]
    [InlineData("messaging/push", 1_000)]
    [InlineData("messaging/viber", 1_000)]
    [InlineData("messaging/rcs", 2_500)]
    [InlineData("calls/t2s", 1_000)]
    public async Task The_longest_text_is_taken(string path, int longest)
    {
        var number = shared.NewPhone();

        var answer = await _service.PostAsync($"/v1/{path}", JsonSerializer.Serialize(new { number, text = new string('я', longest) }));

        Assert.Equal(202, answer.Status);
        await _service.PumpAsync();
        Assert.Equal("DELIVERED", (await _service.ReadAsync(answer.Text("requestId"))).Text("status"));
    }

    [Fact]
    public async Task Without_a_provider_for_it_a_message_is_refused()
    {
        await using var bare = await TestService.StartAsync(new Settings
        {
            ["Providers:Lanck:TokenId"] = "",
            ["Providers:Lanck:TokenSecret"] = "",
        });

        foreach (var path in (string[])["sms", "messaging/viber", "calls/p2s", "calls/t2s"])
        {
            var answer = await bare.PostAsync($"/v1/{path}", Body(path, Number));
            Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
            Assert.True(answer.Names("number"), answer.Body);
        }
    }

    private static string Body(string path, string number) => path == "messaging/failover"
        ? $$$"""{"number":"{{{number}}}","flow":[{"type":"sms","message":{"text":"x"}}]}"""
        : JsonSerializer.Serialize(
            new Dictionary<string, string>(ParameterTests.Required(path), StringComparer.Ordinal) { ["number"] = number });
}
