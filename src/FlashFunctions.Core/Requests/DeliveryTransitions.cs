namespace FlashFunctions.Core.Requests;

/// <summary>The transitions of a delivery.</summary>
public static class DeliveryTransitions
{
    /// <summary>
    /// Longer than a try takes, shorter than the queue hides a message: whoever finds a try that nobody came back from goes on.
    /// </summary>
    private static readonly TimeSpan Claim = TimeSpan.FromSeconds(25);

    /// <summary>A try begins.</summary>
    public static Delivery Begin(Delivery delivery, DateTimeOffset now) =>
        delivery with { Tries = delivery.Tries + 1, LastTryAt = now, TryingUntil = now + Claim, NextTryAt = null };

    /// <summary>The receiver took it.</summary>
    public static Delivery Delivered(Delivery delivery) =>
        delivery with { State = DeliveryState.Delivered, TryingUntil = null, NextTryAt = null, LastFailure = null };

    /// <summary>The receiver did not take it, and there is another try.</summary>
    public static Delivery Failed(Delivery delivery, string reason, DateTimeOffset next) =>
        delivery with { TryingUntil = null, NextTryAt = next, LastFailure = reason };

    /// <summary>That was the last try.</summary>
    public static Delivery GivenUp(Delivery delivery, string reason) =>
        delivery with { State = DeliveryState.Dead, TryingUntil = null, NextTryAt = null, LastFailure = reason };

    /// <summary>The receiver wants no more.</summary>
    public static Delivery Gone(Delivery delivery, string reason) =>
        delivery with { State = DeliveryState.Gone, TryingUntil = null, NextTryAt = null, LastFailure = reason };

    /// <summary>What was given up begins anew, because somebody asked for it.</summary>
    public static Delivery Again(Delivery delivery) =>
        delivery.State == DeliveryState.Dead ? new Delivery { LastFailure = delivery.LastFailure } : delivery;
}
