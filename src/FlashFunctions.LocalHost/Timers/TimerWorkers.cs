using FlashFunctions.LocalHost.Functions;

namespace FlashFunctions.LocalHost.Timers;

/// <summary>Every timer function: run at its times while the host runs, or by hand.</summary>
internal sealed class TimerWorkers(FunctionCatalog catalog, IServiceProvider services) : HostLoops
{
    private readonly List<TimerLoop> _loops =
        [.. catalog.Timers.Select(function => ActivatorUtilities.CreateInstance<TimerLoop>(services, function))];

    public Task RunOnceAsync(string functionName, CancellationToken cancellationToken)
    {
        var loop = _loops.Find(loop => functionName.Equals(loop.Name, StringComparison.Ordinal))
            ?? throw new ArgumentException($"No timer function is called {functionName}.", nameof(functionName));
        return loop.RunOnceAsync(isPastDue: false, cancellationToken);
    }

    public override void Dispose()
    {
        base.Dispose();
        _loops.ForEach(loop => loop.Dispose());
    }

    protected override IEnumerable<Task> Run(CancellationToken stopping, CancellationToken aborting) =>
        _loops.Select(loop => loop.RunAsync(stopping, aborting));
}
