using System.Net;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests.Callbacks;

/// <summary>A queue, that of callbacks unless it is named, that takes nothing while the fault is on.</summary>
internal sealed class QueueFault(string queue = QueueNames.Callbacks)
{
    public bool IsOn { get; set; }

    public void Apply(IServiceCollection services)
    {
        var real = services.Last(
            service => service.ServiceType == typeof(IWorkQueue) && (string?)service.ServiceKey == queue);
        services.AddKeyedSingleton<IWorkQueue>(
            queue, (provider, key) => new Faulty((IWorkQueue)real.KeyedImplementationFactory!(provider, key), this));
    }

    private sealed class Faulty(IWorkQueue inner, QueueFault fault) : IWorkQueue
    {
        public Task SendAsync(string message, TimeSpan delay, CancellationToken cancellationToken) =>
            fault.IsOn ? throw new StorageUnavailableException("The queue is away.") : inner.SendAsync(message, delay, cancellationToken);

        public Task<IReadOnlyList<WaitingMessage>> PeekAsync(int max, CancellationToken cancellationToken) =>
            inner.PeekAsync(max, cancellationToken);
    }
}

internal static class CallbackServices
{
    extension(TestService service)
    {
        public DeadLetters DeadLetters => service.Host.Services.GetRequiredService<DeadLetters>();

        public IWorkQueue Callbacks => service.Host.Services.GetRequiredKeyedService<IWorkQueue>(QueueNames.Callbacks);
    }

    /// <summary>Every name has the address that a test says.</summary>
    public static void ResolveTo(this IServiceCollection services, Func<string> address) =>
        services.AddSingleton<HostResolver>((_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(address())]));
}
