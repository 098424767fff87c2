using FlashFunctions.LocalHost.Functions;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.LocalHost.Timers;

/// <summary>Runs one timer function at its times, never twice at once. Times that pass during a run are made up for by one run.</summary>
internal sealed partial class TimerLoop(TimerFunction function, IServiceScopeFactory scopes, TimeProvider time, ILogger<TimerLoop> logger)
    : IDisposable
{
    // Longer waits are split: a timer takes at most 49 days.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly SemaphoreSlim _one = new(1);
    private DateTime _last;

    public string Name => function.Name;

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Runs the function at its times until <paramref name="stopping"/>.</summary>
    /// <param name="stopping">Begin no more runs.</param>
    /// <param name="aborting">A run is to give up.</param>
    public async Task RunAsync(CancellationToken stopping, CancellationToken aborting)
    {
        var due = function.RunOnStartup ? Now : function.Schedule.GetNextOccurrence(Now);
        while (await WaitUntilAsync(due, stopping))
        {
            var began = Now;
            await TryRunOnceAsync(isPastDue: function.Schedule.GetNextOccurrence(due) <= began, aborting);
            due = function.Schedule.GetNextOccurrence(began);
        }
    }

    /// <summary>One run now; what the function throws comes through.</summary>
    public async Task RunOnceAsync(bool isPastDue, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var status = new ScheduleStatus { Last = _last, Next = function.Schedule.GetNextOccurrence(Now), LastUpdated = _last };
            _last = Now;
            await using var scope = scopes.CreateAsyncScope();
            var info = new TimerInfo { IsPastDue = isPastDue, ScheduleStatus = status };
            await function.Invoke(new Invocation(scope.ServiceProvider, cancellationToken) { Timer = info });
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task TryRunOnceAsync(bool isPastDue, CancellationToken aborting)
    {
        try
        {
            await RunOnceAsync(isPastDue, aborting);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.Failed(logger, e, function.Name);
        }
    }

    private async Task<bool> WaitUntilAsync(DateTime due, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested && due - Now is { Ticks: > 0 } left)
        {
            await Task.Delay(left < LongestWait ? left : LongestWait, time, stopping).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing);
        }

        return !stopping.IsCancellationRequested;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Function} failed")]
        public static partial void Failed(ILogger logger, Exception exception, string function);
    }
}
