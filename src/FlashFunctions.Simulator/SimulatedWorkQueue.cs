using System.Threading.Channels;

namespace FlashFunctions.Simulator;

/// <summary>Something that a provider does later.</summary>
/// <param name="RunAsync">Does it.</param>
/// <param name="IsRetry">True for the repetition of a callback, which flushing does not bring forward.</param>
internal readonly record struct SimulatedWork(Func<CancellationToken, Task> RunAsync, bool IsRetry);

/// <summary>Work by the time at which it is due, first come first served among equals.</summary>
internal sealed class SimulatedWorkQueue : IDisposable
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<SimulatedWork, (long Due, long Sequence)> _queue = new();
    private readonly Channel<bool> _wake =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _sequence;

    public SimulatedWorkQueue(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _queue.Count;
            }
        }
    }

    private long Now => _time.GetUtcNow().UtcTicks;

    public void Add(Func<CancellationToken, Task> runAsync, TimeSpan delay, bool isRetry = false)
    {
        var due = Now + delay.Ticks;
        lock (_lock)
        {
            _queue.Enqueue(new SimulatedWork(runAsync, isRetry), (due, ++_sequence));
            if (_queue.TryPeek(out _, out var first) && first.Sequence == _sequence)
            {
                WakeAt(due);
            }
        }
    }

    public bool TryTakeDue(out SimulatedWork work)
    {
        lock (_lock)
        {
            return _queue.TryPeek(out work, out var key) && key.Due <= Now && _queue.TryDequeue(out work, out _);
        }
    }

    /// <summary>Takes everything, due or not, in order; without repetitions when <paramref name="leaveRetries"/>.</summary>
    public IReadOnlyList<SimulatedWork> TakeAll(bool leaveRetries)
    {
        lock (_lock)
        {
            var isLeft = _queue.UnorderedItems.OrderBy(item => item.Priority).ToLookup(item => leaveRetries && item.Element.IsRetry);
            _queue.Clear();
            _queue.EnqueueRange(isLeft[true]);
            return [.. isLeft[false].Select(item => item.Element)];
        }
    }

    /// <summary>Waits until something may be due.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_queue.TryPeek(out _, out var key))
            {
                WakeAt(key.Due);
            }
        }

        await _wake.Reader.ReadAsync(cancellationToken);
    }

    public void Wake() => _wake.Writer.TryWrite(true);

    public void Clear()
    {
        lock (_lock)
        {
            _queue.Clear();
        }
    }

    public void Dispose() => _timer.Dispose();

    private void WakeAt(long due) => _timer.Change(TimeSpan.FromTicks(Math.Max(0, due - Now)), Timeout.InfiniteTimeSpan);
}
