using System.Text.Json;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests;

/// <summary>GET /manage/overview: the service at a glance.</summary>
public sealed class OverviewTests : IAsyncLifetime
{
    private readonly Journal _journal = new();
    private ManagedService _managed = null!;

    private TestService Service => _managed.Service;

    public async ValueTask InitializeAsync()
    {
        _managed = await ManagedService.StartAsync(_journal.Attach);

        // In the middle of an hour, so that what a test does stays within it.
        var now = Service.Clock.GetUtcNow();
        Service.Clock.Advance(TimeSpan.FromMinutes(70 - now.Minute));
        await Service.SweepAsync();
    }

    public ValueTask DisposeAsync() => _managed.DisposeAsync();

    [Fact]
    public async Task The_funnel_counts_what_was_asked_placed_rang_and_verified_in_this_hour()
    {
        for (var phone = 0; phone < 4; phone++)
        {
            var number = phone == 3 ? Phones.With(Phones.Unreachable) : Phones.Of(phone);
            var id = await Service.VerifyAsync(number, Steps.CallsBy("unibell"));
            await Service.PumpAsync();
            Service.Clock.Advance(TimeSpan.FromSeconds(10));
            if (phone < 2)
            {
                await Service.CheckAsync(id, Service.CodeOn(number));
            }
        }

        await Service.VerifyAsync(Phones.Test);
        await Service.PassAsync(TimeSpan.FromMinutes(8));
        await Service.SweepAsync();

        var overview = await ReadAsync();
        foreach (var window in (string[])["now", "day"])
        {
            var funnel = overview.GetProperty("funnel").GetProperty(window);
            Assert.Equal(
                (4, 4, 3, 2), (Number(funnel, "asked"), Number(funnel, "placed"), Number(funnel, "rang"), Number(funnel, "verified")));
            Assert.Equal(0.5, funnel.GetProperty("conversion").GetDouble());
            Assert.InRange(funnel.GetProperty("p50").GetDouble(), 9, 14);
            Assert.InRange(funnel.GetProperty("p95").GetDouble(), 9, 14);
            Assert.Equal((0.04m, 0.02m), (funnel.GetProperty("cost").GetDecimal(), funnel.GetProperty("costPerVerified").GetDecimal()));
        }

        Assert.Equal("EUR", overview.GetProperty("currency").GetString());
        var before = overview.GetProperty("funnel").GetProperty("lastWeek");
        Assert.Equal(
            (0, JsonValueKind.Null, JsonValueKind.Null),
            (Number(before, "asked"), before.GetProperty("conversion").ValueKind, before.GetProperty("p95").ValueKind));

        await PassWeekAsync();
        var after = (await ReadAsync()).GetProperty("funnel");
        Assert.Equal((0, 4), (Number(after.GetProperty("now"), "asked"), Number(after.GetProperty("lastWeek"), "asked")));
    }

    [Fact]
    public async Task Spend_is_shown_against_the_caps_the_nearest_first()
    {
        using var shop = await _managed.ClientOfAsync("shop", ""","dailyCap":{"amount":10,"currency":"EUR"}""");
        using var small = await _managed.ClientOfAsync("small", ""","dailyCap":{"amount":0.1,"currency":"EUR"}""");
        await _managed.CreateAccountAsync("free");
        await _managed.VerifyAsync(shop, Phones.Of(1), Steps.CallsBy("unibell"));
        await _managed.VerifyAsync(small, Phones.Of(2), Steps.CallsBy("unibell"));
        await Service.PumpAsync();

        var spend = (await ReadAsync()).GetProperty("spend").EnumerateArray()
            .Select(one => $"{one.GetProperty("account").GetString()} {Amount(one, "spent")} of {Amount(one, "cap")}");
        Assert.Equal(["small 0.01 of 0.1", "shop 0.01 of 10"], spend);
    }

