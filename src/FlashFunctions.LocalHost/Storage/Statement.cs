using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>
/// A prepared statement, kept for the life of its connection. It goes past <see cref="SqliteCommand"/>, whose parameters and
/// reader allocate on every run.
/// </summary>
internal sealed class Statement : IDisposable
{
    private const uint Persistent = 1;
    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;

    public Statement(sqlite3 connection, string sql)
    {
        _connection = connection;
        Check(raw.sqlite3_prepare_v3(connection, sql, Persistent, out _statement));
    }

    public Statement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, parameter, value));
        return this;
    }

    /// <summary>No bytes are bound as null.</summary>
    public Statement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_blob(_statement, parameter, value));
        return this;
    }

    /// <summary>Runs a statement that returns no rows, and says how many it changed.</summary>
    public int Run()
    {
        try
        {
            Step();
            return raw.sqlite3_changes(_connection);
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Whether there is a row (another one, after the first call). <see cref="Reset"/> ends the reading.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code is raw.SQLITE_ROW)
            return true;

        if (code is not raw.SQLITE_DONE)
            Check(code);

        return false;
    }

    public void Reset() => raw.sqlite3_reset(_statement);

    public long Number(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <summary>Valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    public void Dispose() => _statement.Dispose();

    private void Check(int code)
    {
        if (code is not raw.SQLITE_OK)
            SqliteException.ThrowExceptionForRC(code, _connection);
    }
}
