namespace FlashFunctions.AzuriteTests.Service;

/// <summary>The real time, and later once a test says so.</summary>
internal sealed class LaterTime : TimeProvider
{
    private long _later;

    public void Skip(TimeSpan time) => Interlocked.Add(ref _later, time.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _later));
}
