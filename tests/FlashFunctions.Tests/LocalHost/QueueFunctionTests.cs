using FlashFunctions.LocalHost.Http;

namespace FlashFunctions.Tests.LocalHost;

public sealed class QueueFunctionTests
{
    private const string Work = SampleQueueFunctions.Work;
    private const string Poison = Work + "-poison";

    [Fact]
    public async Task Pumping_by_hand_delivers_every_visible_message_once()
    {
        await using var host = await SampleHost.StartAsync();
        host.Queues.Send(Work, "a");
        host.Queues.Send(Work, "b");
        host.Queues.Send(SampleQueueFunctions.Configured, "c");

        Assert.Equal(3, await host.App.PumpQueuesAsync());
        Assert.Equal(["a 1", "b 1", "configured c"], host.Journal.Rest());
        Assert.Equal(0, await host.App.PumpQueuesAsync());
    }

    [Fact]
    public async Task Pumping_by_hand_delivers_what_functions_send_meanwhile()
    {
        await using var host = await SampleHost.StartAsync();
        host.Journal.Then = (line, _) =>
        {
            if (line == "first 1")
            {
                host.Queues.Send(SampleQueueFunctions.Configured, "second");
            }

            return Task.CompletedTask;
        };
        host.Queues.Send(Work, "first");

        Assert.Equal(2, await host.App.PumpQueuesAsync());
        Assert.Equal(["first 1", "configured second"], host.Journal.Rest());
    }

    [Fact]
    public async Task One_queue_can_be_pumped_and_one_message_delivered()
    {
        await using var host = await SampleHost.StartAsync();
        host.Queues.Send(SampleQueueFunctions.Configured, "other");
        host.Queues.Send(Work, "a");
        host.Queues.Send(Work, "b");

        Assert.True(await host.App.DeliverOneAsync(Work));
        Assert.Equal(["a 1"], host.Journal.Rest());
        Assert.Equal(1, await host.App.PumpQueuesAsync(Work));
        Assert.False(await host.App.DeliverOneAsync(Work));
        Assert.Equal(["b 1"], host.Journal.Rest());
    }

    [Fact]
    public async Task A_message_whose_function_threw_comes_back_after_the_visibility_time_out()
    {
        await using var host = await SampleHost.StartAsync();
        host.Journal.Then = (line, _) => line == "a 1" ? throw new InvalidOperationException("not today") : Task.CompletedTask;
        host.Queues.Send(Work, "a");

        Assert.Equal(1, await host.App.PumpQueuesAsync());
        host.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(0, await host.App.PumpQueuesAsync());
        host.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await host.App.PumpQueuesAsync());

