using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Callbacks;

/// <summary>
/// One try of a delivery that was begun: sends, and arranges what comes next before anybody saves the outcome. A crash in between costs
/// a repeat, which the receiver knows by its id; nothing is lost.
/// </summary>
public sealed partial class DeliveryTry(CallbackSender sender, CallbackQueue queue, DeadLetters letters, TimeProvider time, ILogger<DeliveryTry> logger)
{
    /// <summary>Tries, and gives the delivery as it is afterwards.</summary>
    /// <param name="slot">The place that it is sent in.</param>
    /// <param name="begun">The delivery as <see cref="DeliveryLife.Begin"/> left it.</param>
    /// <param name="parcel">What is sent.</param>
    /// <param name="retry">The job of a further try.</param>
    /// <param name="letter">What is kept when this was the last one; its reason is filled in.</param>
    /// <param name="cancellationToken">Stops at once; the try is then repeated.</param>
    public async Task<Delivery> RunAsync(
        SendSlot slot, Delivery begun, Parcel parcel, CallbackJob retry, DeadLetter letter, CancellationToken cancellationToken)
    {
        var outcome = await slot.RunAsync(() => sender.SendAsync(parcel, cancellationToken));
        Meters.CallbackTried(outcome);
        switch (outcome)
        {
            case DeliveryOutcome.Taken:
                return DeliveryLife.Delivered(begun);
            case DeliveryOutcome.Gone:
                Log.Unwanted(logger, parcel.Id);
                return DeliveryLife.Gone(begun, "HTTP 410.");
            case DeliveryOutcome.Failed failed:
                return await AfterFailureAsync(begun, parcel.Id, failed, retry, letter, cancellationToken);
            default:
                throw new InvalidOperationException("An outcome that nobody has described.");
        }
    }

    private async Task<Delivery> AfterFailureAsync(
        Delivery begun, string id, DeliveryOutcome.Failed failed, CallbackJob retry, DeadLetter letter, CancellationToken cancellationToken)
    {
        if (RetrySchedule.WaitAfter(begun.Tries, failed.RetryAfter) is { } wait)
        {
            // Whole milliseconds, because the job knows its try by them.
            var next = DateTimeOffset.FromUnixTimeMilliseconds((time.GetUtcNow() + wait).ToUnixTimeMilliseconds());
            Log.Failed(logger, id, begun.Tries, failed.Reason);
            await queue.SendAtAsync(retry, next, cancellationToken);
            return DeliveryLife.Failed(begun, failed.Reason, next);
        }

        Log.GivenUp(logger, id, begun.Tries, failed.Reason);
        await letters.AddAsync(letter with { Reason = failed.Reason }, cancellationToken);
        return DeliveryLife.GivenUp(begun, failed.Reason);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Callback {Callback} was not taken at try {Try}: {Reason}")]
        public static partial void Failed(ILogger logger, string callback, int @try, string reason);

        [LoggerMessage(2, LogLevel.Warning, "Callback {Callback} is given up after {Tries} tries: {Reason}")]
        public static partial void GivenUp(ILogger logger, string callback, int tries, string reason);

        [LoggerMessage(3, LogLevel.Information, "Callback {Callback} is not wanted any more (410)")]
        public static partial void Unwanted(ILogger logger, string callback);
    }
}
