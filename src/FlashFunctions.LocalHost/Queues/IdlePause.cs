using System.Threading.Channels;

namespace FlashFunctions.LocalHost.Queues;

/// <summary>Set by anyone, awaited by one; set twice before it is awaited counts once.</summary>
internal sealed class Signal
{
    private readonly Channel<bool> _set = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Set() => _set.Writer.TryWrite(true);

    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _set.Reader.ReadAsync(cancellationToken);
}

/// <summary>The pause before an empty queue is looked into again: it doubles up to a limit, and a wake-up ends it early.</summary>
internal sealed class IdlePause : IDisposable
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    private readonly TimeSpan _longest;
    private readonly Signal _signal = new();
    private readonly ITimer _timer;
    private TimeSpan _next = Shortest;

    public IdlePause(TimeSpan longest, TimeProvider time)
    {
        _longest = longest;
        _timer = time.CreateTimer(_ => _signal.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Wake() => _signal.Set();

    /// <summary>The queue was not empty: the next pause is short again.</summary>
    public void Reset() => _next = Shortest;

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        _timer.Change(_next, Timeout.InfiniteTimeSpan);
        _next = _next * 2 < _longest ? _next * 2 : _longest;
        await _signal.WaitAsync(cancellationToken);
    }

    public void Dispose() => _timer.Dispose();
}
