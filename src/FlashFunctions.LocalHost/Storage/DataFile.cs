using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>The SQLite file and its connections.</summary>
internal sealed class DataFile : IDisposable
{
    /// <summary>How tables are laid out; stored in the file.</summary>
    private const int Layout = 1;

    private const int PageBytes = 4_096;
    private const int WriterCacheKilobytes = 16_384;
    private const int ReaderCacheKilobytes = 1_024;

    /// <summary>What is left of the write-ahead log when a restart of it has made it shorter.</summary>
    private const int LogBytes = 64 << 20;

    private readonly string _path;
    private readonly EmbeddedStorageOptions _options;

    /// <summary>Opens the file, or makes it.</summary>
    /// <exception cref="DataDirectoryException">The file is of a later version.</exception>
    /// <exception cref="SqliteException">It cannot be used.</exception>
    public DataFile(string path, EmbeddedStorageOptions options)
    {
        _path = path;
        _options = options;
        Writer = Open();
        try
        {
            Opened = SetUp();
            Copier = Open();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>For the writer's thread alone.</summary>
    public SqliteConnection Writer { get; }

    /// <summary>For copying the write-ahead log.</summary>
    public SqliteConnection? Copier { get; }

    /// <summary>How often the file has been opened, this time included.</summary>
    public long Opened { get; }

    public SqliteConnection OpenReader()
    {
        var connection = Open();
        Execute(connection, $"PRAGMA cache_size = -{ReaderCacheKilobytes}");
        Execute(connection, "PRAGMA query_only = ON");
        return connection;
    }

    /// <summary>The last connection to close copies the write-ahead log into the file and deletes it.</summary>
    public void Dispose()
    {
        Copier?.Dispose();
        Writer.Dispose();
    }

    private static long Execute(SqliteConnection connection, string sql)
    {
        using var statement = new Statement(connection.Handle!, sql);
        var value = statement.Step() ? statement.Number(0) : 0;
        statement.Reset();
        return value;
    }

    private SqliteConnection Open()
    {
        var address = new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false };
        var connection = new SqliteConnection(address.ConnectionString);
        connection.Open();
        raw.sqlite3_busy_timeout(connection.Handle, (int)_options.LockTimeout.TotalMilliseconds);
        Execute(connection, "PRAGMA wal_autocheckpoint = 0");
        Execute(connection, $"PRAGMA synchronous = {(_options.Durability is Durability.PowerLoss ? "FULL" : "NORMAL")}");
        return connection;
    }

    private long SetUp()
    {
        Execute(Writer, $"PRAGMA page_size = {PageBytes}");
        Execute(Writer, "PRAGMA journal_mode = WAL");
        Execute(Writer, $"PRAGMA journal_size_limit = {LogBytes}");
        Execute(Writer, $"PRAGMA cache_size = -{WriterCacheKilobytes}");
        if (_options.MaxFileMegabytes > 0)
            Execute(Writer, $"PRAGMA max_page_count = {(long)_options.MaxFileMegabytes * (1 << 20) / PageBytes}");

        Execute(Writer, "BEGIN IMMEDIATE");
        CheckLayout();
        Execute(Writer, "CREATE TABLE IF NOT EXISTS \"-opened\" (times INTEGER NOT NULL)");
        if (Execute(Writer, "SELECT count(*) FROM \"-opened\"") is 0)
            Execute(Writer, "INSERT INTO \"-opened\" VALUES (0)");

        var opened = Execute(Writer, "UPDATE \"-opened\" SET times = times + 1 RETURNING times");
        Execute(Writer, "COMMIT");
        return opened;
    }

    private void CheckLayout()
    {
        var layout = Execute(Writer, "PRAGMA user_version");
        if (layout > Layout)
            throw new DataDirectoryException($"The data file '{_path}' was written by a later version of this service.");

        Execute(Writer, $"PRAGMA user_version = {Layout}");
    }
}
