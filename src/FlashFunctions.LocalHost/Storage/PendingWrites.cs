using System.Threading.Channels;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>
/// The writes of all tables and queues. One writer puts all that are pending into one transaction, so that the cost of a transaction
/// is shared and no write waits for a lock. Each write has its own result: a conflict or a lost race concerns no other.
/// </summary>
internal sealed partial class PendingWrites : IDisposable
{
    private const int Capacity = 4_096;

    private readonly DataFile _file;
    private readonly ILogger _logger;

    private readonly Channel<IPendingWrite> _pending = Channel.CreateBounded<IPendingWrite>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, AllowSynchronousContinuations = true });

    /// <summary>
    /// The writer sleeps on this, and the next write wakes it without the thread pool, whose threads are busy with callers while the
    /// service is loaded: as a task of the pool it wrote 80 % of the verifications a second. It does not spin, since the callers need the
    /// processor.
    /// </summary>
    private readonly ManualResetEventSlim _wake = new(false, spinCount: 0);

    private readonly Thread _thread;

    public PendingWrites(DataFile file, ILogger logger)
    {
        (_file, _logger) = (file, logger);
        _thread = new Thread(WriteAll) { IsBackground = true, Name = "Storage writer" };
    }

    /// <summary>Transactions that were committed.</summary>
    public long Transactions { get; private set; }

    /// <summary>Writes that were in them.</summary>
    public long Writes { get; private set; }

    public void Start() => _thread.Start();

    /// <summary>
    /// Adds a write, waiting for room if necessary, and returns its result once its transaction is committed. A write that has been added
    /// is done even if its caller cancels.
    /// </summary>
    /// <param name="apply">Changes the file, on the writer.</param>
    /// <param name="publish">Runs after the commit and before the caller gets the result.</param>
    /// <param name="cancellationToken">Cancels waiting for room.</param>
    /// <exception cref="StorageUnavailableException">The write's transaction failed, or the store is closed.</exception>
    public Task<T> AddAsync<T>(Func<DataConnection, T> apply, Action<T>? publish, CancellationToken cancellationToken)
    {
        var write = new PendingWrite<T>(apply, publish);
        return !cancellationToken.IsCancellationRequested && _pending.Writer.TryWrite(write)
            ? write.Task
            : AddLaterAsync(write, cancellationToken);
    }

    private async Task<T> AddLaterAsync<T>(PendingWrite<T> write, CancellationToken cancellationToken)
    {
        try
        {
            await _pending.Writer.WriteAsync(write, cancellationToken);
        }
        catch (ChannelClosedException exception)
        {
            throw new StorageUnavailableException("The store is closed.", exception);
        }

        return await write.Task;
    }

    /// <summary>Does what is pending, then stops.</summary>
    public void Dispose()
    {
        _pending.Writer.TryComplete();
        _thread.Join();
        _wake.Dispose();
    }

    private void WriteAll()
    {
        var group = new List<IPendingWrite>(Capacity);
        while (Wait())
        {
            while (group.Count < Capacity && _pending.Reader.TryRead(out var write))
            {
                group.Add(write);
            }

            WriteGroup(group);
            group.Clear();
        }
    }

    /// <summary>Waits until a write is pending. False when none will come.</summary>
    private bool Wait()
    {
        var wait = _pending.Reader.WaitToReadAsync().AsTask();
        if (!wait.IsCompleted)
        {
            _wake.Reset();
            wait.GetAwaiter().UnsafeOnCompleted(_wake.Set);
            _wake.Wait();
        }

        return wait.GetAwaiter().GetResult();
    }

    private void WriteGroup(List<IPendingWrite> group)
    {
        try
        {
            _file.Writer.Run(DataFile.Begin);
            group.ForEach(write => write.Apply(_file.Writer));
            _file.Writer.Run("COMMIT");
        }
        catch (Exception exception)
        {
            // Whatever failed, the writer must go on and every caller must get a result.
            Try(_file.Writer.RollBack, Log.NotRolledBack);
            Log.Failed(_logger, group.Count, exception);
            var unavailable = new StorageUnavailableException($"The data file could not be written: {exception.Message}", exception);
            group.ForEach(write => write.SetException(unavailable));
            return;
        }

        Transactions++;
        Writes += group.Count;
        group.ForEach(write => write.Complete());
        Try(_file.ShortenLog, Log.NotCopied);
    }

    private void Try(Action work, Action<ILogger, Exception> log)
    {
        try
        {
            work();
        }
        catch (Exception exception)
        {
            log(_logger, exception);
        }
    }

    private interface IPendingWrite
    {
        void Apply(DataConnection connection);

        void Complete();

        void SetException(Exception exception);
    }

    private sealed class PendingWrite<T>(Func<DataConnection, T> apply, Action<T>? publish)
        : TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously), IPendingWrite
    {
        private T? _result;

        public void Apply(DataConnection connection) => _result = apply(connection);

        public void Complete()
        {
            publish?.Invoke(_result!);
            SetResult(_result!);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Writes} writes were not stored")]
        public static partial void Failed(ILogger logger, int writes, Exception exception);

        [LoggerMessage(2, LogLevel.Error, "A transaction could not be rolled back")]
        public static partial void NotRolledBack(ILogger logger, Exception exception);

        [LoggerMessage(10, LogLevel.Warning, "The write-ahead log could not be copied into the data file")]
        public static partial void NotCopied(ILogger logger, Exception exception);
    }
}
