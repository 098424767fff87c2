namespace FlashFunctions.Tests.LocalHost;

public sealed class TimerFunctionTests
{
    [Fact]
    public async Task A_timer_runs_at_its_times_and_knows_the_last_and_the_next()
    {
        await using var host = await SampleHost.StartAsync(manual: false);
        Assert.Equal(0, host.Journal.Unread);

        host.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("minute after never, next 12:02:00", await host.Journal.NextAsync());
        await AdvanceAsync(host, TimeSpan.FromMinutes(1));
        Assert.Equal("minute after 12:01:00, next 12:03:00", await host.Journal.NextAsync());
    }

    [Fact]
    public async Task A_timer_never_runs_twice_at_once_and_makes_up_for_missed_times_with_one_late_run()
    {
        await using var host = await SampleHost.StartAsync(manual: false);
        var release = new TaskCompletionSource();
        host.Journal.Then = (_, _) => release.Task;

        host.Time.Advance(TimeSpan.FromSeconds(30));
        await host.Journal.NextAsync();
        host.Time.Advance(TimeSpan.FromMinutes(3));
        release.SetResult();

        Assert.Equal("minute after 12:01:00, next 12:05:00, late", await host.Journal.NextAsync());
        await AdvanceAsync(host, TimeSpan.FromMinutes(1));
        Assert.Equal("minute after 12:04:00, next 12:06:00", await host.Journal.NextAsync());
        Assert.Equal(1, host.Journal.MostAtOnce);
    }

    [Fact]
    public async Task A_timer_whose_function_throws_runs_again_the_next_time()
    {
        await using var host = await SampleHost.StartAsync(manual: false);
        host.Journal.Then = (_, _) => throw new InvalidOperationException("not today");

        host.Time.Advance(TimeSpan.FromSeconds(30));
        await host.Journal.NextAsync();
        await AdvanceAsync(host, TimeSpan.FromMinutes(1));

        Assert.Equal("minute after 12:01:00, next 12:03:00", await host.Journal.NextAsync());
    }

    [Fact]
    public async Task A_schedule_may_come_from_the_settings()
    {
        await using var host = await SampleHost.StartAsync(
            manual: false, settings: new KeyValuePair<string, string?>("Sample:Schedule", "0 1 12 * * *"));

        host.Time.Advance(TimeSpan.FromSeconds(30));

        Assert.Contains("night False", await host.Journal.NextAsync(2), StringComparer.Ordinal);
    }

    [Fact]
    public async Task By_hand_a_timer_runs_when_it_is_told_and_what_it_throws_comes_through()
    {
        await using var host = await SampleHost.StartAsync();
        host.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(0, host.Journal.Unread);

        await host.App.RunTimerAsync(nameof(SampleTimerFunctions.EveryMinute));
        Assert.Equal(["minute after never, next 12:06:00"], host.Journal.Rest());

        host.Journal.Then = (_, _) => throw new InvalidOperationException("seen");
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.App.RunTimerAsync(nameof(SampleTimerFunctions.EveryMinute)));
    }

    // The loop sets its next timer after a run has ended, which the journal does not tell.
    private static async Task AdvanceAsync(SampleHost host, TimeSpan time)
    {
        var until = host.Time.GetUtcNow() + time;
        while (host.Journal.Unread == 0)
        {
            host.Time.SetUtcNow(until);
            await Task.Yield();
        }
    }
}
