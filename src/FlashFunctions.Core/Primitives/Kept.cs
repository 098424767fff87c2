namespace FlashFunctions.Core.Primitives;

/// <summary>What is read or made once within its life, however many ask, and again at once after it was changed here.</summary>
/// <param name="outlivesFailures">
/// Where it cannot be read, what was read before stays, and it is tried again after 5 seconds. Otherwise a failure is the caller's.
/// </param>
/// <param name="first">What stands in for it before the first read that succeeds.</param>
internal sealed class Kept<T>(TimeSpan life, TimeProvider time, bool outlivesFailures = false, T? first = null)
    where T : class?
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Task<T>? _reading;
    private DateTimeOffset _from;
    private DateTimeOffset _until;
    private volatile T? _last = first;

    /// <summary>For what each instance reads from the store once a minute, and goes on using where the store does not answer.</summary>
    public static Kept<T> ForAMinute(TimeProvider time, T? first = null) => new(TimeSpan.FromMinutes(1), time, true, first);

    /// <summary>What was read last, however old.</summary>
    public T? Last => _last;

    /// <summary>What was read within its life.</summary>
    public async ValueTask<T> GetAsync(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        Task<T> reading;
        lock (_gate)
        {
            // A clock that was set back must not keep it for longer.
            var now = time.GetUtcNow();
            if (_reading is null || now >= _until || now < _from)
            {
                // Not the caller's cancellation token: others may be waiting for the same read.
                (_reading, _from, _until) = (read(CancellationToken.None), now, now + life);
            }

            reading = _reading;
        }

        try
        {
            return _last = await reading.WaitAsync(cancellationToken);
        }
        catch when (!cancellationToken.IsCancellationRequested)
        {
            var before = outlivesFailures ? _last : null;
            lock (_gate)
            {
                if (_reading == reading)
                {
                    (_reading, _until) = (before is null ? null : Task.FromResult(before), time.GetUtcNow() + RetryAfter);
                }
            }

            if (before is null)
            {
                throw;
            }

            return before;
        }
    }

    /// <summary>Has it read again when it is asked for next.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _reading = null;
        }
    }
}
