using FlashFunctions.Core.Storage;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>Registers the embedded store behind the storage ports.</summary>
public static class EmbeddedStorageRegistration
{
    /// <summary>
    /// Adds the <see cref="EmbeddedStore"/>, an <see cref="ITable"/> for each of <see cref="TableNames"/>, an <see cref="IWorkQueue"/>
    /// for each of <see cref="QueueNames"/> and its poison queue, keyed by name, and the <see cref="Queues.IQueueSource"/>. The store
    /// is opened when it is first asked for, which may throw a <see cref="DataDirectoryException"/>, and closed with the services.
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

        foreach (var name in QueueNames.All.SelectMany(name => new[] { name, name + QueueNames.PoisonSuffix }))
        {
            services.AddKeyedSingleton(name, (provider, _) => provider.GetRequiredService<EmbeddedStore>().WorkQueue(name));
        }

        return services;
    }
}
