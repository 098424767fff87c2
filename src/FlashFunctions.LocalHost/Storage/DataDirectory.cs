using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>A data directory that this process has for itself, until disposed or ended.</summary>
internal sealed class DataDirectory : IDisposable
{
    private const string DataFile = "flashfunctions.db";
    private const string LockFile = "flashfunctions.lock";

    private readonly string _path;
    private readonly FileStream _lock;

    /// <summary>Makes the directory if it is missing, and locks it.</summary>
    /// <exception cref="DataDirectoryException">It cannot be made or written to, or another process has it.</exception>
    public DataDirectory(string path)
    {
        _path = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(_path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DataDirectoryException($"The data directory '{_path}' cannot be made: {FirstLine(exception)}", exception);
        }

        _lock = Lock();
    }

    public string File => Path.Combine(_path, DataFile);

    public void Dispose() => _lock.Dispose();

    /// <summary>What went wrong with the data file, in a sentence.</summary>
    public DataDirectoryException Explain(SqliteException exception) => exception.SqliteErrorCode switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => InUse(exception),
        raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT => new DataDirectoryException(
            $"'{File}' is damaged or is not a data file of this service. Move it away, or name another directory.", exception),
        _ => new DataDirectoryException($"The data file '{File}' cannot be used: {FirstLine(exception)}", exception),
    };

    private static string FirstLine(Exception exception) => exception.Message.ReplaceLineEndings(" ");

    private FileStream Lock()
    {
        try
        {
            return FileLock.TryTake(Path.Combine(_path, LockFile)) ?? throw InUse();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DataDirectoryException($"The data directory '{_path}' cannot be written to: {FirstLine(exception)}", exception);
        }
    }

    private DataDirectoryException InUse(Exception? exception = null) =>
        new($"The data directory '{_path}' is in use by another process. Stop that, or name another directory.", exception);
}
