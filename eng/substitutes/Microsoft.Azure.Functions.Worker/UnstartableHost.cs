using Microsoft.Extensions.Hosting;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>There is no Functions worker here to start.</summary>
internal sealed class UnstartableHost(IHost built) : IHost
{
    public IServiceProvider Services => built.Services;

    public Task StartAsync(CancellationToken cancellationToken = default) => throw new InvalidOperationException(
        "This function app was built on the substitutes in eng/substitutes, which hold no Functions worker: start it with ./run, or build it with -p:AzurePackages=nuget.");

    public Task StopAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public void Dispose() => built.Dispose();
}
