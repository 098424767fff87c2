using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests;

/// <summary>Rule 3: what was counted against a number's send budget and never placed is given back, once.</summary>
public sealed class CountedSendTests : IAsyncLifetime
{
    private const int Budget = 5;
    private static readonly TimeSpan CoolDown = TimeSpan.FromSeconds(31);
    private readonly Journal _journal = new();
    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync(services: _journal.Attach);

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task What_is_canceled_before_it_is_dispatched_goes_back_once()
    {
        await FlashCallAsync();
        var id = await _service.VerifyAsync(Phones.Ordinary);

        Assert.Equal(200, (await _service.CancelAsync(id)).Status);
        Assert.Equal(409, (await _service.CancelAsync(id)).Status);
        await _service.PumpAsync();

        await AssertCountedAsync(1);
    }

    [Fact]
    public async Task What_is_superseded_before_it_is_dispatched_goes_back()
    {
        await _service.VerifyAsync(Phones.Ordinary);
        _service.Clock.Advance(CoolDown);
        await _service.VerifyAsync(Phones.Ordinary);
        await _service.PumpAsync();

        await AssertCountedAsync(1);
    }

    [Fact]
    public async Task What_is_superseded_goes_back_though_the_guard_has_to_be_written_again()
    {
        await _service.VerifyAsync(Phones.Ordinary);
        _service.Clock.Advance(CoolDown);
        _journal.Before = async operation =>
        {
            // A flash call for the same number gets in between the end of the old one and the guard's write.
            if (operation.ToString() == $"{TableNames.Guard}.Replace")
            {
                _journal.Before = null;
                await FlashCallAsync();
            }
        };
        await _service.VerifyAsync(Phones.Ordinary);
        await _service.PumpAsync();

        await AssertCountedAsync(2);
    }

    [Fact]
    public async Task What_is_superseded_goes_back_though_the_call_that_ended_it_is_refused()
    {
        await _service.VerifyAsync(Phones.Ordinary);
        _service.Clock.Advance(CoolDown);
        _journal.Before = async operation =>
        {
            // Another verify for the same number gets in between the end of the old one and the guard's write.
            if (operation.ToString() == $"{TableNames.Guard}.Replace")
            {
                _journal.Before = null;
                await _service.VerifyAsync(Phones.Ordinary);
            }
        };
        var refused = await _service.PostAsync("/v1/verify", $$"""{"number":"{{Phones.Ordinary}}","method":"call"}""");
        await _service.PumpAsync();

        Assert.Equal(429, refused.Status);
        Assert.Equal(1, _service.CallsTo(Phones.Ordinary));
        await AssertCountedAsync(1);
    }

    [Fact]
    public async Task What_expires_before_it_is_dispatched_goes_back()
    {
        await _service.SweepAsync();
        await _service.VerifyAsync(Phones.Ordinary, ",\"expiresIn\":60");
        _service.Clock.Advance(TimeSpan.FromMinutes(3));
        await _service.SweepAsync();

        await AssertCountedAsync(0);
    }

    [Fact]
    public async Task An_automatic_step_that_nobody_takes_is_not_counted()
    {
        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.Bird, SimulatedMode.Unauthorized);
        var id = await _service.VerifyByAsync(Phones.Ordinary, "lanck", "bird");
        await _service.PumpAsync();
        await _service.PassAsync(CoolDown);

