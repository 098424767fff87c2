namespace FlashFunctions.Core.Requests;

/// <summary>How far the delivery of one callback got.</summary>
public enum DeliveryState
{
    /// <summary>Still to be delivered: not tried yet, being tried, or between two tries.</summary>
    Waiting,
    Delivered,

    /// <summary>Given up after the last try; a dead letter.</summary>
    Dead,

    /// <summary>The receiver answered 410: it wants no more.</summary>
    Gone,
}

/// <summary>The delivery of one callback, stored with what it tells. Changed by <see cref="DeliveryTransitions"/>.</summary>
public sealed record Delivery
{
    public DeliveryState State { get; init; }

    /// <summary>Tries begun so far.</summary>
    public int Tries { get; init; }

    /// <summary>Somebody is trying until then at the latest; nobody else does.</summary>
    public DateTimeOffset? TryingUntil { get; init; }

    public DateTimeOffset? LastTryAt { get; init; }

    /// <summary>Not before then; null before the first try.</summary>
    public DateTimeOffset? NextTryAt { get; init; }

    /// <summary>Why the last try failed; never anything that the receiver said but its status code.</summary>
    public string? LastFailure { get; init; }

    /// <summary>Whether it waits, nobody tries it, and its time has come.</summary>
    public bool IsDue(DateTimeOffset now) =>
        State == DeliveryState.Waiting && (TryingUntil is null || TryingUntil <= now) && (NextTryAt is null || NextTryAt <= now);
}
