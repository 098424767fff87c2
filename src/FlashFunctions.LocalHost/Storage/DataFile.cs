using System.Collections.Concurrent;
using System.Text;
using FlashFunctions.Core.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>The SQLite file: one connection for the writer, and a pool of connections that only read.</summary>
internal sealed class DataFile : IDisposable
{
    /// <summary>The version of the schema, stored in the file as <c>user_version</c>. 1 had binary keys and properties.</summary>
    private const int Layout = 2;

    /// <summary>Takes the file's write lock.</summary>
    public const string Begin = "BEGIN IMMEDIATE";

    private const string Copy = "PRAGMA wal_checkpoint(PASSIVE)";
    private const int PageBytes = 4_096;
    private const int WriterCacheKilobytes = 16_384;

    /// <summary>How many pages of the write-ahead log are copied into the file at a time: 32 MiB.</summary>
    private const int CopiedAtOnce = 8_192;

    private readonly string _path;
    private readonly EmbeddedStorageOptions _options;
    private readonly ConcurrentBag<DataConnection> _idle = [];
    private readonly DataConnection _copier;
    private volatile bool _closed;
    private long _lastVersion;
    private int _pages;
    private Task? _copying;

    /// <summary>Opens the file, or creates it.</summary>
    /// <exception cref="DataDirectoryException">The file has another layout.</exception>
    /// <exception cref="SqliteException">It cannot be used.</exception>
    public DataFile(string path, EmbeddedStorageOptions options)
    {
        (_path, _options) = (path, options);
        Writer = Open();
        try
        {
            SetUp();
            _copier = Open();
        }
        catch
        {
            Writer.Dispose();
            throw;
        }
    }

    /// <summary>Used by the writer alone.</summary>
    public DataConnection Writer { get; }

    /// <summary>
    /// A number that is never given out twice in the life of the file: the upper bits count how often the file has been opened.
    /// </summary>
    public long NextVersion() => Interlocked.Increment(ref _lastVersion);

    /// <summary>Reads on the caller's thread, without waiting for the writer. Sees every write that was acknowledged before.</summary>
    /// <exception cref="StorageUnavailableException">The file could not be read, or the store is closed.</exception>
    public T Read<T>(Func<DataConnection, T> read)
    {
        try
        {
            if (_closed)
            {
                throw new StorageUnavailableException("The store is closed.");
            }

            var connection = _idle.TryTake(out var idle) ? idle : OpenReader();
            try
            {
                return read(connection);
            }
            finally
            {
                Return(connection);
            }
        }
        catch (SqliteException exception)
        {
            throw new StorageUnavailableException($"The data file could not be read: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Copies the write-ahead log into the file when it is long, called by the writer between two transactions. Most of it is copied in the
    /// background, then the writer copies the little that has come since, and the next transaction starts the log again. With
    /// <c>wal_autocheckpoint</c> alone the writer waits for the whole copy: the bench then had 62 % of the starts a second, and 74 % with
    /// the copy in the background. <c>wal_autocheckpoint</c> only sets the length at which the background has failed to keep up.
    /// </summary>
    /// <exception cref="SqliteException">It could not be copied.</exception>
    public void ShortenLog()
    {
        _pages += Writer.TakePagesWritten();
        if (_copying is { IsCompleted: true } copied)
        {
            (_copying, _pages) = (null, 0);
            Writer.Run(Copy);
            copied.GetAwaiter().GetResult();
        }
        else if (_copying is null && _pages >= CopiedAtOnce)
        {
            _copying = Task.Run(() => _copier.Run(Copy));
        }
    }

    /// <summary>The last connection to close copies the write-ahead log into the file and deletes it.</summary>
    public void Dispose()
    {
        _closed = true;
        CloseIdle();
        Task.WhenAny(_copying ?? Task.CompletedTask).Wait();
        _copier.Dispose();
        Writer.Dispose();
    }

    private void Return(DataConnection connection)
    {
        _idle.Add(connection);
        if (_closed)
        {
            CloseIdle();
        }
    }

    private void CloseIdle()
    {
        while (_idle.TryTake(out var connection))
        {
            connection.Dispose();
        }
    }

    private DataConnection Open()
    {
        // Pooling by the driver would prepare every statement again: its pool keeps connections, not commands.
        var address = new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false };
        var connection = new DataConnection(address.ConnectionString, _options.LockTimeout);
        connection.Run($"PRAGMA synchronous = {(_options.Durability is Durability.PowerLoss ? "FULL" : "NORMAL")}");
        return connection;
    }

    private DataConnection OpenReader()
    {
        var connection = Open();
        connection.Run("PRAGMA query_only = ON");
        return connection;
    }

    private void SetUp()
    {
        Writer.Run($"PRAGMA page_size = {PageBytes}");
        Writer.Run("PRAGMA journal_mode = WAL");
        Writer.Run($"PRAGMA wal_autocheckpoint = {4 * CopiedAtOnce}");
        Writer.Run($"PRAGMA cache_size = -{WriterCacheKilobytes}");
        if (_options.MaxFileMegabytes > 0)
        {
            Writer.Run($"PRAGMA max_page_count = {(long)_options.MaxFileMegabytes * (1 << 20) / PageBytes}");
        }

        Writer.Run(Begin);
        CheckLayout();
        Writer.Run($"PRAGMA user_version = {Layout}");
        Writer.Run("CREATE TABLE IF NOT EXISTS opened (number INTEGER PRIMARY KEY AUTOINCREMENT)");
        _lastVersion = Writer.Number("INSERT INTO opened DEFAULT VALUES RETURNING number") << 40;
        Writer.Run("COMMIT");
    }

    private void CheckLayout()
    {
        var layout = Writer.Number("PRAGMA user_version");
        if (layout > Layout)
        {
            throw new DataDirectoryException($"The data file '{_path}' was written by a later version of this service.");
        }

        if (layout is > 0 and < Layout)
        {
            throw new DataDirectoryException(
                $"The data file '{_path}' was written by an earlier version of this service. Move it away, or name another directory.");
        }
    }
}

/// <summary>A connection and the commands that were prepared on it. Used by one thread at a time.</summary>
internal sealed class DataConnection : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);

