using FlashFunctions.Core.Sweep;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>The timer.</summary>
public sealed class SweepFunction(SweepUseCase sweep)
{
    [Function("Sweep")]
    public Task SweepAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(timer);
        return sweep.RunAsync(cancellationToken);
    }
}
