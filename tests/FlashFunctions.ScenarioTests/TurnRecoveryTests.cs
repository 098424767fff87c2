using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests;

/// <summary>
/// Rule 6: the process is killed at every call of a port while a step has to wait for a provider's rate. The step that takes its place
/// starts when its wait has passed, once, whether or not the messages of the first turn were set.
/// </summary>
public sealed class TurnRecoveryTests : IAsyncLifetime
{
    private const int MostCalls = 30;
    private const int WaitSeconds = 200;

    /// <summary>Queues hold messages back by whole seconds.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(1);

    private static readonly string Workflow =
        ""","expiresIn":600""" + Steps.Of(new("call", "lanck", Wait: WaitSeconds), new("call", "unibell"));

    private readonly Journal _journal = new();
    private TestService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await TestService.StartAsync(services: _journal.Attach);
        await _service.SweepAsync();
        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.Lanck, SimulatedMode.TooManyRequests);
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_next_step_starts_when_the_wait_has_passed_wherever_the_host_died(bool before)
    {
        var killed = 0;
        for (var point = 0; point < MostCalls; point++)
        {
            var number = Phones.Of(100 + point);
            var id = await _service.VerifyAsync(number, Workflow);
            var (calls, fatal) = (0, point);
            Kill(before, _ => Interlocked.Increment(ref calls) - 1 == fatal);
            await Record.ExceptionAsync(() => _service.UnstickAsync(_service.Host.PumpQueuesAsync(QueueNames.Dispatch)));
            var died = _journal.IsDead;
            _journal.Revive();
            for (var passed = 0; passed < 90; passed += 10)
            {
                await PassAsync(TimeSpan.FromSeconds(10));
            }

            await AssertNextStartsInTimeAsync(id, number);
            if (!died)
            {
                break;
            }

            killed++;
        }

        Assert.InRange(killed, 1, MostCalls - 1);
    }

    [Fact]
    public async Task A_job_that_is_delivered_again_sets_the_message_of_the_next_step()
    {
        var id = await _service.VerifyAsync(Phones.Ordinary, Workflow);
        _journal.KillBefore(operation => operation is { Port: QueueNames.Dispatch, Verb: "Send" });
        await Record.ExceptionAsync(() => _service.UnstickAsync(_service.Host.PumpQueuesAsync(QueueNames.Dispatch)));
        Assert.True(_journal.IsDead);
        _journal.Revive();
        Assert.Equal(1, (await _service.StoredAsync(id)).Waiting?.Turn);

        await _service.EnqueueAsync(QueueNames.Dispatch, $$"""{"request":"{{id}}","step":0,"cause":"Accepted"}""");
        await _service.PumpAsync();

        Assert.Equal(2, (await _service.StoredAsync(id)).Waiting?.Turn);
        await AssertNextStartsInTimeAsync(id, Phones.Ordinary);
    }

    private async Task AssertNextStartsInTimeAsync(string id, string number)
    {
        var request = await _service.StoredAsync(id);
        var starts = request.Waiting?.Until ?? request.Attempts[0].StartedAt + request.Attempts[0].Wait;
        Assert.DoesNotContain(request.Attempts, attempt => attempt.Step == 1);

        // A turn that is looked for just before comes again only after it, so that the step starts by its own message or not yet.
        await PassAsync(starts - TimeSpan.FromSeconds(3) - _service.Clock.Now);
        await PassAsync(starts + Rounding - _service.Clock.Now);

        var second = Assert.Single((await _service.StoredAsync(id)).Attempts, attempt => attempt.Step == 1);
        Assert.Equal(AttemptState.Placed, second.State);
        Assert.InRange(second.StartedAt, starts - TimeSpan.FromSeconds(3), starts + Rounding);
        await PassAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(1, _service.CallsTo(number));
    }

    /// <summary>Time passes, and the timer runs where it brings a full minute.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        var minute = TableKeys.Minute(_service.Clock.Now);
        _service.Clock.Advance(time > TimeSpan.Zero ? time : TimeSpan.Zero);
        if (TableKeys.Minute(_service.Clock.Now) > minute)
        {
            await _service.UnstickAsync(_service.Host.RunTimerAsync("Sweep"));
        }

        await _service.PumpAsync();
    }

    private void Kill(bool before, Func<Operation, bool> isMeant)
    {
        if (before)
        {
            _journal.KillBefore(isMeant);
        }
        else
        {
            _journal.KillAfter(isMeant);
        }
    }
}
