using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests;

public sealed class AdminSpendTests
{
    [Fact]
    public async Task At_the_cap_a_verification_is_refused_before_anything_is_sent_or_counted()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop", Cap("0.02"));
        Assert.Equal(202, (await managed.VerifyAsync(client, "+37253000001")).Status);
        Assert.Equal(202, (await managed.VerifyAsync(client, "+37253000002")).Status);

        var refused = await managed.VerifyAsync(client, "+37253000003");
        await managed.Service.PumpAsync();

        Assert.Equal((403, 6), (refused.Status, refused.ErrorCode));
        Assert.True(refused.Names("account"), refused.Body);
        Assert.Equal(0, managed.Service.CallsTo("+37253000003"));
        Assert.Equal(0.02m, await managed.SpentAsync("shop"));
        await managed.PatchAsync("accounts/shop", """{"dailyCap":{"amount":0.03,"currency":"EUR"}}""");
        Assert.Equal(202, (await managed.VerifyAsync(client, "+37253000003")).Status); // No cool-down was begun.
    }

    [Fact]
    public async Task At_the_cap_a_flash_call_is_refused_and_no_phone_rings()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop", Cap("0.01"));
        Assert.Equal(200, (await FlashAsync("+37253000001")).Status);

        var refused = await FlashAsync("+37253000002");

        Assert.Equal((403, 6), (refused.Status, refused.ErrorCode));
        Assert.Equal(0, managed.Service.CallsTo("+37253000002"));
        Assert.Equal(0.01m, await managed.SpentAsync("shop"));

        Task<Answer> FlashAsync(string number) => managed.Service.SendAsync(
            client, HttpMethod.Post, "/v1/calls/flash", new StringContent($$"""{"number":"{{number}}"}"""));
    }

    [Fact]
    public async Task What_has_no_price_is_refused_under_a_cap()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop", Cap("100"));

        var refused = await managed.VerifyAsync(client, "+447700900123");

        Assert.Equal((403, 6), (refused.Status, refused.ErrorCode));
        Assert.Contains("no price in EUR", refused.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_price_is_given_back_when_the_provider_refuses_the_number()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop", Cap("1"));
        Assert.Equal(202, (await managed.VerifyAsync(client, "+37253000077")).Status);
        Assert.Equal(0.01m, await managed.SpentAsync("shop"));

        await managed.Service.PumpAsync();

        Assert.Equal(0m, await managed.SpentAsync("shop"));
    }

    [Fact]
    public async Task A_price_is_given_back_once_when_the_verification_is_canceled_before_it_is_placed()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop", Cap("1"));
        Assert.Equal(202, (await managed.VerifyAsync(client, "+37253000001")).Status);
        var canceled = await managed.VerifyAsync(client, "+37253000002");

        Assert.Equal(200, (await CancelAsync()).Status);
        Assert.Equal(409, (await CancelAsync()).Status);
        await managed.Service.PumpAsync();

        Assert.Equal(0, managed.Service.CallsTo("+37253000002"));
        Assert.Equal(0.01m, await managed.SpentAsync("shop"));

        Task<Answer> CancelAsync() =>
            managed.Service.SendAsync(client, HttpMethod.Post, $"/v1/verify/{canceled.Text("requestId")}/cancel", null);
    }

    [Fact]
    public async Task A_price_is_given_back_when_nothing_was_placed_before_the_due_time()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop", Cap("1"));
        await managed.Service.SweepAsync();
        Assert.Equal(202, (await managed.VerifyAsync(client, "+37253000001")).Status);

        managed.Service.Clock.Advance(TimeSpan.FromMinutes(7));
        await managed.Service.SweepAsync();

        Assert.Equal(0, managed.Service.CallsTo("+37253000001"));
        Assert.Equal(0m, await managed.SpentAsync("shop"));
    }

    [Fact]
    public async Task The_price_that_counts_is_that_of_the_provider_who_took_it()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop", Cap("1"));
        await managed.Service.Simulator.SetProviderModeAsync(SimulatedProviders.Unibell, SimulatedMode.Unavailable);
        var id = (await managed.VerifyAsync(client, "+37253000001")).Text("requestId");
        Assert.Equal(0.01m, await managed.SpentAsync("shop"));

        await managed.Service.PumpAsync();

        Assert.Equal(0.10m, await managed.SpentAsync("shop"));
        var attempts = (await managed.GetAsync($"requests/{id}")).Attempts;
        Assert.Equal("revicom", attempts[1].GetProperty("provider").GetString());
        Assert.Equal(0.10m, attempts[1].GetProperty("charge").GetProperty("amount").GetDecimal());
        Assert.False(attempts[0].TryGetProperty("charge", out _));
    }

    [Fact]
    public async Task A_provider_whose_price_does_not_fit_is_not_asked_and_the_price_before_goes_back()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop", Cap("0.05"));
        await managed.Service.Simulator.SetProviderModeAsync(SimulatedProviders.Unibell, SimulatedMode.Unavailable);
        var id = (await managed.VerifyAsync(client, "+37253000001")).Text("requestId");

        await managed.Service.PumpAsync();

        var request = await managed.GetAsync($"requests/{id}");
        Assert.Equal("undeliverable", request.Text("result"));
        Assert.Contains("daily spend cap", request.Body, StringComparison.Ordinal);
        Assert.Equal(0, managed.Service.CallsTo("+37253000001"));
        Assert.Equal(0m, await managed.SpentAsync("shop"));
    }

    [Fact]
    public async Task A_step_that_starts_by_itself_is_skipped_at_the_cap_and_says_why()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop", Cap("0.05"));
        var id = (await managed.VerifyAsync(client, "+37253000001", Steps.Of(new("call", Wait: 10), "sms"))).Text("requestId");
        await managed.Service.PumpAsync();

        await managed.Service.PassAsync(TimeSpan.FromSeconds(11));

        var attempts = (await managed.GetAsync($"requests/{id}")).Attempts;
        Assert.Equal(["placed", "skipped"], attempts.Select(attempt => attempt.GetProperty("state").GetString()));
        Assert.Contains("daily spend cap", attempts[1].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(0.01m, await managed.SpentAsync("shop"));
    }

    [Fact]
    public async Task A_step_that_starts_by_itself_is_counted_with_its_own_price()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop", Cap("0.06"));
        await managed.VerifyAsync(client, "+37253000001", Steps.Of(new("call", Wait: 10), "sms"));
        await managed.Service.PumpAsync();

        await managed.Service.PassAsync(TimeSpan.FromSeconds(11));

        Assert.Equal(0.06m, await managed.SpentAsync("shop"));
        Assert.Equal(6, (await managed.VerifyAsync(client, "+37253000002")).ErrorCode);
    }

    [Fact]
    public async Task A_new_day_has_its_whole_cap()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop", Cap("0.01"));
        Assert.Equal(202, (await managed.VerifyAsync(client, "+37253000001")).Status);
        Assert.Equal(403, (await managed.VerifyAsync(client, "+37253000002")).Status);

        managed.Service.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(202, (await managed.VerifyAsync(client, "+37253000002")).Status);
    }

    [Fact]
    public async Task Verifications_at_once_overshoot_the_cap_by_at_most_seven_prices_and_all_are_counted()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop", Cap("0.05") + ""","ratePerSecond":100""");

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(number => managed.VerifyAsync(client, $"+372530001{number:D2}")));

        var accepted = answers.Count(answer => answer.Status == 202);
        Assert.InRange(accepted, 5, 12);
        Assert.All(answers.Where(answer => answer.Status != 202), answer => Assert.Equal(6, answer.ErrorCode));
        Assert.Equal(accepted * 0.01m, await managed.SpentAsync("shop"));
    }

    [Fact]
    public async Task The_next_step_is_refused_where_the_cap_does_not_allow_it_and_nothing_is_counted()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop", Cap("0.10"));
        var id = (await managed.VerifyAsync(client, "+37253000001", Steps.Of("call", "sms", new("call", "lanck")))).Text("requestId");
        await managed.Service.PumpAsync();
        managed.Service.Clock.Advance(TimeSpan.FromSeconds(31));

        // 0.01 is spent: an SMS of 0.05 fits, and the call of 0.10 behind it does not.
        Assert.Equal(202, (await NextAsync()).Status);
        await managed.Service.PumpAsync();
        managed.Service.Clock.Advance(TimeSpan.FromSeconds(31));
        var refused = await NextAsync();
        await managed.Service.PumpAsync();

        Assert.Equal((403, 6), (refused.Status, refused.ErrorCode));
        Assert.Equal(0.06m, await managed.SpentAsync("shop"));
        Assert.Equal(2, (await managed.GetAsync($"requests/{id}")).Attempts.Count);
        Assert.Equal(202, (await managed.VerifyAsync(client, "+37253000001")).Status);

        Task<Answer> NextAsync() => managed.Service.SendAsync(client, HttpMethod.Post, $"/v1/verify/{id}/next", null);
    }

    [Fact]
    public async Task An_account_without_a_cap_and_a_test_number_touch_no_counter()
    {
        await using var managed = await ManagedService.StartAsync();
        using var free = await managed.ClientOfAsync("free");
        using var capped = await managed.ClientOfAsync("shop", Cap("0"));
        var meter = managed.Service.Host.Services.GetRequiredService<SpendMeter>();

        Assert.Equal(202, (await managed.VerifyAsync(free, "+37253000001")).Status);
        Assert.Equal(202, (await managed.VerifyAsync(capped, "+15005550006")).Status);
        await managed.Service.PumpAsync();

        Assert.Empty((await meter.ReadAsync("free", "EUR", default)).Rows);
        Assert.Empty((await meter.ReadAsync("shop", "EUR", default)).Rows);
        Assert.Equal(403, (await managed.VerifyAsync(capped, "+37253000002")).Status);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData(""","dailyCap":{"amount":1,"currency":"EUR"}""", 2)]
    public async Task A_cap_costs_two_round_trips_and_its_absence_none(string cap, int expected)
    {
        var counting = new CountingTable();
        await using var managed = await ManagedService.StartAsync(services => counting.Wrap(services));
        using var client = await managed.ClientOfAsync("shop", cap);
        await managed.VerifyAsync(client, "+37253000001");
        await FillRowsAsync(managed);
        var before = counting.Calls;

        await managed.VerifyAsync(client, "+37253000002");
        await managed.Service.PumpAsync();

        Assert.Equal(expected, counting.Calls - before);
    }

    private static string Cap(string amount) => $$""","dailyCap":{"amount":{{amount}},"currency":"EUR"}""";

    /// <summary>The first of a day in a row also clears a day long gone, which is not what is counted here.</summary>
    private static async Task FillRowsAsync(ManagedService managed)
    {
        var meter = managed.Service.Host.Services.GetRequiredService<SpendMeter>();
        while (await meter.ReadAsync("shop", "EUR", default) is { Rows.Count: < 8 } day)
        {
            await meter.TakeAsync(day, "bird", 1, long.MaxValue, default);
        }
    }

    private sealed class CountingTable : ITable
    {
        private ITable _inner = null!;

        public int Calls { get; private set; }

        public void Wrap(IServiceCollection services)
        {
            var old = services.Last(service => service.ServiceType == typeof(ITable) && TableNames.Spend.Equals(service.ServiceKey));
            services.Remove(old);
            services.AddKeyedSingleton<ITable>(TableNames.Spend, (provider, key) =>
            {
                _inner = (ITable)(old.KeyedImplementationFactory?.Invoke(provider, key) ?? old.KeyedImplementationInstance!);
                return this;
            });
        }

        public Task<string?> InsertAsync(Row row, CancellationToken cancellationToken) => Count().InsertAsync(row, cancellationToken);

        public Task<Row?> ReadAsync(TableKey key, CancellationToken cancellationToken) =>
            Count().ReadAsync(key, cancellationToken);

        public Task<string?> ReplaceAsync(Row row, CancellationToken cancellationToken) => Count().ReplaceAsync(row, cancellationToken);

        public Task<bool> DeleteAsync(TableKey key, string? etag, CancellationToken cancellationToken) =>
            Count().DeleteAsync(key, etag, cancellationToken);

        public Task<IReadOnlyList<Row>> QueryAfterAsync(
            string partitionKey, string? after, int most, CancellationToken cancellationToken) =>
            Count().QueryAfterAsync(partitionKey, after, most, cancellationToken);

        public Task<RowPage> QueryAsync(PartitionRange range, string? continuation, int pageSize, CancellationToken cancellationToken) =>
            Count().QueryAsync(range, continuation, pageSize, cancellationToken);

        public Task DeleteBatchAsync(string partitionKey, IReadOnlyCollection<string> rowKeys, CancellationToken cancellationToken) =>
            Count().DeleteBatchAsync(partitionKey, rowKeys, cancellationToken);

        private ITable Count()
        {
            Calls++;
            return _inner;
        }
    }
}
