using FlashFunctions.LocalHost.Queues;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.LocalHost.Functions;

/// <summary>What one run of a function takes its parameters from.</summary>
internal sealed class Invocation(IServiceProvider services, CancellationToken cancellationToken)
{
    public IServiceProvider Services { get; } = services;

    public CancellationToken CancellationToken { get; } = cancellationToken;

    public HttpRequest Request { get; init; } = null!;

    public ReceivedMessage Message { get; init; } = null!;

    public TimerInfo Timer { get; init; } = null!;
}
