using FlashFunctions.Core.Callbacks;
using Microsoft.Extensions.Time.Testing;

namespace FlashFunctions.Tests.Callbacks;

public sealed class SendSlotsTests
{
    private const string Address = "https://hooks.example.com/a";
    private readonly FakeTimeProvider _time = new();
    private readonly SendSlots _slots;

    public SendSlotsTests() => _slots = new SendSlots(_time);

    [Fact]
    public async Task A_host_that_was_never_tried_has_two_places_and_one_that_takes_its_callbacks_sixteen()
    {
        Assert.Equal(SendSlots.MostOnDoubtfulHost, await FillAsync("a", Address));
        await TryAsync("b", Address, new DeliveryOutcome.Taken(), TimeSpan.FromMilliseconds(100));
        Assert.Equal(SendSlots.MostOnFastHost, await FillAsync("b", Address));
    }

    [Fact]
    public async Task A_slow_host_has_eight_places_and_one_that_failed_two()
    {
        await TryAsync("a", Address, new DeliveryOutcome.Taken(), TimeSpan.FromSeconds(3));
        await TryAsync("b", Address, new DeliveryOutcome.Taken(), TimeSpan.Zero);
        await TryAsync("b", Address, new DeliveryOutcome.Failed("HTTP 500."), TimeSpan.Zero);

        Assert.Equal(SendSlots.MostOnSlowHost, await FillAsync("a", Address));
        Assert.Equal(SendSlots.MostOnDoubtfulHost, await FillAsync("b", Address));
    }

    [Fact]
    public async Task An_account_has_four_places_for_new_hosts_and_another_account_its_own()
    {
        var taken = 0;
        for (var host = 0; host < 10; host++)
        {
            taken += await FillAsync("a", $"https://host-{host}.example.com/");
        }

        Assert.Equal(SendSlots.MostDoubtful, taken);
        Assert.Equal(SendSlots.MostOnDoubtfulHost, await FillAsync("b", Address));
    }

    [Fact]
    public async Task All_accounts_together_have_sixteen_places_for_new_hosts_and_more_for_the_others()
    {
        await TryAsync("good", Address, new DeliveryOutcome.Taken(), TimeSpan.Zero);
        var taken = 0;
        for (var account = 0; account < 20; account++)
        {
            taken += await FillAsync($"a{account}", $"https://host-{account}.example.com/");
        }

        Assert.Equal(SendSlots.MostDoubtfulOfAll, taken);
        Assert.Equal(SendSlots.MostOnFastHost, await FillAsync("good", Address));
    }

    [Fact]
    public async Task Failed_tries_of_a_minute_use_the_budget_up_and_a_host_that_answers_needs_none()
    {
        const string Good = "https://good.example.com/";
        await TryAsync("a", Good, new DeliveryOutcome.Taken(), TimeSpan.Zero);
        _slots.Tried((await _slots.EnterAsync("b", Address, default))!, taken: false, TimeSpan.FromSeconds(75));
        Assert.Null(await EnterSoonAsync("b", Address));
        _time.Advance(TimeSpan.FromSeconds(16));
        Assert.NotNull(await EnterSoonAsync("b", Address));
        Assert.NotNull(await EnterSoonAsync("a", Good));
    }

    [Fact]
    public async Task Whoever_waits_gets_the_place_that_is_given_back()
    {
        await TryAsync("a", Address, new DeliveryOutcome.Taken(), TimeSpan.Zero);
        var slots = new List<SendSlot>();
        while (slots.Count < SendSlots.MostOnFastHost)
        {
            slots.Add((await _slots.EnterAsync("a", Address, default))!);
        }

        var waiting = _slots.EnterAsync("a", Address, default);
        Assert.False(waiting.IsCompleted);
        slots[0].Dispose();
        Assert.NotNull(await waiting);
        slots[0].Dispose();
        Assert.Null(await EnterSoonAsync("a", Address));
    }

    [Fact]
    public async Task Many_hosts_are_forgotten_again()
    {
        for (var host = 0; host < 10_000; host++)
        {
            using var slot = await _slots.EnterAsync("a", $"https://host-{host}.example.com/", default);
            Assert.NotNull(slot);
        }
    }

    private async Task TryAsync(string account, string address, DeliveryOutcome outcome, TimeSpan took)
    {
        using var slot = await _slots.EnterAsync(account, address, default);
        await slot!.RunAsync(() => TakingAsync(outcome, took));
    }

    private Task<DeliveryOutcome> TakingAsync(DeliveryOutcome outcome, TimeSpan took)
    {
        _time.Advance(took);
        return Task.FromResult(outcome);
    }

    /// <summary>Takes places until there are no more; gives their number.</summary>
    private async Task<int> FillAsync(string account, string address)
    {
        var taken = 0;
        while (await EnterSoonAsync(account, address) is not null)
        {
            taken++;
        }

        return taken;
    }

    private async Task<SendSlot?> EnterSoonAsync(string account, string address)
    {
        var entering = _slots.EnterAsync(account, address, default);
        _time.Advance(entering.IsCompleted ? TimeSpan.Zero : SendSlots.LongestWait);
        return await entering;
    }
}
