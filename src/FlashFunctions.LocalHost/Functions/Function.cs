using FlashFunctions.LocalHost.Queues;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using NCrontab;

namespace FlashFunctions.LocalHost.Functions;

/// <summary>Runs a function once. The result is null where the function returns none.</summary>
internal delegate Task<IResult?> FunctionInvoker(Invocation invocation);

/// <summary>What one run of a function takes its parameters from.</summary>
internal sealed class Invocation(IServiceProvider services, CancellationToken cancellationToken)
{
    public IServiceProvider Services { get; } = services;

    public CancellationToken CancellationToken { get; } = cancellationToken;

    public HttpRequest Request { get; init; } = null!;

    public ReceivedMessage Message { get; init; } = null!;

    public TimerInfo Timer { get; init; } = null!;
}

/// <summary>A function behind an HTTP route.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Route">The route, with host.json's prefix.</param>
/// <param name="Methods">The HTTP methods it takes; none means all.</param>
/// <param name="NeedsKey">Whether its level asks for a key.</param>
/// <param name="Invoke">Runs it.</param>
internal sealed record HttpFunction(string Name, RoutePattern Route, IReadOnlyList<string> Methods, bool NeedsKey, FunctionInvoker Invoke);

/// <summary>A function that reads a queue.</summary>
internal sealed record QueueFunction(string Name, string Queue, FunctionInvoker Invoke);

/// <summary>A function that runs by the clock, in UTC.</summary>
internal sealed record TimerFunction(string Name, CrontabSchedule Schedule, bool RunOnStartup, FunctionInvoker Invoke);
