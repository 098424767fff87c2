using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FlashFunctions.AzureStorage;

/// <summary>Runs <see cref="StorageSetup"/> before anything else starts, where the options ask for it.</summary>
internal sealed class CreateStorageAtStart(StorageSetup setup, IOptions<StorageOptions> options) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) =>
        options.Value.CreateAtStart ?? setup.IsLocal ? setup.CreateAllAsync(cancellationToken) : Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
