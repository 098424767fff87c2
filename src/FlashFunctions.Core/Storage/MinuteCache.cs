namespace FlashFunctions.Core.Storage;

/// <summary>
/// What is read from the store once a minute however many ask, and again at once after it was changed here. Where the store does not
/// answer, what was read before stays, and the store is asked again after 5 seconds.
/// </summary>
/// <param name="read">Reads it.</param>
/// <param name="time">The clock.</param>
/// <param name="first">What stands in for it before the first read that succeeds; null: until then a failure is the caller's.</param>
internal sealed class MinuteCache<T>(Func<CancellationToken, Task<T>> read, TimeProvider time, T? first = null)
    where T : class
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Task<T>? _reading;
    private DateTimeOffset _until;
    private volatile T? _last = first;

    /// <summary>What was read last, however old.</summary>
    public T? Last => _last;

    /// <summary>What was read within a minute.</summary>
    public async ValueTask<T> GetAsync(CancellationToken cancellationToken)
    {
        Task<T> reading;
        lock (_gate)
        {
            if (_reading is null || time.GetUtcNow() >= _until)
            {
                // Not the caller's cancellation token: others may be waiting for the same read.
                (_reading, _until) = (read(CancellationToken.None), time.GetUtcNow() + Life);
            }

            reading = _reading;
        }

        try
        {
            return _last = await reading.WaitAsync(cancellationToken);
        }
        catch when (!cancellationToken.IsCancellationRequested)
        {
            var last = _last;
            lock (_gate)
            {
                if (_reading == reading)
                {
                    (_reading, _until) = (last is null ? null : Task.FromResult(last), time.GetUtcNow() + RetryAfter);
                }
            }

            if (last is null)
            {
                throw;
            }

            return last;
        }
    }

    /// <summary>Takes what was just read or written here as the newest.</summary>
    public T Set(T value)
    {
        lock (_gate)
        {
            (_reading, _until) = (Task.FromResult(value), time.GetUtcNow() + Life);
        }

        return _last = value;
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
