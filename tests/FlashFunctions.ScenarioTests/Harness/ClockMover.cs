namespace FlashFunctions.ScenarioTests.Harness;

/// <summary>
/// Moves a test's clock on while the test waits for something that itself waits for the clock, and for nothing else: nobody has used the
/// clock for a while, nor the store. How long that is counts in beats, and a beat that comes late, since the machine is busy with
/// something else, hardly counts.
/// </summary>
public sealed class ClockMover(TestClock clock, Func<bool> storeHasMoved)
{
    private const double LateBeat = 0.1;

    /// <summary>Quiet beats before a pause that somebody makes is over.</summary>
    private const int ForPause = 6;

    /// <summary>Beats before it is over though others go on meanwhile.</summary>
    private const int ForPauseAmongOthers = 40;

    /// <summary>Where only time-outs are left, somebody may as well just be slow.</summary>
    private const int ForTimeout = 60;

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private int _waiting;
    private bool _beating;
    private bool _held;
    private long _seen;
    private double _quiet;
    private double _paused;

    /// <summary>Waits for something, and moves the clock on meanwhile where that is needed.</summary>
    public async Task<T> WaitAsync<T>(Task<T> task)
    {
        Begin();
        try
        {
            return await task;
        }
        finally
        {
            End();
        }
    }

    /// <summary>Never moves it again.</summary>
    public void Hold() => _held = true;

    private void Begin()
    {
        lock (_lock)
        {
            _quiet = 0;
            _waiting++;
            if (!_beating && !_held)
            {
                _beating = true;
                _ = Task.Run(BeatAsync);
            }
        }
    }

    private void End()
    {
        lock (_lock)
        {
            _waiting--;
        }
    }

    private async Task BeatAsync()
    {
        do
        {
            var began = TimeProvider.System.GetTimestamp();
            await Task.Delay(Beat, TimeProvider.System);
            Listen(isLate: TimeProvider.System.GetElapsedTime(began) > 2 * Beat);
        }
        while (GoesOn());
    }

    private bool GoesOn()
    {
        lock (_lock)
        {
            return _beating = _waiting > 0;
        }
    }

    private void Listen(bool isLate)
    {
        var beat = isLate ? LateBeat : 1;
        var moved = storeHasMoved() | Interlocked.Exchange(ref _seen, clock.Uses) != clock.Uses;
        var until = clock.NextPause;
        lock (_lock)
        {
            _quiet = moved || _waiting == 0 ? 0 : _quiet + beat;
            _paused = until is null || _waiting == 0 ? 0 : _paused + beat;
            if (_quiet < (until is null ? ForTimeout : ForPause) && _paused < ForPauseAmongOthers)
            {
                return;
            }

            _quiet = _paused = 0;
        }

        var step = (until ?? clock.NextTimeout) - clock.Now;
        clock.Advance(step > Step ? step.Value : Step);
    }
}
