using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Workflows;

/// <summary>What was counted for a claimed attempt, or why it may not be placed.</summary>
/// <param name="Send">When its send was counted against the number's budget; null where sends do not count.</param>
/// <param name="Charge">What was counted under the account's cap; null where there is none.</param>
/// <param name="WhyNot">Why it may not be placed; null where it may.</param>
/// <param name="IsOver">Whether another provider could not place it either.</param>
/// <param name="Observed">The number's limit of messages that it is beyond, where that is only observed.</param>
public sealed record Reservation(
    long? Send = null,
    SpendReservation? Charge = null,
    StepRefusal? WhyNot = null,
    bool IsOver = false,
    FraudFinding? Observed = null);

/// <summary>Counts what a claimed attempt uses up, before its provider is called.</summary>
public sealed partial class StepReservations(RequestChanges changes, NumberGuard guard, SpendGate spend, ILogger<StepReservations> logger)
{
    /// <summary>
    /// Counts a claimed attempt: its send against the number's budget, its price against the account's cap. The claim has taken over what
    /// was reserved on the request, so that only what is missing or costs something else is counted here: no round trip, or two for the
    /// send, and two or four for the price. Where that fails nothing was sent: the claim is withdrawn, so that the job may come again.
    /// </summary>
    public async Task<Reservation> ReserveAsync(Stored<RequestRecord> stored, int number, CancellationToken cancellationToken)
    {
        var request = stored.Value;
        var attempt = request.Attempts[number];
        var send = attempt.SendReservedAt;
        FraudFinding? observed = null;
        try
        {
            if (send is null)
            {
                var (counted, found) = request.CountsMessages
                    ? await guard.CountMessageAsync(request, isStep: true, cancellationToken)
                    : (await CountSendAsync(request, cancellationToken), null);
                if (counted is null)
                {
                    return new Reservation(WhyNot: found is null ? StepRefusal.SendBudget : StepRefusal.Blocked(found), IsOver: true);
                }

                (send, observed) = (counted.At, found);
            }

            var reserved = request with { ReservedSpend = attempt.CountedSpend };
            var funds = await spend.CoverAsync(reserved, attempt.Step, attempt.Provider!, cancellationToken);
            return new Reservation(send, funds.Reservation, funds.Refusal is { } why ? StepRefusal.Cap(why) : null, Observed: observed);
        }
        catch
        {
            await WithdrawAsync(stored, number, send, cancellationToken);
            throw;
        }
    }

    /// <summary>Counts a send; null where the number's budget is used up.</summary>
    private async Task<CountedSend?> CountSendAsync(RequestRecord request, CancellationToken cancellationToken) =>
        (await guard.AdmitSendAsync(request, coolDown: false, cancellationToken)).TryGet(out var counted, out _) ? counted : null;

    private async Task WithdrawAsync(Stored<RequestRecord> stored, int number, long? send, CancellationToken cancellationToken)
    {
        try
        {
            await changes.UpdateAsync(stored, request => AttemptLife.Withdraw(request, number, send), cancellationToken);
        }
        catch (StorageUnavailableException)
        {
            Log.NotWithdrawn(logger, number, stored.Value.Id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The claim of attempt {Attempt} of {RequestId} could not be taken back; its wait decides")]
        public static partial void NotWithdrawn(ILogger logger, int attempt, RequestId requestId);
    }
}
