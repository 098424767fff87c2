using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests.Callbacks;

/// <summary>Wherever the process dies, every change is told, in order; what was told twice has one id.</summary>
public sealed class CallbackCrashTests : ReceivedTests
{
    private static readonly string Unibell = Steps.CallsBy("unibell");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_crash_at_any_step_of_the_callback_job_loses_nothing(int operations)
    {
        var id = await Service.VerifyAsync(Receiver, Unibell);
        await PumpAllButCallbacksAsync();
        var left = operations;
        Journal.Before = _ => left-- == 0 ? throw new SimulatedCrashException() : Task.CompletedTask;
        await PumpCallbacksAsync();
        Journal.Before = null;
        Assert.True(left < 0);
        await PassRedeliveriesAsync();

        Assert.Equal([$"{id}-0", $"{id}-1"], Receiver.All.Select(one => one.Id).Distinct());
        Assert.Equal(Receiver.All.Select(one => one.Id).Order(StringComparer.Ordinal), Receiver.All.Select(one => one.Id));
        Assert.All(await Service.CallbacksAsync(id), callback => Assert.Equal("delivered", callback.State()));
    }

    [Theory]
    [InlineData(QueueNames.Callbacks, true)]
    [InlineData(QueueNames.Callbacks, false)]
    [InlineData(TableNames.Requests, true)]
    [InlineData(TableNames.Requests, false)]
    public async Task A_crash_around_a_failed_try_costs_no_retry(string port, bool before)
    {
        Receiver.AnswerWith(500);
        var id = await Service.VerifyAsync(Receiver, Unibell);
        var crashed = false;
        Task Crash(Operation operation)
        {
            if (crashed || Receiver.All.Count == 0 || operation.Port != port || operation.Verb is not ("Send" or "Replace"))
            {
                return Task.CompletedTask;
            }

            crashed = true;
            throw new SimulatedCrashException();
        }

        (Journal.Before, Journal.After) = (before ? Crash : null, before ? null : Crash);
        await Service.PumpAsync();
        (Journal.Before, Journal.After) = (null, null);
        Receiver.AnswerWith(200);
        await PassRedeliveriesAsync();
        await Service.PassAsync(TimeSpan.FromMinutes(6));

        Assert.True(crashed);
        Assert.All(await Service.CallbacksAsync(id), callback => Assert.Equal("delivered", callback.State()));
        Assert.Equal(Receiver.All.Select(one => one.Id).Order(StringComparer.Ordinal), Receiver.All.Select(one => one.Id));
    }

    [Fact]
    public async Task A_job_that_fails_for_good_is_tried_again_for_hours_and_then_given_up()
    {
        var id = await Service.VerifyAsync(Receiver, Unibell);
        await PumpAllButCallbacksAsync();
        var since = Service.Clock.GetUtcNow();
        while ((await Service.CallbacksAsync(id))[0].State() == "waiting")
        {
            Journal.Before = _ => throw new SimulatedCrashException();
            var moved = await PumpCallbacksAsync();
            Journal.Before = null;
            moved += await Service.Host.PumpQueuesAsync(QueueNames.Callbacks + QueueNames.PoisonSuffix);
            Service.Clock.Advance(moved > 0 ? TimeSpan.FromSeconds(31) : TimeSpan.FromMinutes(5));
        }

        Assert.InRange(Service.Clock.GetUtcNow() - since, TimeSpan.FromHours(4), TimeSpan.FromHours(8));
        Assert.Empty(Receiver.All);
        var letters = (await Service.DeadLetters.ListAsync(null, null, 10, default))!.Items;
        Assert.Contains(letters, letter => letter.Request == id && letter.Reason == "Its job failed for good.");
    }

    private async Task PumpAllButCallbacksAsync()
    {
        while (await Service.Host.PumpQueuesAsync(QueueNames.Dispatch) + await Service.Simulator.DeliverCallbacksAsync() > 0)
        {
        }
    }

    private Task<int> PumpCallbacksAsync() => Service.UnstickAsync(Service.Host.PumpQueuesAsync(QueueNames.Callbacks));

    /// <summary>The queue hides a message for half a minute after a try that failed.</summary>
    private async Task PassRedeliveriesAsync()
    {
        for (var pass = 0; pass < 3; pass++)
        {
            await Service.PassAsync(TimeSpan.FromSeconds(31));
        }
    }
}
