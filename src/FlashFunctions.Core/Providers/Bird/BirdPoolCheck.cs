using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Providers.Bird;

/// <summary>Warns at start-up of a pool whose codes are too easy to guess.</summary>
internal sealed partial class BirdPoolCheck(IOptions<BirdOptions> options, ILogger<BirdPoolCheck> logger) : IHostedService
{
    private const int FewestTails = 1_000;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Pool is { Count: > 0 } pool && CallerNumberPool.DistinctTails(pool) is var tails and < FewestTails)
        {
            Log.SmallPool(logger, tails, FewestTails);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Providers:Bird:CallerNumbers has {Tails} distinct four-digit tails; below {Fewest}, codes are easy to guess")]
        public static partial void SmallPool(ILogger logger, int tails, int fewest);
    }
}
