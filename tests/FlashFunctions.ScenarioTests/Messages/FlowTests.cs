using System.Text.Json;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests.Messages;

/// <summary>Failover flows at the simulated provider: by our own engine, and handed over whole.</summary>
public sealed class FlowTests : IAsyncLifetime
{
    /// <summary>The source document's own example, with a number that exists.</summary>
    private const string Flow = """
        [{"type":"push","message":{"title":"Hello","text":"Your order #29211 received"},"failover":{"wait":30,"condition":"delivered"}},
         {"type":"viber","message":{"from":"Hello","text":"Your order #29211 received","buttonCaption":"Open",
          "buttonActionUrl":"https://shop.example/","imageUrl":"https://shop.example/i.png"},"failover":{"wait":120,"condition":"read"}},
         {"type":"sms","message":{"from":"Hello","text":"Your order #29211 received"}}]
        """;

    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData("+37253000001", "Push", "DELIVERED")]
    [InlineData("+37253000068", "Push Viber Sms", "DELIVERED")]
    [InlineData("+37253000063", "Push Viber Sms", "UNDELIVERED")]
    public async Task The_documents_flow_goes_on_at_once_until_something_arrives(string number, string kinds, string status)
    {
        var id = await StartAsync(number);

        var request = await _service.ReadAsync(id);

        Assert.Equal(kinds, Kinds(number));
        Assert.Equal(("messaging.failover", status), (request.Text("product"), request.Text("status")));
        Assert.True(request.Json.TryGetProperty("endedAt", out _));
    }

    [Fact]
    public async Task The_documents_flow_waits_as_long_as_it_says_where_nothing_is_reported()
    {
        const string Silent = "+37253000069";
        await StartAsync(Silent);
        Assert.Equal("Push", Kinds(Silent));
        await _service.PassAsync(TimeSpan.FromSeconds(31));
        Assert.Equal("Push Viber", Kinds(Silent));
        await _service.PassAsync(TimeSpan.FromSeconds(110));
        Assert.Equal("Push Viber", Kinds(Silent));
        await _service.PassAsync(TimeSpan.FromSeconds(11));
        Assert.Equal("Push Viber Sms", Kinds(Silent));
    }

    [Fact]
    public async Task A_message_whose_report_got_lost_is_asked_about_before_the_next_is_sent()
    {
        const string Unreported = "+37253000096";
        var id = await StartAsync(Unreported);
        Assert.Equal("SENT", (await _service.ReadAsync(id)).Text("status"));

        await _service.PassAsync(TimeSpan.FromSeconds(31));

        Assert.Equal("Push", Kinds(Unreported));
        Assert.Equal("DELIVERED", (await _service.ReadAsync(id)).Text("status"));
    }

    [Fact]
    public async Task Every_parameter_of_a_step_reaches_the_provider()
    {
        await StartAsync("+37253000063");

        Assert.Equal("Hello", Upstream.OnlyForm(_service, "messaging/push")["title"]);
        var viber = Upstream.OnlyForm(_service, "messaging/viber");
        Assert.Equal(
            ("Hello", "Open", "https://shop.example/", "https://shop.example/i.png"),
            (viber["from"], viber["buttonCaption"], viber["buttonActionUrl"], viber["imageUrl"]));
        var sms = Upstream.OnlyForm(_service, "sms");
        Assert.Equal(("Hello", "Your order #29211 received"), (sms["from"], sms["text"]));
    }

    [Fact]
    public async Task The_documents_own_curl_is_understood()
    {
        var answer = await _service.PostFormAsync("/v1/messaging/failover", $$"""{"number": "+37253000001 ", "flow": {{Flow}}}""");

        Assert.Equal(202, answer.Status);
    }

    [Fact]
    public async Task A_flow_handed_over_reaches_the_provider_whole_and_follows_its_reports()
    {
        const string Number = "+37253000068";
        var answer = await _service.PostAsync("/v1/messaging/failover", $$"""{"number":"{{Number}}","provider":"lanck","flow":{{Flow}}}""");
        Assert.Equal(202, answer.Status);

        await _service.PumpAsync();

        var sent = Upstream.OnlyJson(_service, "messaging/failover");
        using var document = JsonDocument.Parse(Flow);
        Assert.True(JsonElement.DeepEquals(document.RootElement, sent.GetProperty("flow")), sent.GetRawText());
        Assert.Equal(Number, sent.GetProperty("number").GetString());
        Assert.Empty(Upstream.To(_service, "sms"));
        var request = await _service.ReadAsync(answer.Text("requestId"));
        Assert.Equal("DELIVERED", request.Text("status"));
        Assert.Equal("failover", Assert.Single(request.Attempts).GetProperty("method").GetString());
    }

    [Fact]
    public async Task A_flow_whose_provider_is_down_ends_with_the_reason()
    {
        await _service.Simulator.SetProviderModeAsync(
            SimulatedProviders.Lanck, SimulatedMode.Unavailable, TestContext.Current.CancellationToken);

        var id = await StartAsync("+37253000001");

        var request = await _service.ReadAsync(id);
        Assert.Equal("UNDELIVERED", request.Text("status"));
        Assert.NotEmpty(request.Text("reason"));
        Assert.Empty(_service.Simulator.Calls);
    }

    private async Task<string> StartAsync(string number)
    {
        var answer = await _service.PostAsync("/v1/messaging/failover", $$"""{"number":"{{number}}","flow":{{Flow}}}""");
        Assert.Equal(202, answer.Status);
        await _service.PumpAsync();
        return answer.Text("requestId");
    }

    private string Kinds(string number) =>
        string.Join(' ', _service.Simulator.Phone(number)!.History.Select(placed => placed.Kind.ToString()));
}
