namespace FlashFunctions.Simulator;

/// <summary>Something that a provider does later.</summary>
internal abstract class Work
{
    /// <summary>A repetition, which flushing does not hurry.</summary>
    public virtual bool IsRetry => false;

    public abstract Task RunAsync(CallbackEngine engine, CancellationToken cancellationToken);
}
