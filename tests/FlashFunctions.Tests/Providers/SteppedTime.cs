using Microsoft.Extensions.Time.Testing;

namespace FlashFunctions.Tests.Providers;

/// <summary>
/// A time that passes only while somebody waits for it: work that has merely moved to another thread, on a busy machine, does not find
/// minutes gone.
/// </summary>
internal sealed class SteppedTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    private int _waiting;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this);
        timer.Inner = base.CreateTimer(
            inner =>
            {
                timer.End();
                callback(inner);
            },
            state,
            dueTime,
            period);
        return timer;
    }

    /// <summary>Lets time pass step by step until the task has ended.</summary>
    public async Task<T> PassAsync<T>(Task<T> task, TimeSpan step)
    {
        while (!task.IsCompleted)
        {
            if (Volatile.Read(ref _waiting) > 0)
            {
                Advance(step);
            }

            await Task.Yield();
        }

        return await task;
    }

    private sealed class Timer : ITimer
    {
        private readonly SteppedTime _time;
        private int _isWaiting = 1;

        public Timer(SteppedTime time)
        {
            _time = time;
            Interlocked.Increment(ref time._waiting);
        }

        public ITimer? Inner { get; set; }

        public void End()
        {
            if (Interlocked.Exchange(ref _isWaiting, 0) == 1)
            {
                Interlocked.Decrement(ref _time._waiting);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => Inner!.Change(dueTime, period);

        public void Dispose()
        {
            End();
            Inner?.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
