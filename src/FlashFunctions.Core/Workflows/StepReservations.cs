using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Workflows;

/// <summary>What was counted for a claimed attempt, or why it may not be placed.</summary>
/// <param name="Send">When its send was counted against the number's budget; null where sends do not count.</param>
/// <param name="Charge">What was counted under the account's cap; null where there is none.</param>
/// <param name="WhyNot">Why it may not be placed; null where it may.</param>
/// <param name="IsOver">Whether another provider could not place it either.</param>
public sealed record Reservation(long? Send = null, SpendReservation? Charge = null, StepRefusal? WhyNot = null, bool IsOver = false);

/// <summary>
/// Counts a claimed attempt: its send against the number's budget, its price against the account's cap. A claim takes over what waits on
/// the request, so that only what is missing or costs something else is counted here.
/// </summary>
public sealed class StepReservations(NumberGuard guard, SpendGate spend)
{
    /// <summary>Why a provider cannot be paid whatever has been spent so far, or null. No round trip.</summary>
    public StepRefusal? Gap(RequestRecord request, int step, IProvider provider) =>
        spend.Gap(request, step, provider.Name) is { } gap ? StepRefusal.Cap(gap) : null;

    /// <summary>Counts the send of a claimed attempt that has none yet. Nothing or two round trips.</summary>
    public async Task<Reservation> CountSendAsync(RequestRecord request, int number, CancellationToken cancellationToken)
    {
        var attempt = request.Attempts[number];
        if (attempt.SendReservedAt is not null || !request.CountsSends)
        {
            return new Reservation(attempt.SendReservedAt);
        }

        return (await guard.AdmitSendAsync(request, coolDown: false, cancellationToken)).TryGet(out var send, out _)
            ? new Reservation(send.At)
            : new Reservation(WhyNot: StepRefusal.SendBudget, IsOver: true);
    }

    /// <summary>Counts the price of a claimed attempt, in exchange for what it has of another one. Nothing, two or four round trips.</summary>
    public async Task<Reservation> CountPriceAsync(RequestRecord request, int number, Reservation counted, CancellationToken cancellationToken)
    {
        var attempt = request.Attempts[number];
        var funds = await spend.CoverAsync(
            request with { ReservedSpend = attempt.CountedSpend }, attempt.Step, attempt.Provider!, cancellationToken);
        return funds.Refusal is { } refusal
            ? counted with { WhyNot = StepRefusal.Cap(refusal) }
            : counted with { Charge = funds.Hold };
    }
}
