using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace FlashFunctions.Tests.LocalHost;

/// <summary>The local host's time, which also tells when somebody begins to wait.</summary>
internal sealed class SampleTime() : FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 30, TimeSpan.Zero))
{
    private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Returns when somebody has begun to wait for so long; each wait is told once.</summary>
    public async Task UntilWaitedForAsync(TimeSpan dueTime)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), System);
        while (await _waits.Reader.ReadAsync(patience.Token) != dueTime)
        {
        }
    }
}
