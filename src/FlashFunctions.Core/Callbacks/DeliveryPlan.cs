using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Callbacks;

/// <summary>What a job comes to, decided from the delivery alone. Jobs may come twice, early, or after what they are for was done.</summary>
public abstract record DeliveryPlan
{
    private DeliveryPlan()
    {
    }

    /// <summary>Done already, or another job's business.</summary>
    public sealed record Nothing : DeliveryPlan;

    /// <summary>This job's, and not yet.</summary>
    public sealed record Wait(DateTimeOffset Until) : DeliveryPlan;

    /// <summary>Now.</summary>
    public sealed record Send : DeliveryPlan;

    /// <summary>Decides.</summary>
    public static DeliveryPlan For(Delivery delivery, CallbackJob job, DateTimeOffset now) => delivery switch
    {
        { State: not DeliveryState.Waiting } => new Nothing(),

        // Whoever is trying goes on with what is due next. A retry looks again, lest the two miss each other.
        { TryingUntil: { } until } when until > now => job.At is null ? new Nothing() : new Wait(until),
        { NextTryAt: { } next } when next > now => job.At == next.ToUnixTimeMilliseconds() ? new Wait(next) : new Nothing(),
        _ => new Send(),
    };
}