    [Fact]
    public async Task It_shows_open_circuits_the_timer_and_what_was_given_up()
    {
        await Service.Simulator.SetProviderModeAsync(SimulatedProviders.Unibell, SimulatedMode.Unauthorized);
        for (var phone = 0; phone < 12; phone++)
        {
            await Service.VerifyAsync(Phones.Of(phone), Steps.CallsBy("unibell"));
            await Service.PumpAsync();
        }

        var letter = new DeadLetter
        {
            Account = "shop",
            Kind = "callback",
            Reason = "HTTP 500.",
            Queue = QueueNames.Callbacks,
            Message = "{}",
        };
        await Service.Service<DeadLetters>().AddAsync(letter, CancellationToken.None);
        await Service.Service<DeadLetters>().AddAsync(letter, CancellationToken.None);

        var overview = await ReadAsync();
        Assert.Equal("ok", overview.GetProperty("storage").GetString());
        Assert.InRange(overview.GetProperty("sweepLagSeconds").GetInt64(), 0, 600);
        Assert.Equal("EE", overview.GetProperty("openCircuits").GetProperty("unibell")[0].GetString());
        var dead = Assert.Single(overview.GetProperty("deadLetters").EnumerateArray());
        Assert.Equal(
            ("shop", "callback", 2),
            (dead.GetProperty("account").GetString(), dead.GetProperty("kind").GetString(), dead.GetProperty("count").GetInt32()));
    }

    [Fact]
    public async Task A_provider_that_reports_nothing_is_seen_by_what_it_was_given_since()
    {
        for (var phone = 0; phone < 3; phone++)
        {
            await Service.VerifyAsync(Phones.With(Phones.CallbacksLost, phone), Steps.CallsBy("revicom"));
        }

        await Service.VerifyAsync(Phones.Of(9), Steps.CallsBy("unibell"));
        await Service.PumpAsync();
        await Service.PassAsync(TimeSpan.FromMinutes(8));
        await Service.SweepAsync();

        var webhooks = (await ReadAsync()).GetProperty("webhooks");
        Assert.Equal(
            (3, JsonValueKind.Null),
            (Number(webhooks.GetProperty("revicom"), "placedSince"), webhooks.GetProperty("revicom").GetProperty("lastReport").ValueKind));
        Assert.Equal(0, Number(webhooks.GetProperty("unibell"), "placedSince"));
        Assert.InRange(
            webhooks.GetProperty("unibell").GetProperty("lastReport").GetInt64(),
            Service.Clock.GetUtcNow().AddMinutes(-10).ToUnixTimeMilliseconds(),
            Service.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        Assert.Equal(webhooks.GetRawText(), (await _managed.GetAsync("health")).Json.GetProperty("webhooks").GetRawText());
    }

    [Fact]
    public async Task Active_blocks_are_counted_by_rule_and_queue_age_is_there()
    {
        Assert.Equal("""{"count":0,"byRule":{},"observed":0}""", (await ReadAsync()).GetProperty("activeBlocks").GetRawText());
        foreach (var prefix in (string[])["+37281", "+37282"])
        {
            Assert.Equal(
                201, (await _managed.PostAsync("fraud/blocks", $$"""{"scope":"prefix","value":"{{prefix}}"}""")).Status);
        }

        await Service.VerifyAsync(Phones.Of(1));
        Service.Clock.Advance(TimeSpan.FromSeconds(12));

        var overview = await ReadAsync();
        Assert.Equal("""{"count":2,"byRule":{"list":2},"observed":0}""", overview.GetProperty("activeBlocks").GetRawText());
        Assert.Equal(12, Number(overview.GetProperty("queueAgeSeconds"), QueueNames.Dispatch));
        Service.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal(0, Number((await ReadAsync()).GetProperty("activeBlocks"), "count"));
    }

    [Fact]
    public async Task It_is_cheap_and_kept_for_ten_seconds()
    {
        await _managed.CreateAccountAsync("shop", ""","dailyCap":{"amount":10,"currency":"EUR"}""");
        _journal.Clear();
        await ReadAsync();
        Assert.Equal(
            [
                "Accounts 1", "DeadLetters 3", "Spend 1", "Statistics 2", "Sweep 1",
                "flash-callbacks 1", "flash-dispatch 1", "flash-reports 1",
            ],
            _journal.Operations.CountBy(operation => operation.Port)
                .Select(port => $"{port.Key} {port.Value}")
                .Order(StringComparer.Ordinal));

        _journal.Clear();
        await ReadAsync();
        Assert.Empty(_journal.Operations);
        Service.Clock.Advance(TimeSpan.FromSeconds(11));
        await ReadAsync();
        Assert.NotEmpty(_journal.Operations);
    }

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static string Amount(JsonElement element, string name) => element.GetProperty(name).GetProperty("amount").ToString();

    private async Task PassWeekAsync()
    {
        for (var hour = 0; hour < 7 * 24; hour += 12)
        {
            Service.Clock.Advance(TimeSpan.FromHours(12));
            await Service.SweepAsync();
        }
    }

    private async Task<JsonElement> ReadAsync()
    {
        var answer = await _managed.GetAsync("overview");
        Assert.True(answer.Status == 200, answer.Body);
        return answer.Json;
    }
}
