using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests;

/// <summary>
/// Circuits are of a provider and a destination country, count phone numbers, and are not opened for everybody by one of several accounts.
/// </summary>
public sealed class CircuitTests : IAsyncLifetime
{
    private TestService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await TestService.StartAsync(
            new Settings { ["LocalHost:FunctionKey"] = ManagedService.Key });
        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.Unibell, SimulatedMode.Unauthorized);
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task One_country_s_failures_leave_the_others_alone()
    {
        for (var phone = 0; phone < 8; phone++)
        {
            await FirstProviderAsync(_service.Http, Phones.Of(phone));
        }

        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.Unibell, SimulatedMode.Up);
        var health = await HealthAsync();

        Assert.Equal("revicom", await FirstProviderAsync(_service.Http, Phones.Of(100)));
        Assert.Equal("unibell", await FirstProviderAsync(_service.Http, "+37122000001"));
        Assert.Equal("circuit open", health.Json.GetProperty("providers").GetProperty("unibell").GetString());
        Assert.Equal(
            ["EE"],
            health.Json.GetProperty("openCircuits").GetProperty("unibell").EnumerateArray().Select(country => country.GetString()!));
    }

    [Fact]
    public async Task A_number_counts_once_and_four_open_nothing()
    {
        for (var round = 0; round < 3; round++)
        {
            for (var phone = 0; phone < 4; phone++)
            {
                await FirstProviderAsync(_service.Http, Phones.Of(phone));
            }

            _service.Clock.Advance(TimeSpan.FromSeconds(31));
        }

        for (var phone = 0; phone < 4; phone++)
        {
            await FirstProviderAsync(_service.Http, Phones.Of(phone));
        }

        Assert.Equal("unibell", await FirstProviderAsync(_service.Http, Phones.Of(100)));
        Assert.Equal("revicom", await FirstProviderAsync(_service.Http, Phones.Of(101)));
    }

    [Fact]
    public async Task Of_several_accounts_that_send_there_one_opens_the_circuit_for_itself_alone()
    {
        using var other = await _service.AddAccountAsync("other");
        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.Unibell, SimulatedMode.Up);
        await FirstProviderAsync(other, Phones.Of(500));
        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.Unibell, SimulatedMode.Unauthorized);
        for (var phone = 0; phone < 10; phone++)
        {
            await FirstProviderAsync(_service.Http, Phones.Of(phone));
        }

        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.Unibell, SimulatedMode.Up);

        Assert.Equal("revicom", await FirstProviderAsync(_service.Http, Phones.Of(100)));
        Assert.Equal("unibell", await FirstProviderAsync(other, Phones.Of(501)));
        Assert.Equal("ok", (await HealthAsync()).Json.GetProperty("providers").GetProperty("unibell").GetString());
    }

    [Fact]
    public async Task The_failures_of_several_accounts_open_it_for_everybody()
    {
        using var other = await _service.AddAccountAsync("other");
        using var third = await _service.AddAccountAsync("third");
        await FirstProviderAsync(other, Phones.Of(500));
        await FirstProviderAsync(other, Phones.Of(501));
        for (var phone = 0; phone < 3; phone++)
        {
            await FirstProviderAsync(_service.Http, Phones.Of(phone));
        }

        Assert.Equal("revicom", await FirstProviderAsync(third, Phones.Of(600)));
    }

    [Fact]
    public async Task An_account_whose_steps_fail_everywhere_does_not_walk_through_every_provider_each_time()
    {
        using var other = await _service.AddAccountAsync("other");
        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.Unibell, SimulatedMode.Up);
        await FirstProviderAsync(other, Phones.Of(500));
        foreach (var provider in SimulatedProviders.All)
        {
            await _service.Simulator.SetProviderModeAsync(provider, SimulatedMode.Unauthorized);
        }

        for (var phone = 0; phone < 12; phone++)
        {
            await FirstProviderAsync(_service.Http, Phones.Of(phone));
        }

        var asked = SimulatedProviders.All.Sum(provider => _service.Simulator.Requests(provider).Count);

        // The first five ask all four providers; from then on nobody is asked for this account. One is the other account's.
        Assert.Equal((4 * 5) + 1, asked);
    }

    private async Task<Answer> HealthAsync()
    {
        using var client = _service.NewClient(null, null);
        client.DefaultRequestHeaders.Add("x-functions-key", ManagedService.Key);
        return await _service.SendAsync(client, HttpMethod.Get, "/manage/health", null);
    }

    private async Task<string?> FirstProviderAsync(HttpClient client, string number)
    {
        var answer = await _service.SendAsync(
            client, HttpMethod.Post, "/v1/verify",
            new StringContent($$"""{"number":"{{number}}","method":"call"}""", System.Text.Encoding.UTF8, "application/json"));
        if (answer.Status != 202)
        {
            return null;
        }

        await _service.PumpAsync();
        var stored = await _service.StoredAsync(answer.Text("requestId"));
        return stored.Attempts[0].Provider;
    }
}