        Assert.Equal("pending", await _service.ResultAsync(id));
        await AssertCountedAsync(1);
    }

    [Fact]
    public async Task An_automatic_step_that_nobody_takes_leaves_its_send_to_the_one_behind_it()
    {
        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.Bird, SimulatedMode.Unauthorized);
        await _service.VerifyByAsync(Phones.Ordinary, "lanck", "bird", "revicom");
        await _service.PumpAsync();
        await _service.PassAsync(CoolDown);

        Assert.Equal(2, _service.CallsTo(Phones.Ordinary));
        await AssertCountedAsync(2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Asking_for_the_next_step_before_the_first_is_dispatched_counts_what_is_placed(int first)
    {
        var id = await _service.VerifyByAsync(Phones.Ordinary, "revicom", "lanck");
        _service.Clock.Advance(CoolDown);
        Assert.Equal(202, (await _service.NextAsync(id)).Status);

        var jobs = _journal.Operations.Where(operation => operation.ToString() == $"{QueueNames.Dispatch}.Send")
            .Select(operation => (string)operation.Arguments[0]!);
        await _service.Service<Core.Workflows.StepDispatcher>().RunAsync(Core.Requests.StepQueue.Read(jobs.ElementAt(first)), default);
        await _service.PumpAsync();

        Assert.Equal(2 - first, _service.CallsTo(Phones.Ordinary));
        await AssertCountedAsync(2 - first);
    }

    [Fact]
    public async Task A_next_step_that_cannot_be_queued_serves_the_next_asking()
    {
        var id = await StartAsync("revicom", "lanck");
        await FailNextAsync(id, $"{QueueNames.Dispatch}.Send");

        Assert.Equal(202, (await _service.NextAsync(id)).Status);
        await _service.PumpAsync();

        Assert.Equal(2, _service.CallsTo(Phones.Ordinary));
        await AssertCountedAsync(2);
    }

    [Theory]
    [InlineData($"{QueueNames.Dispatch}.Send", false)]
    [InlineData($"{TableNames.Requests}.Replace", false)]
    [InlineData($"{TableNames.Requests}.Replace", true)]
    public async Task A_next_step_that_the_store_refuses_is_not_counted(string operation, bool written)
    {
        var id = await StartAsync("revicom", "lanck");
        await FailNextAsync(id, operation, written);

        Assert.Equal("VERIFIED", (await _service.CheckAsync(id, _service.CodeOn(Phones.Ordinary))).Text("status"));

        await AssertCountedAsync(1);
    }

    [Fact]
    public async Task A_next_step_that_is_no_longer_needed_when_its_turn_comes_is_not_counted()
    {
        var id = await StartAsync("revicom", "lanck");
        Assert.Equal(202, (await _service.NextAsync(id)).Status);
        await _service.CheckAsync(id, _service.CodeOn(Phones.Ordinary));
        await _service.PumpAsync();

        Assert.Equal(1, _service.CallsTo(Phones.Ordinary));
        await AssertCountedAsync(1);
    }

    [Theory]
    [InlineData(SimulatedMode.Up, 1)]
    [InlineData(SimulatedMode.Unauthorized, 0)]
    public async Task What_is_canceled_while_its_provider_is_asked_is_counted_by_its_answer(SimulatedMode mode, int counted)
    {
        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.Lanck, mode);
        var id = await _service.VerifyByAsync(Phones.Ordinary, "lanck");
        _journal.Before = async operation =>
        {
            if (operation.Verb == nameof(IProvider.PlaceAsync).Replace("Async", "", StringComparison.Ordinal))
            {
                _journal.Before = null;
                Assert.Equal(200, (await _service.CancelAsync(id)).Status);
            }
        };
        await _service.PumpAsync();

        Assert.Equal(counted, _service.CallsTo(Phones.Ordinary));
        await AssertCountedAsync(counted);
    }

    private async Task<string> StartAsync(params string[] providers)
    {
        var id = await _service.VerifyByAsync(Phones.Ordinary, providers);
        await _service.PumpAsync();
        _service.Clock.Advance(CoolDown);
        return id;
    }

    private async Task FailNextAsync(string id, string failing, bool written = false)
    {
        Task FailAsync(Operation operation) => operation.ToString() == failing
            ? throw new StorageUnavailableException()
            : Task.CompletedTask;
        _journal.Before = written ? null : FailAsync;
        _journal.After = written ? FailAsync : null;
        var answer = await _service.NextAsync(id);
        Assert.Equal((503, 50), (answer.Status, answer.ErrorCode));
        (_journal.Before, _journal.After) = (null, null);
    }

    private async Task<Answer> FlashCallAsync() => await _service.PostAsync("/v1/calls/flash", $$"""{"number":"{{Phones.Ordinary}}"}""");

    /// <summary>Uses up what is left of the number's budget.</summary>
    private async Task AssertCountedAsync(int counted)
    {
        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.Lanck, SimulatedMode.Up);
        var left = 0;
        while ((await FlashCallAsync()).Status != 429)
        {
            left++;
            _service.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(counted, Budget - left);
    }
}
