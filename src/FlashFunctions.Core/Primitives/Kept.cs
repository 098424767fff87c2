namespace FlashFunctions.Core.Primitives;

/// <summary>An answer that is made once within its life however many ask; a failure is not kept.</summary>
/// <param name="life">How long it is kept.</param>
/// <param name="time">The clock.</param>
internal sealed class Kept<T>(TimeSpan life, TimeProvider time)
    where T : class?
{
    private readonly Lock _gate = new();
    private Task<T>? _reading;
    private DateTimeOffset _at;

    public async ValueTask<T> GetAsync(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        Task<T> reading;
        lock (_gate)
        {
            // A clock that was set back must not keep it for longer.
            var now = time.GetUtcNow();
            if (_reading is null || now - _at >= life || now < _at)
            {
                // Not the caller's cancellation token: others may be waiting for the same read.
                (_reading, _at) = (read(CancellationToken.None), now);
            }

            reading = _reading;
        }

        try
        {
            return await reading.WaitAsync(cancellationToken);
        }
        catch when (!cancellationToken.IsCancellationRequested)
        {
            lock (_gate)
            {
                _reading = _reading == reading ? null : _reading;
            }

            throw;
        }
    }
}
