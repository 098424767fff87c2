using FlashFunctions.LocalHost.Service;
using FlashFunctions.LocalHost.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FlashFunctions.ScenarioTests.Harness;

/// <summary>The store of a test: an embedded one in a folder of its own.</summary>
public sealed class TestStorage : IAsyncDisposable
{
    /// <summary>How many rows are many here.</summary>
    public const int Many = 100_000;

    /// <summary>How many sequences of events a property is tried on here.</summary>
    public const int Sequences = 100;

    private readonly string _folder = Directory.CreateTempSubdirectory("flash-").FullName;

    private TestStorage()
    {
    }

    /// <summary>A new, empty store.</summary>
    public static Task<TestStorage> CreateAsync(FakeTimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        return Task.FromResult(new TestStorage());
    }

    /// <summary>Puts the store into the settings.</summary>
    public ServiceSettings Apply(ServiceSettings settings) => settings with
    {
        Embedded = new EmbeddedStorageOptions { DataDirectory = _folder, Durability = Durability.ProcessEnd },
    };

    /// <summary>What was called over the network; null, since there is none.</summary>
    public IReadOnlyList<string>? Calls => null;

    /// <summary>Forgets the calls.</summary>
    public void ForgetCalls()
    {
    }

    /// <summary>Whether the store is at work, or was since the last time that this was asked: never for as long as to be noticed.</summary>
    public bool HasMoved() => false;

    /// <summary>All that is at rest, as it is there.</summary>
    public byte[] BytesAtRest() => [.. Directory.GetFiles(_folder).Where(path => Path.GetExtension(path) != ".lock").SelectMany(Read)];

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var whole = new MemoryStream();
        file.CopyTo(whole);
        return whole.ToArray();
    }
}
