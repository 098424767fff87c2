using FlashFunctions.Core.Storage;
using FlashFunctions.LocalHost.Queues;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>The store of a service on one machine: all tables and queues in one SQLite file.</summary>
public sealed class EmbeddedStore : IDisposable
{
    private readonly DataDirectory _directory;
    private readonly DataFile _file;
    private readonly PendingWrites _writes;
    private readonly Dictionary<string, EmbeddedTable> _tables;
    private readonly EmbeddedQueues _queues;

    private EmbeddedStore(DataDirectory directory, DataFile file, EmbeddedStorageOptions options, TimeProvider time, ILogger logger)
    {
        (_directory, _file) = (directory, file);
        _writes = new PendingWrites(file, logger);
        var recent = new RecentRows((long)options.RecentRowsMegabytes << 20);
        _tables = TableNames.All.ToDictionary(
            name => name, name => new EmbeddedTable(name, file, _writes, recent), StringComparer.Ordinal);
        _queues = new EmbeddedQueues(EveryQueue, file, _writes, time);
        _writes.Start();
    }

    /// <summary>Transactions that were committed since the store was opened.</summary>
    public long Transactions => _writes.Transactions;

    /// <summary>Writes that were in them.</summary>
    public long Writes => _writes.Writes;

    /// <summary>The receiving side of all queues.</summary>
    public IQueueSource Source => _queues;

    internal static IEnumerable<string> EveryQueue => QueueNames.All.SelectMany(name => new[] { name, name + QueueNames.PoisonSuffix });

    /// <summary>Opens the data file of a directory, or creates both.</summary>
    /// <exception cref="DataDirectoryException">It cannot be used: not writable, in use, damaged, or of another version.</exception>
    public static EmbeddedStore Open(EmbeddedStorageOptions options, TimeProvider time, ILogger<EmbeddedStore>? logger = null)
    {
        var directory = new DataDirectory(options.DataDirectory);
        DataFile? file = null;
        try
        {
            file = new DataFile(directory.File, options);
            return new EmbeddedStore(directory, file, options, time, logger ?? NullLogger<EmbeddedStore>.Instance);
        }
        catch (Exception exception)
        {
            file?.Dispose();
            directory.Dispose();
            if (exception is SqliteException failure)
            {
                throw directory.Explain(failure);
            }

            throw;
        }
    }

    /// <summary>One of <see cref="TableNames"/>.</summary>
    public ITable Table(string name) => _tables[name];

    /// <summary>One of <see cref="QueueNames"/>, or its poison queue.</summary>
    public IWorkQueue WorkQueue(string name) => _queues.Queue(name);

    /// <summary>Does the pending writes, closes the file and unlocks the directory.</summary>
    public void Dispose()
    {
        _writes.Dispose();
        _queues.Dispose();
        _file.Dispose();
        _directory.Dispose();
    }
}

/// <summary>Registers the embedded store as the storage ports.</summary>
public static class EmbeddedStorageRegistration
{
    /// <summary>
    /// Adds the <see cref="EmbeddedStore"/>, an <see cref="ITable"/> for each of <see cref="TableNames"/>, an <see cref="IWorkQueue"/> for
    /// each of <see cref="QueueNames"/> and its poison queue, keyed by name, and the <see cref="IQueueSource"/>. The store is opened when
    /// it is first resolved, which may throw a <see cref="DataDirectoryException"/>, and closed with the services.
    /// </summary>
    public static IServiceCollection AddEmbeddedStorage(this IServiceCollection services, EmbeddedStorageOptions options)
    {
        services.AddSingleton(provider => EmbeddedStore.Open(
            options, provider.GetService<TimeProvider>() ?? TimeProvider.System, provider.GetService<ILogger<EmbeddedStore>>()));
        services.AddSingleton(provider => provider.GetRequiredService<EmbeddedStore>().Source);
        foreach (var name in TableNames.All)
        {
            services.AddKeyedSingleton(name, (provider, _) => provider.GetRequiredService<EmbeddedStore>().Table(name));
        }

        foreach (var name in EmbeddedStore.EveryQueue)
        {
            services.AddKeyedSingleton(name, (provider, _) => provider.GetRequiredService<EmbeddedStore>().WorkQueue(name));
        }

        return services;
    }
}
