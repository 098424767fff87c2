using FlashFunctions.Core.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>
/// The only one who writes: a thread that puts everything that waits into one transaction. What the file costs, a page, a flush,
/// is then paid once for many writes, and nobody ever waits for a lock.
/// </summary>
internal sealed partial class GroupWriter : IDisposable
{
    private const int Capacity = 4_096;

    private readonly SqliteConnection _connection;
    private readonly WriteAheadLog _log;
    private readonly ILogger _logger;
    private readonly WriteLine _line = new(Capacity);
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;
    private readonly Thread _thread;
    private long _transactions;
    private long _writes;

    public GroupWriter(SqliteConnection connection, WriteAheadLog log, ILogger logger)
    {
        _connection = connection;
        _log = log;
        _logger = logger;
        _begin = new Statement(connection.Handle!, "BEGIN IMMEDIATE");
        _commit = new Statement(connection.Handle!, "COMMIT");
        _rollback = new Statement(connection.Handle!, "ROLLBACK");
        _thread = new Thread(Work) { IsBackground = true, Name = "Storage writer" };
    }

    /// <summary>Transactions that were committed.</summary>
    public long Transactions => Volatile.Read(ref _transactions);

    /// <summary>Writes that were in them.</summary>
    public long Writes => Volatile.Read(ref _writes);

    public void Start() => _thread.Start();

    /// <summary>Puts a write into the line; the task ends with its result.</summary>
    /// <exception cref="StorageUnavailableException">The transaction that the write was in failed, or the store is closed.</exception>
    public Task<T> WriteAsync<T>(Write<T> write, CancellationToken cancellationToken) => _line.AddAsync(write, cancellationToken);

    /// <summary>Serves what is in the line, then stops.</summary>
    public void Dispose()
    {
        _line.Close();
        if (_thread.ThreadState is not ThreadState.Unstarted)
            _thread.Join();

        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
    }

    private void Work()
    {
        List<IWrite> group = [];
        while (_line.TakeAll(ref group))
        {
            if (TryCommit(group) is { } failure)
            {
                Log.Failed(_logger, group.Count, failure);
                var unavailable = new StorageUnavailableException($"The data file could not be written: {failure.Message}", failure);
                group.ForEach(write => write.Fail(unavailable));
                continue;
            }

            Volatile.Write(ref _transactions, _transactions + 1);
            Volatile.Write(ref _writes, _writes + group.Count);
            group.ForEach(write => write.Complete());
            _log.AfterCommit();
        }
    }

    private Exception? TryCommit(List<IWrite> group)
    {
        try
        {
            _begin.Run();
            foreach (var write in group)
            {
                write.Run();
            }

            _commit.Run();
            return null;
        }
        catch (Exception exception)
        {
            // Whatever it was, the thread must live and every caller must hear of it.
            Rollback();
            return exception;
        }
    }

    private void Rollback()
    {
        // After some failures SQLite has rolled back by itself.
        if (raw.sqlite3_get_autocommit(_connection.Handle) != 0)
            return;

        try
        {
            _rollback.Run();
        }
        catch (SqliteException exception)
        {
            Log.NotRolledBack(_logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Writes} writes were not stored")]
        public static partial void Failed(ILogger logger, int writes, Exception exception);

        [LoggerMessage(2, LogLevel.Error, "A transaction could not be rolled back")]
        public static partial void NotRolledBack(ILogger logger, Exception exception);
    }
}
