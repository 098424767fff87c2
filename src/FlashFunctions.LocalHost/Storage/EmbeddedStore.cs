using FlashFunctions.Core.Storage;
using FlashFunctions.LocalHost.Queues;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>The data file of a service on one machine: all its tables and queues.</summary>
public sealed class EmbeddedStore : IDisposable
{
    private readonly Stack<IDisposable> _owned;
    private readonly Dictionary<string, SqliteTable> _tables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SqliteQueue> _queues = new(StringComparer.Ordinal);
    private readonly GroupWriter _writer;

    private EmbeddedStore(
        DataDirectory directory, Stack<IDisposable> owned, EmbeddedStorageOptions options, TimeProvider time, ILogger logger)
    {
        _owned = owned;
        Own(directory);
        var file = Own(new DataFile(directory.File, options));
        var log = Own(new WriteAheadLog(file.Writer, file.Copier!, logger));
        var readers = Own(new ReadPool(file.OpenReader));
        _writer = new GroupWriter(file.Writer, log, logger);
        var versions = new Versions(file.Opened);
        var memory = new RecentMemory((long)options.RecentRowsMegabytes << 20);
        foreach (var name in TableNames.All)
        {
            var statements = Own(new TableStatements(file.Writer, name));
            _tables.Add(name, new SqliteTable(statements, new RecentRows(memory), _writer, readers, versions, name));
        }

        foreach (var name in QueueNames.All.SelectMany(name => new[] { name, name + QueueNames.PoisonSuffix }))
        {
            var statements = new QueueStatements(file.Writer, name);
            _queues.Add(name, Own(new SqliteQueue(statements, _writer, readers, versions, time, name)));
        }

        // Owned last, so that what waits is written before anything is closed.
        Own(_writer).Start();
        Source = new SqliteQueueSource(this);
    }

    /// <summary>Transactions that were committed since it was opened.</summary>
    public long Transactions => _writer.Transactions;

    /// <summary>Writes that were in them.</summary>
    public long Writes => _writer.Writes;

    /// <summary>The receiving side of all queues.</summary>
    public IQueueSource Source { get; }

    /// <summary>Opens the data file of a directory, or makes both.</summary>
    /// <exception cref="DataDirectoryException">It cannot be used: not writable, in use, damaged. The message is for the operator.</exception>
    public static EmbeddedStore Open(EmbeddedStorageOptions options, TimeProvider time, ILogger<EmbeddedStore>? logger = null)
    {
        var directory = new DataDirectory(options.DataDirectory);
        var owned = new Stack<IDisposable>();
        try
        {
            return new EmbeddedStore(directory, owned, options, time, logger ?? NullLogger<EmbeddedStore>.Instance);
        }
        catch (Exception exception)
        {
            DisposeAll(owned);
            if (exception is SqliteException failure)
                throw directory.Explain(failure);

            throw;
        }
    }

    /// <summary>One of <see cref="TableNames"/>.</summary>
    public ITable Table(string name) => _tables[name];

    /// <summary>One of <see cref="QueueNames"/>, or its poison queue.</summary>
    public IWorkQueue WorkQueue(string name) => Queue(name);

    /// <summary>Writes what waits, copies the write-ahead log into the file, and lets go of the directory.</summary>
    public void Dispose() => DisposeAll(_owned);

    internal SqliteQueue Queue(string name) => FindQueue(name) ?? throw new ArgumentException($"There is no queue '{name}'.", nameof(name));

    internal SqliteQueue? FindQueue(string name) => _queues.GetValueOrDefault(name);

    private static void DisposeAll(Stack<IDisposable> owned)
    {
        while (owned.TryPop(out var last))
        {
            last.Dispose();
        }
    }

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Push(owned);
        return owned;
    }
}
