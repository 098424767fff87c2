using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Providers.Bird;

/// <summary>Warns at start-up of a Bird whose codes are easier to guess than four digits.</summary>
internal sealed partial class BirdPoolCheck(BirdEntropy entropy, IHostEnvironment environment, ILogger<BirdPoolCheck> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        const int Length = BirdEntropy.ShortestCode;
        if (entropy.Digits(Length) is var digits and < Length)
        {
            if (environment.IsDevelopment())
            {
                Log.UsedInDevelopment(logger, digits, entropy.Tails(Length));
            }
            else
            {
                Log.PassedOver(logger, digits, entropy.Tails(Length));
            }
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "bird carries {Digits} digits of a code ({Tails} distinct tails), so that verifications pass it over: see Providers:Bird:CallerNumbers and AssumedTails")]
        public static partial void PassedOver(ILogger logger, int digits, int tails);

        [LoggerMessage(2, LogLevel.Warning, "bird carries {Digits} digits of a code ({Tails} distinct tails): used in development, passed over by verifications elsewhere, see Providers:Bird:CallerNumbers and AssumedTails")]
        public static partial void UsedInDevelopment(ILogger logger, int digits, int tails);
    }
}
