using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests.Callbacks;

/// <summary>Wherever the process dies, every change is told, in order; what was told twice has one id.</summary>
public sealed class CallbackCrashTests : IAsyncLifetime
{
    private static readonly string Unibell = Steps.CallsBy("unibell");
    private readonly Journal _journal = new();
    private Receiver _receiver = null!;
    private TestService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _receiver = await Receiver.StartAsync();
        _service = await TestService.StartAsync(services: _journal.Attach);
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_crash_at_any_step_of_the_callback_job_loses_nothing(int operations)
    {
        var id = await _service.VerifyAsync(_receiver, Unibell);
        await PumpAllButCallbacksAsync();
        var left = operations;
        _journal.Before = _ => left-- == 0 ? throw new SimulatedCrashException() : Task.CompletedTask;
        await PumpCallbacksAsync();
        _journal.Before = null;
        Assert.True(left < 0);
        await PassRedeliveriesAsync();

        Assert.Equal([$"{id}-0", $"{id}-1"], _receiver.All.Select(one => one.Id).Distinct());
        Assert.Equal(_receiver.All.Select(one => one.Id).Order(StringComparer.Ordinal), _receiver.All.Select(one => one.Id));
        Assert.All(await _service.CallbacksAsync(id), callback => Assert.Equal("delivered", callback.State()));
    }

    [Theory]
    [InlineData(QueueNames.Callbacks, true)]
    [InlineData(QueueNames.Callbacks, false)]
    [InlineData(TableNames.Requests, true)]
    [InlineData(TableNames.Requests, false)]
    public async Task A_crash_around_a_failed_try_costs_no_retry(string port, bool before)
    {
        _receiver.AnswerWith(500);
        var id = await _service.VerifyAsync(_receiver, Unibell);
        var crashed = false;
        Task Crash(Operation operation)
        {
            if (crashed || _receiver.All.Count == 0 || operation.Port != port || operation.Verb is not ("Send" or "Replace"))
            {
                return Task.CompletedTask;
            }

            crashed = true;
            throw new SimulatedCrashException();
        }

        (_journal.Before, _journal.After) = (before ? Crash : null, before ? null : Crash);
        await _service.PumpAsync();
        (_journal.Before, _journal.After) = (null, null);
        _receiver.AnswerWith(200);
        await PassRedeliveriesAsync();
        await _service.PassAsync(TimeSpan.FromMinutes(6));

        Assert.True(crashed);
        Assert.All(await _service.CallbacksAsync(id), callback => Assert.Equal("delivered", callback.State()));
        Assert.Equal(_receiver.All.Select(one => one.Id).Order(StringComparer.Ordinal), _receiver.All.Select(one => one.Id));
    }

    [Fact]
    public async Task A_job_that_fails_for_good_is_tried_again_for_hours_and_then_given_up()
    {
        var id = await _service.VerifyAsync(_receiver, Unibell);
        await PumpAllButCallbacksAsync();
        var since = _service.Clock.GetUtcNow();
        while ((await _service.CallbacksAsync(id))[0].State() == "waiting")
        {
            _journal.Before = _ => throw new SimulatedCrashException();
            var moved = await PumpCallbacksAsync();
            _journal.Before = null;
            moved += await _service.Host.PumpQueuesAsync(QueueNames.Callbacks + QueueNames.PoisonSuffix);
            _service.Clock.Advance(moved > 0 ? TimeSpan.FromSeconds(31) : TimeSpan.FromMinutes(5));
        }

        Assert.InRange(_service.Clock.GetUtcNow() - since, TimeSpan.FromHours(4), TimeSpan.FromHours(8));
        Assert.Empty(_receiver.All);
        var letters = (await _service.DeadLetters.ListAsync(null, null, 10, default))!.Items;
        Assert.Contains(letters, letter => letter.Request == id && letter.Reason == "Its job failed for good.");
    }

    private async Task PumpAllButCallbacksAsync()
    {
        while (await _service.Host.PumpQueuesAsync(QueueNames.Dispatch) + await _service.Simulator.DeliverCallbacksAsync() > 0)
        {
        }
    }

    private Task<int> PumpCallbacksAsync() => _service.UnstickAsync(_service.Host.PumpQueuesAsync(QueueNames.Callbacks));

    /// <summary>The queue hides a message for half a minute after a try that failed.</summary>
    private async Task PassRedeliveriesAsync()
    {
        for (var pass = 0; pass < 3; pass++)
        {
            await _service.PassAsync(TimeSpan.FromSeconds(31));
        }
    }
}
