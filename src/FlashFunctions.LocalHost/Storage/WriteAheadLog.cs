using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>
/// Keeps SQLite's write-ahead log short. Copying it into the file takes a tenth of a second, so a second connection does that in
/// the background while the writer goes on; then the writer copies the little that has come since, and the next transaction starts
/// the log anew. If readers were in the way too often, the writer waits for them.
/// </summary>
/// <param name="writer">The writer's connection.</param>
/// <param name="copier">A connection for the background.</param>
internal sealed partial class WriteAheadLog(SqliteConnection writer, SqliteConnection copier, ILogger logger) : IDisposable
{
    /// <summary>In pages of 4 KiB: 32 MiB.</summary>
    private const int CopyAt = 8_192;

    private const int WaitForReadersAt = 4 * CopyAt;

    /// <summary>SQLITE_DBSTATUS_CACHE_WRITE: pages written since it was last asked.</summary>
    private const int CacheWrite = 9;

    private int _sinceCopy;
    private int _sinceRestart;
    private Task? _copying;

    /// <summary>On the writer's thread, between two transactions.</summary>
    public void AfterCommit()
    {
        raw.sqlite3_db_status(writer.Handle, CacheWrite, out var pages, out _, 1);
        _sinceCopy += pages;
        _sinceRestart += pages;
        if (_copying is { IsCompleted: true })
        {
            _copying = null;
            _sinceCopy = 0;
            Copy(writer, _sinceRestart >= WaitForReadersAt ? raw.SQLITE_CHECKPOINT_RESTART : raw.SQLITE_CHECKPOINT_PASSIVE);
        }
        else if (_copying is null && _sinceCopy >= CopyAt)
        {
            _copying = Task.Run(() => Copy(copier, raw.SQLITE_CHECKPOINT_PASSIVE));
        }
    }

    /// <summary>Waits for the background.</summary>
    public void Dispose() => _copying?.Wait();

    private void Copy(SqliteConnection connection, int mode)
    {
        var code = raw.sqlite3_wal_checkpoint_v2(connection.Handle, "main", mode, out var frames, out var copied);
        if (code is not raw.SQLITE_OK and not raw.SQLITE_BUSY)
            Log.NotCopied(logger, raw.sqlite3_errmsg(connection.Handle).utf8_to_string());
        else if (frames == copied && connection == writer)
            _sinceRestart = 0;
    }

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Warning, "The write-ahead log could not be copied into the data file: {Reason}")]
        public static partial void NotCopied(ILogger logger, string reason);
    }
}
