using System.Text.Json;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests;

/// <summary>
/// <c>maxPrice</c> of verify: what all placed attempts may cost together. A call costs 0.10 EUR, by Unibell 0.01, an SMS 0.05; nothing else
/// has a price.
/// </summary>
public sealed class MaxPriceTests : IAsyncLifetime
{
    private ManagedService _managed = null!;
    private TestService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _managed = await ManagedService.StartAsync(settings: ("Routing:Order:call", "lanck,unibell,bird"));
        _service = _managed.Service;
    }

    public ValueTask DisposeAsync() => _managed.DisposeAsync();

    [Fact]
    public async Task A_price_that_cannot_be_read_stops_the_start()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => TestService.StartAsync(new Settings
        {
            ["Prices:0:Price"] = "cheap",
            ["Prices:0:Currency"] = "EUR",
        }));

        Assert.Contains("Prices:0:Price", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dearer_providers_are_passed_over()
    {
        Assert.Equal(["lanck placed"], await AttemptsAsync(1, Steps.Of("call"), "0.1"));
        Assert.Equal(["unibell placed"], await AttemptsAsync(2, Steps.Of("call"), "0.099"));
    }

    [Fact]
    public async Task A_later_step_beyond_it_is_skipped_with_the_reason_and_the_next_one_starts()
    {
        var steps = Steps.Of(new("call", "unibell", Wait: 5), new("sms", Wait: 5), new("call", "unibell", Wait: 5));

        Assert.Equal(["unibell placed", "- skipped", "unibell placed"], await AttemptsAsync(1, steps, "0.059999"));
        Assert.Equal(["unibell placed", "lanck placed", "- skipped"], await AttemptsAsync(2, steps, "0.06"));
        var request = await _service.ReadAsync(_last);
        Assert.Contains("maxPrice", request.Attempts[2].GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_step_beyond_it_is_skipped_where_a_later_one_fits() =>
        Assert.Equal(["- skipped", "lanck placed"], await AttemptsAsync(1, Steps.Of(new("call", "bird"), "sms"), "0.05"));

    [Fact]
    public async Task What_was_not_sent_costs_nothing()
    {
        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.Lanck, SimulatedMode.Unavailable);

        Assert.Equal(["lanck notSent", "unibell placed"], await AttemptsAsync(1, Steps.Of("call"), "0.10"));
    }

    [Fact]
    public async Task Where_nothing_can_be_placed_under_it_or_no_price_is_known_it_is_refused_by_name()
    {
        string[] bodies =
        [
            Body(Phones.Of(1), Steps.Of("call", "sms"), "0.009"),
            Body(Phones.Of(1), Steps.Of(new Step("call", "lanck")), "0.05"),
            Body(Phones.Of(1), Steps.Of("voice"), "100"),
            Body("+37121000001", Steps.Of("call"), "100"),
        ];
        foreach (var body in bodies)
        {
            var answer = await _service.PostAsync("/v1/verify", body);
            Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
            Assert.True(answer.Names("maxPrice"), answer.Body);
        }

        Assert.Equal(202, (await _service.PostAsync("/v1/verify", Body(Phones.Of(1), Steps.Of("call"), "0.01"))).Status);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("0.0000001")]
    [InlineData("\"cheap\"")]
    [InlineData("true")]
    [InlineData("1e400")]
    [InlineData("[]")]
    public async Task A_malformed_one_is_refused_by_name(string maxPrice)
    {
        var answer = await _service.PostAsync("/v1/verify", Body(Phones.Of(1), Steps.Of("call"), maxPrice));

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names("maxPrice"), answer.Body);
    }

    [Theory]
    [InlineData("0.05")]
    [InlineData("+0.05+")]
    [InlineData("")]
    public async Task A_form_may_have_it_and_an_empty_one_is_absent(string maxPrice)
    {
        var answer = await _service.PostFormAsync("/v1/verify", $"number=%2B{Phones.Of(1)[1..]}&method=call&maxPrice={maxPrice}");
        Assert.Equal(202, answer.Status);
        await _service.PumpAsync();

        var request = await _service.ReadAsync(answer.Text("requestId"));
        Assert.Equal(maxPrice.Length > 0 ? "unibell" : "lanck", request.Attempts[0].GetProperty("provider").GetString());
        Assert.Equal(
            maxPrice.Length > 0 ? "0.05" : null,
            request.Json.GetProperty("payload").TryGetProperty("maxPrice", out var echo) ? echo.ToString() : null);
    }

    [Fact]
    public async Task A_test_number_costs_nothing() =>
        Assert.Equal(202, (await _service.PostAsync("/v1/verify", Body(Phones.Test, Steps.Of("call", "voice"), "0"))).Status);

    [Fact]
    public async Task The_next_step_starts_when_that_of_the_provider_that_it_allows_does()
    {
        await using var managed = await ManagedService.StartAsync(settings: ("Routing:Order:call", "revicom,unibell"));
        var limited = await managed.Service.PostAsync("/v1/verify", Body(Phones.Of(1), Steps.Of("call", "sms"), "0.06"));
        var unlimited = await managed.Service.PostAsync("/v1/verify", Body(Phones.Of(2), Steps.Of("call", "sms"), "1"));
        var now = managed.Service.Clock.Now.ToUnixTimeMilliseconds();

        Assert.InRange(limited.Json.GetProperty("nextAfter").GetInt64() - now, 25_000, 31_000);
        Assert.InRange(unlimited.Json.GetProperty("nextAfter").GetInt64() - now, 65_000, 71_000);
    }

    private string _last = "";

    private static string Body(string number, string steps, string maxPrice) =>
        $$"""{"number":"{{number}}"{{steps}},"maxPrice":{{maxPrice}}}""";

    /// <summary>The attempts of a verification of which each step but the last is waited out.</summary>
    private async Task<string[]> AttemptsAsync(int phone, string steps, string maxPrice)
    {
        var answer = await _service.PostAsync("/v1/verify", Body(Phones.Of(phone), steps, maxPrice));
        Assert.True(answer.Status == 202, answer.Body);
        await _service.PumpAsync();
        for (var step = 0; step < 3; step++)
        {
            await _service.PassAsync(TimeSpan.FromSeconds(6));
        }

        _last = answer.Text("requestId");
        var attempts = (await _service.ReadAsync(_last)).Attempts;
        return [.. attempts.Select(attempt => $"{Provider(attempt)} {attempt.GetProperty("state").GetString()}")];

        static string? Provider(JsonElement attempt) => attempt.TryGetProperty("provider", out var name) ? name.GetString() : "-";
    }
}
