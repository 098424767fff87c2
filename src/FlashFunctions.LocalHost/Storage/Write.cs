namespace FlashFunctions.LocalHost.Storage;

/// <summary>One caller's write, from the moment it waits in line to its result.</summary>
internal interface IWrite
{
    /// <summary>On the writer's thread, inside the transaction that it shares with the writes around it.</summary>
    void Run();

    /// <summary>On the writer's thread, after the transaction is durable: gives the caller the result.</summary>
    void Complete();

    /// <summary>Nothing of the transaction was kept.</summary>
    void Fail(Exception exception);
}

/// <inheritdoc cref="IWrite"/>
internal abstract class Write<T>() : TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously), IWrite
{
    private T? _result;

    public void Run() => _result = Apply();

    public void Complete()
    {
        Publish(_result!);
        SetResult(_result!);
    }

    public void Fail(Exception exception) => SetException(exception);

    /// <summary>Changes the file and returns what the caller will get. A conflict or a lost race is a result.</summary>
    protected abstract T Apply();

    /// <summary>Makes what is now durable known within the process, before the caller hears of it.</summary>
    protected virtual void Publish(T result)
    {
    }
}