        Assert.Equal(["a 1", "a 2"], host.Journal.Rest());
        Assert.Equal(0, host.Queues.Count(Work));
    }

    [Fact]
    public async Task After_the_fifth_failure_a_message_goes_to_the_poison_queue()
    {
        await using var host = await SampleHost.StartAsync();
        host.Journal.Then = (_, _) => throw new InvalidOperationException("never");
        host.Queues.Send(Work, "a");

        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(1, await host.App.PumpQueuesAsync(Work));
            host.Time.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(0, host.Queues.Count(Poison));
        Assert.Equal(1, await host.App.PumpQueuesAsync(Work));
        Assert.Equal((0, 1), (host.Queues.Count(Work), host.Queues.Count(Poison)));
        Assert.Equal(1, await host.App.PumpQueuesAsync());
        Assert.Equal(["a 1", "a 2", "a 3", "a 4", "a 5", "poison a"], host.Journal.Rest());
    }

    [Fact]
    public async Task A_message_whose_last_try_killed_the_host_is_not_tried_again()
    {
        await using var host = await SampleHost.StartAsync();
        host.Queues.Send(Work, "a");
        for (var i = 0; i < 5; i++)
        {
            await host.Queues.ReceiveAsync(Work, 1, TimeSpan.Zero, CancellationToken.None);
        }

        Assert.Equal(2, await host.App.PumpQueuesAsync());
        Assert.Equal(["poison a"], host.Journal.Rest());
    }

    [Fact]
    public async Task A_message_stays_hidden_for_as_long_as_its_function_runs()
    {
        await using var host = await SampleHost.StartAsync();
        var release = new TaskCompletionSource();
        host.Journal.Then = (_, _) => release.Task;
        host.Queues.Send(Work, "a");

        var delivery = host.App.DeliverOneAsync(Work);
        for (var i = 0; i < 4; i++)
        {
            host.Time.Advance(TimeSpan.FromMinutes(5));
            await host.Queues.HiddenAsync();
        }

        Assert.False(await host.App.DeliverOneAsync(Work));
        release.SetResult();
        Assert.True(await delivery);
        Assert.Equal(0, host.Queues.Count(Work));
    }

    [Fact]
    public async Task A_running_host_handles_a_message_as_soon_as_it_is_sent()
    {
        await using var host = await SampleHost.StartAsync(manual: false);

        host.Queues.Send(Work, "a");
        Assert.Equal("a 1", await host.Journal.NextAsync());
        host.Queues.Send(Work, "b");
        Assert.Equal("b 1", await host.Journal.NextAsync());
    }

    [Fact]
    public async Task A_queue_that_does_not_tell_of_messages_is_polled()
    {
        await using var host = await SampleHost.StartAsync(manual: false, wakes: false);
        host.Queues.Send(Work, "a");

        await AdvanceUntilAsync(host, host.Journal.NextAsync());
        host.Queues.Send(Work, "b");
        await AdvanceUntilAsync(host, host.Journal.NextAsync());
    }

    [Fact]
    public async Task A_queue_that_is_down_for_a_while_stops_nothing_for_good()
    {
        await using var host = await SampleHost.StartAsync(manual: false);
        host.Queues.Down = new InvalidOperationException("no storage");
        host.Queues.Send(Work, "a");
        host.Time.Advance(TimeSpan.FromSeconds(1));

        host.Queues.Down = null;
        await AdvanceUntilAsync(host, host.Journal.NextAsync());
    }

    [Fact]
    public async Task A_batch_runs_side_by_side_and_the_next_is_received_below_the_threshold()
    {
        await using var host = await SampleHost.StartAsync(manual: false);
        using var release = new SemaphoreSlim(0);
        host.Journal.Then = (_, _) => release.WaitAsync(CancellationToken.None);
        host.Queues.Send(Work, [.. Enumerable.Range(0, 160).Select(i => $"{i}")]);

        await host.Journal.NextAsync(96);
        release.Release(32);
        await host.Journal.NextAsync(32);
        Assert.Equal(96, host.Journal.MostAtOnce);
        release.Release(160);
        await host.Journal.NextAsync(32);
        Assert.Equal(96, host.Journal.MostAtOnce);
    }

    [Fact]
    public async Task While_many_calls_are_being_answered_a_queue_starts_one_batch_a_turn()
    {
        await using var host = await SampleHost.StartAsync(manual: false);
        var release = new TaskCompletionSource();
        host.Journal.Then = (line, _) => line.EndsWith("held", StringComparison.Ordinal) ? release.Task : Task.CompletedTask;
        var calls = Enumerable.Range(0, CallsInFlight.Few + 1).Select(_ => host.SendAsync("GET", "v1/held")).ToArray();
        await host.Journal.NextAsync(calls.Length);

        host.Queues.Send(Work, [.. Enumerable.Range(0, 40).Select(i => $"{i}")]);
        foreach (var batch in new[] { 32, 8 })
        {
            await host.Time.UntilWaitedForAsync(CallsInFlight.Turn);
            Assert.Equal(0, host.Journal.Unread);
            host.Time.Advance(CallsInFlight.Turn);
            await host.Journal.NextAsync(batch);
        }

        release.SetResult();
        Assert.All(await Task.WhenAll(calls), call => Assert.Equal((200, "released"), call));
    }

    [Fact]
    public async Task A_stop_waits_for_the_function_that_is_running()
    {
        await using var host = await SampleHost.StartAsync(manual: false);
        var release = new TaskCompletionSource();
        var cancelled = false;
        host.Journal.Then = async (_, cancellationToken) =>
        {
            await release.Task;
            cancelled = cancellationToken.IsCancellationRequested;
        };
        host.Queues.Send(Work, "a");
        await host.Journal.NextAsync();

        var stop = host.App.StopAsync();
        Assert.False(stop.IsCompleted);
        release.SetResult();
        await stop;
        host.Queues.Send(Work, "too late");

        Assert.False(cancelled);
        Assert.Equal(1, host.Queues.Count(Work)); // The late one; the other is done and deleted.
        Assert.Equal(0, host.Journal.Unread);
    }

    private static async Task AdvanceUntilAsync(SampleHost host, Task done)
    {
        while (!done.IsCompleted)
        {
            host.Time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Yield();
        }

        await done;
    }
}
