namespace FlashFunctions.LocalHost.Http;

/// <summary>
/// The HTTP calls that are being answered. While they are more than this machine can work on at once, jobs take turns with
/// them: a caller waits for an answer, a job can wait in its queue.
/// </summary>
internal sealed class CallsInFlight(TimeProvider time)
{
    /// <summary>How long a queue steps back before it starts another batch. The batch size a turn is what jobs are sure to get.</summary>
    public static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(20);

    public static readonly int Few = 8 * Environment.ProcessorCount;

    private int _count;

    public async Task CountAsync(HttpContext context, Func<HttpContext, Task> answer)
    {
        Interlocked.Increment(ref _count);
        try
        {
            await answer(context);
        }
        finally
        {
            Interlocked.Decrement(ref _count);
        }
    }

    /// <summary>Returns at once while calls are few, otherwise after a turn.</summary>
    public Task StepBackAsync(CancellationToken cancellationToken) =>
        Volatile.Read(ref _count) > Few ? Task.Delay(Turn, time, cancellationToken) : Task.CompletedTask;
}
