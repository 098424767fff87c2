using FlashFunctions.Core.Operations;
using FlashFunctions.Core.Telemetry;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>The timer.</summary>
public sealed class SweepFunction(SweepUseCase sweep)
{
    [Function("Sweep")]
    public async Task SweepAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(timer);
        using var span = Trace.StartCall("sweep", traceparent: null, isKnown: true);
        await sweep.RunAsync(cancellationToken);
    }
}
