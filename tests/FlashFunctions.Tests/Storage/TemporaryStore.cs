using System.Security.Cryptography;
using FlashFunctions.LocalHost.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FlashFunctions.Tests.Storage;

/// <summary>An embedded store in a directory of its own, under a clock that the test moves.</summary>
internal sealed class TemporaryStore : IDisposable
{
    public TemporaryStore(Action<EmbeddedStorageOptions>? configure = null)
    {
        Options = new EmbeddedStorageOptions { DataDirectory = NewDirectory(), LockTimeout = TimeSpan.FromSeconds(30) };
        configure?.Invoke(Options);
        Store = EmbeddedStore.Open(Options, Time);
    }

    public EmbeddedStorageOptions Options { get; }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch.AddYears(56));

    public EmbeddedStore Store { get; private set; }

    public string File => Path.Combine(Options.DataDirectory, "flashfunctions.db");

    /// <summary>A path below the temporary directory at which there is nothing yet.</summary>
    public static string NewDirectory() => Path.Combine(Path.GetTempPath(), "flashfunctions-" + RandomNumberGenerator.GetHexString(16));

    /// <summary>Closes the store and opens it again.</summary>
    public void Restart()
    {
        Store.Dispose();
        Store = EmbeddedStore.Open(Options, Time);
    }

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(Options.DataDirectory, recursive: true);
    }
}
