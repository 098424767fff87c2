using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>Spend is what is sent: parts of an SMS, length of a speech, a flow by its dearest way.</summary>
public sealed class SpendByWhatIsSentTests : IAsyncLifetime
{
    private const string Number = "+37253000001";
    private ManagedService _managed = null!;

    public async ValueTask InitializeAsync() =>
        _managed = await ManagedService.StartAsync(null, [.. Prices(("speech", "0.02"), ("push", "0.01"), ("viber", "0.03"))]);

    public ValueTask DisposeAsync() => _managed.DisposeAsync();

    [Theory]
    [InlineData('a', 160, 1)]
    [InlineData('a', 161, 2)]
    [InlineData('a', 306, 2)]
    [InlineData('a', 307, 3)]
    [InlineData('\u20ac', 80, 1)]
    [InlineData('\u20ac', 81, 2)]
    [InlineData('\u0436', 70, 1)]
    [InlineData('\u0436', 71, 2)]
    [InlineData('\u0436', 135, 3)]
    [InlineData('a', 1600, 11)]
    public async Task An_sms_costs_its_price_for_each_part(char letter, int length, int parts)
    {
        using var client = await ClientAsync();

        await SendAsync(client, "sms", $$"""{"number":"{{Number}}","text":"{{new string(letter, length)}}"}""");

        Assert.Equal(parts * 0.05m, await _managed.SpentAsync("shop"));
        await _managed.Service.PumpAsync();
        Assert.Equal(parts * 0.05m, await _managed.SpentAsync("shop"));
    }

    [Theory]
    [InlineData('a', 1, 1)]
    [InlineData('a', 360, 1)]
    [InlineData('a', 361, 2)]
    [InlineData('7', 72, 1)]
    [InlineData('7', 73, 2)]
    [InlineData('a', 1000, 3)]
    [InlineData('7', 1000, 14)]
    public async Task A_text_that_is_spoken_costs_its_price_for_each_begun_half_minute(char letter, int length, int parts)
    {
        using var client = await ClientAsync();

        await SendAsync(client, "calls/t2s", $$"""{"number":"{{Number}}","text":"{{new string(letter, length)}}"}""");
        await _managed.Service.PumpAsync();

        Assert.Equal(parts * 0.02m, await _managed.SpentAsync("shop"));
    }

    [Fact]
    public async Task A_flow_that_is_handed_over_costs_what_all_its_messages_cost()
    {
        using var client = await ClientAsync();

        var id = await SendAsync(client, "messaging/failover", Flow(provider: ""","provider":"lanck" """));
        await _managed.Service.PumpAsync();

        Assert.Equal(0.01m + 0.03m + (2 * 0.05m), await _managed.SpentAsync("shop"));
        var charge = Assert.Single((await _managed.GetAsync($"requests/{id}")).Attempts).GetProperty("charge");
        Assert.Equal(0.14m, charge.GetProperty("amount").GetDecimal());
    }

    [Fact]
    public async Task A_flow_that_we_step_ourselves_costs_what_was_sent()
    {
        using var client = await ClientAsync();

        await SendAsync(client, "messaging/failover", Flow(provider: ""));
        await _managed.Service.PumpAsync();

        Assert.Equal(0.01m, await _managed.SpentAsync("shop"));
    }

    [Theory]
    [InlineData("sms", "0.09")]
    [InlineData("calls/t2s", "0.03")]
    [InlineData("messaging/failover", "0.13")]
    public async Task What_does_not_fit_as_a_whole_is_refused_and_counts_nothing(string path, string cap)
    {
        using var client = await ClientAsync(cap);
        var body = path == "messaging/failover"
            ? Flow(provider: ""","provider":"lanck" """)
            : $$"""{"number":"{{Number}}","text":"{{new string('a', 400)}}"}""";

        var refused = await _managed.Service.PostAsync($"/v1/{path}", body, client);
        await _managed.Service.PumpAsync();

        Assert.Equal((403, 6), (refused.Status, refused.ErrorCode));
        Assert.Equal(0m, await _managed.SpentAsync("shop"));
        Assert.Empty(_managed.Service.Simulator.Requests("lanck"));
    }

    [Fact]
    public async Task A_flow_with_a_message_that_has_no_price_is_refused()
    {
        await using var managed = await ManagedService.StartAsync(null, [.. Prices(("push", "0.01"))]);
        using var client = await managed.ClientOfAsync("shop", Cap("10"));

        var refused = await managed.Service.PostAsync("/v1/messaging/failover", Flow(provider: ""","provider":"lanck" """), client);

        Assert.Equal((403, 6), (refused.Status, refused.ErrorCode));
    }

    [Fact]
    public async Task The_speed_of_speech_is_a_setting()
    {
        await using var managed = await ManagedService.StartAsync(
            null, [.. Prices(("speech", "0.02")), ("Spend:SpeechCharactersPerSecond", "20"), ("Spend:SpeechSeconds", "5")]);
        using var client = await managed.ClientOfAsync("shop", Cap("10"));

        await managed.Service.PostAsync("/v1/calls/t2s", $$"""{"number":"{{Number}}","text":"{{new string('a', 101)}}"}""", client);

        Assert.Equal(2 * 0.02m, await managed.SpentAsync("shop"));
    }

    private static string Cap(string amount) => $$""","dailyCap":{"amount":{{amount}},"currency":"EUR"}""";

    private static string Flow(string provider) =>
        $$"""
        {"number":"{{Number}}"{{provider}},"flow":[{"type":"push","message":{"text":"One"} },{"type":"viber","message":{"text":"Two"} },
         {"type":"sms","message":{"text":"{{new string('a', 200)}}"} }]}
        """;

    private static IEnumerable<(string Key, string Value)> Prices(params (string Product, string Price)[] prices) => prices.SelectMany(
        (price, index) => ((string, string)[])
        [
            ($"Prices:{index + 3}:Product", price.Product),
            ($"Prices:{index + 3}:Price", price.Price),
            ($"Prices:{index + 3}:Currency", "EUR"),
        ]);

    private Task<HttpClient> ClientAsync(string cap = "10") => _managed.ClientOfAsync("shop", Cap(cap));

    private async Task<string> SendAsync(HttpClient client, string path, string body)
    {
        var answer = await _managed.Service.PostAsync($"/v1/{path}", body, client);
        Assert.True(answer.Status == 202, answer.Body);
        return answer.Text("requestId");
    }
}
