namespace FlashFunctions.LocalHost;

/// <summary>A lock between processes: a file that one of them holds open until it disposes of it or ends, however it ends.</summary>
internal static class FileLock
{
    // IOException.HResult when another process has the lock.
    private const int WouldBlockOnLinux = 11;
    private const int WouldBlockOnMac = 35;
    private const int SharingViolation = unchecked((int)0x80070020);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Takes the lock; null where another holds it.</summary>
    /// <exception cref="IOException">The file cannot be made or opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, because access is denied.</exception>
    public static FileStream? TryTake(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception.HResult is WouldBlockOnLinux or WouldBlockOnMac or SharingViolation)
        {
            return null;
        }
    }

    /// <summary>Takes the lock as soon as nobody else holds it.</summary>
    /// <exception cref="IOException">The file cannot be made or opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, because access is denied.</exception>
    public static async Task<FileStream> TakeAsync(string path, CancellationToken cancellationToken)
    {
        FileStream? taken;
        while ((taken = TryTake(path)) is null)
        {
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }

        return taken;
    }
}
