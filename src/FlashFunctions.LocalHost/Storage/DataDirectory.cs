using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>A data directory that is locked for this process until disposed, or until the process ends.</summary>
internal sealed class DataDirectory : IDisposable
{
    private const string DataFile = "flashfunctions.db";
    private const string LockFile = "flashfunctions.lock";

    private readonly string _path;
    private readonly FileStream _lock;

    /// <summary>Creates the directory if it is missing, and locks it.</summary>
    /// <exception cref="DataDirectoryException">It cannot be created or written to, or another process has locked it.</exception>
    public DataDirectory(string path)
    {
        _path = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(_path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DataDirectoryException($"The data directory '{_path}' cannot be made: {InOneLine(exception)}", exception);
        }

        try
        {
            _lock = FileLock.TryTake(Path.Combine(_path, LockFile)) ?? throw InUse();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DataDirectoryException($"The data directory '{_path}' cannot be written to: {InOneLine(exception)}", exception);
        }
    }

    public string File => Path.Combine(_path, DataFile);

    public void Dispose() => _lock.Dispose();

    /// <summary>Says in a sentence why the data file cannot be used.</summary>
    public DataDirectoryException Explain(SqliteException exception) => exception.SqliteErrorCode switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => InUse(exception),
        raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT => new DataDirectoryException(
            $"'{File}' is damaged or is not a data file of this service. Move it away, or name another directory.", exception),
        _ => new DataDirectoryException($"The data file '{File}' cannot be used: {InOneLine(exception)}", exception),
    };

    private static string InOneLine(Exception exception) => exception.Message.ReplaceLineEndings(" ");

    private DataDirectoryException InUse(Exception? exception = null) =>
        new($"The data directory '{_path}' is in use by another process. Stop that, or name another directory.", exception);
}

/// <summary>The data directory cannot be used. The message is one sentence for the person who started the service.</summary>
public sealed class DataDirectoryException : Exception
{
    public DataDirectoryException()
        : this("The data directory cannot be used.")
    {
    }

    public DataDirectoryException(string message)
        : base(message)
    {
    }

    public DataDirectoryException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
