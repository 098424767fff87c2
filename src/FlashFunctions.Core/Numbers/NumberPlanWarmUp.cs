using Microsoft.Extensions.Hosting;

namespace FlashFunctions.Core.Numbers;

/// <summary>Loads the number plan in the background of a start, so that neither the start nor the first request waits for it.</summary>
internal sealed class NumberPlanWarmUp(NumberPlan plan) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(plan.WarmUp, stoppingToken);
}