    public DataConnection(string address, TimeSpan lockTimeout)
    {
        _connection = new SqliteConnection(address);
        _connection.Open();
        raw.sqlite3_busy_timeout(_connection.Handle, (int)lockTimeout.TotalMilliseconds);
    }

    /// <summary>Runs a statement with the parameters ?1, ?2 and so on. Returns how many rows it changed.</summary>
    public int Run(string sql, params ReadOnlySpan<object> values)
    {
        using var statement = Query(sql, values);
        statement.Read();
        return raw.sqlite3_changes(_connection.Handle);
    }

    /// <summary>The whole number in the first column of the first row; 0 without a row.</summary>
    public long Number(string sql, params ReadOnlySpan<object> values)
    {
        using var statement = Query(sql, values);
        return statement.Read() ? statement.GetInt64(0) : 0;
    }

    /// <summary>Runs a query with the parameters ?1, ?2 and so on: strings, whole numbers, and texts in UTF-8.</summary>
    public Statement Query(string sql, params ReadOnlySpan<object> values)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            _statements.Add(sql, statement = new Statement(_connection.Handle!, sql));
        }

        statement.Bind(values);
        return statement;
    }

    /// <summary>How many pages were written since this was last asked.</summary>
    public int TakePagesWritten()
    {
        const int CacheWrite = 9;
        raw.sqlite3_db_status(_connection.Handle, CacheWrite, out var pages, out _, 1);
        return pages;
    }

    /// <summary>Undoes the open transaction, unless SQLite has done so after the failure.</summary>
    public void RollBack()
    {
        if (raw.sqlite3_get_autocommit(_connection.Handle) == 0)
        {
            Run("ROLLBACK");
        }
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Close();
        }

        _connection.Dispose();
    }
}

/// <summary>
/// A statement that is prepared once, and run through the handle of the connection: with a SqliteCommand, which does more for each row and
/// parameter on the writer's one thread, the bench had 74 % of the starts a second.
/// </summary>
internal sealed class Statement(sqlite3 connection, string sql) : IDisposable
{
    private readonly sqlite3_stmt _statement = Prepare(connection, sql);

    public void Bind(ReadOnlySpan<object> values)
    {
        for (var index = 0; index < values.Length; index++)
        {
            Check(values[index] switch
            {
                string text => raw.sqlite3_bind_text(_statement, index + 1, text),
                byte[] utf8 => raw.sqlite3_bind_text(_statement, index + 1, utf8),
                int number => raw.sqlite3_bind_int64(_statement, index + 1, number),
                _ => raw.sqlite3_bind_int64(_statement, index + 1, (long)values[index]),
            });
        }
    }

    /// <summary>Whether there is a row, or another one.</summary>
    public bool Read()
    {
        var code = raw.sqlite3_step(_statement);
        if (code is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            Check(code);
        }

        return code == raw.SQLITE_ROW;
    }

    public long GetInt64(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <summary>A text in UTF-8, valid until the next row is read.</summary>
    public ReadOnlySpan<byte> GetUtf8(int column) => raw.sqlite3_column_blob(_statement, column);

    public string GetString(int column) => Encoding.UTF8.GetString(GetUtf8(column));

    /// <summary>Ends this run. The statement can be run again.</summary>
    public void Dispose() => raw.sqlite3_reset(_statement);

    public void Close() => _statement.Dispose();

    private static sqlite3_stmt Prepare(sqlite3 connection, string sql)
    {
        const uint Persistent = 1;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v3(connection, sql, Persistent, out var statement), connection);
        return statement;
    }

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, connection);
}
