using System.Diagnostics;
using System.Security.Cryptography;
using FlashFunctions.Core.Providers;

namespace FlashFunctions.Core.Requests;

/// <summary>The states of a delivery.</summary>
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

/// <summary>What happens to a delivery.</summary>
public enum DeliveryEvent
{
    TryBegan,
    Taken,

    /// <summary>The receiver did not take it, and there is another try.</summary>
    TryFailed,

    /// <summary>The last try failed, or nothing is left to deliver.</summary>
    GivenUp,

    /// <summary>The receiver answered 410.</summary>
    Refused,

    /// <summary>An operator retries what was given up.</summary>
    Retried,
}

/// <summary>The delivery of one callback or one forwarded message, as it is stored.</summary>
public sealed record Delivery
{
    public DeliveryState State { get; init; }

    /// <summary>Tries begun so far.</summary>
    public int Tries { get; init; }

    /// <summary>When the claim of the worker that tries it expires; null while none tries.</summary>
    public DateTimeOffset? TryingUntil { get; init; }

    public DateTimeOffset? LastTryAt { get; init; }

    /// <summary>The earliest time of the next try; null before the first.</summary>
    public DateTimeOffset? NextTryAt { get; init; }

    /// <summary>Why the last try failed; of the receiver's answer, only its status code.</summary>
    public string? LastFailure { get; init; }

    /// <summary>The tries that failed, the last few of them.</summary>
    public IReadOnlyList<FailedDelivery>? FailedTries { get; init; }

    /// <summary>Whether it waits, no worker tries it, and its time has come.</summary>
    public bool IsDue(DateTimeOffset now) =>
        State == DeliveryState.Waiting && (TryingUntil is null || TryingUntil <= now) && (NextTryAt is null || NextTryAt <= now);
}

/// <summary>A try of a delivery that failed.</summary>
/// <param name="At">When it began, in unix milliseconds.</param>
/// <param name="Why">Why, in at most 30 characters.</param>
public sealed record FailedDelivery(long At, string Why);

/// <summary>The life of a delivery: waiting until it is taken, given up or refused. The same record means that nothing changes.</summary>
public static class DeliveryLife
{
    /// <summary>Longer than a try takes, shorter than the queue hides a message: after that, another worker tries.</summary>
    private static readonly TimeSpan Claim = TimeSpan.FromSeconds(25);

    private const int MostFailedTries = 3;
    private const int LongestWhy = 30;

    /// <summary>(state, event) → state; null where the event comes too late to change anything.</summary>
    public static DeliveryState? StateAfter(DeliveryState state, DeliveryEvent happened) => (state, happened) switch
    {
        (DeliveryState.Dead, DeliveryEvent.Retried) => DeliveryState.Waiting,
        (not DeliveryState.Waiting, _) => null,
        (_, DeliveryEvent.TryBegan or DeliveryEvent.TryFailed) => DeliveryState.Waiting,
        (_, DeliveryEvent.Taken) => DeliveryState.Delivered,
        (_, DeliveryEvent.GivenUp) => DeliveryState.Dead,
        (_, DeliveryEvent.Refused) => DeliveryState.Gone,
        (_, DeliveryEvent.Retried) => null,
        _ => throw new UnreachableException(),
    };

    /// <summary>The number of the one whose turn it is: the first that waits. Null where none does.</summary>
    public static int? Head(IEnumerable<Delivery> deliveries) => deliveries.Index()
        .Where(delivery => delivery.Item.State == DeliveryState.Waiting).Select(delivery => (int?)delivery.Index).FirstOrDefault();

    /// <summary>The deliveries with one of them changed. A receiver that wants no more is sent none of those that wait.</summary>
    public static IReadOnlyList<Delivery> Set(IReadOnlyList<Delivery> deliveries, int number, Delivery changed) =>
    [
        .. deliveries.Take(number), changed,
        .. deliveries.Skip(number + 1).Select(
            later => changed is { State: DeliveryState.Gone, LastFailure: { } reason } ? Gone(later, reason) : later),
    ];

    public static Delivery Begin(Delivery delivery, DateTimeOffset now) => Apply(
        delivery, DeliveryEvent.TryBegan,
        delivery with { Tries = delivery.Tries + 1, LastTryAt = now, TryingUntil = now + Claim, NextTryAt = null });

    public static Delivery Delivered(Delivery delivery) =>
        Apply(delivery, DeliveryEvent.Taken, delivery with { TryingUntil = null, NextTryAt = null, LastFailure = null });

    public static Delivery Failed(Delivery delivery, string reason, DateTimeOffset next) =>
        Apply(delivery, DeliveryEvent.TryFailed, Noted(delivery, reason) with { NextTryAt = next });

    public static Delivery GivenUp(Delivery delivery, string reason) => Apply(delivery, DeliveryEvent.GivenUp, Noted(delivery, reason));

    public static Delivery Gone(Delivery delivery, string reason) =>
        Apply(delivery, DeliveryEvent.Refused, delivery with { TryingUntil = null, NextTryAt = null, LastFailure = reason });

    /// <summary>An operator retries what was given up: its tries begin again.</summary>
    public static Delivery Again(Delivery delivery) =>
        Apply(delivery, DeliveryEvent.Retried, new Delivery { LastFailure = delivery.LastFailure });

    /// <summary>A delivery whose last try failed for that reason.</summary>
    private static Delivery Noted(Delivery delivery, string reason)
    {
        var why = reason.Length > LongestWhy ? string.Concat(reason.AsSpan(0, LongestWhy - 1), "…") : reason;
        FailedDelivery[] tries =
        [
            .. delivery.FailedTries ?? [],
            .. delivery.LastTryAt is { } at ? [new FailedDelivery(at.ToUnixTimeMilliseconds(), why)] : (FailedDelivery[])[]
        ];
        return delivery with
        {
            TryingUntil = null,
            NextTryAt = null,
            LastFailure = reason,
            FailedTries = tries.Length > 0 ? [.. tries.TakeLast(MostFailedTries)] : null,
        };
    }

    private static Delivery Apply(Delivery delivery, DeliveryEvent happened, Delivery after) =>
        StateAfter(delivery.State, happened) is { } state ? after with { State = state } : delivery;
}

/// <summary>When a callback that was not taken is tried again.</summary>
public static class RetrySchedule
{
    /// <summary>The most tries of a callback, the first included.</summary>
    public const int MostTries = 7;

    /// <summary>The longest that a receiver can make us wait by Retry-After.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromDays(14);

    private const int MostJitterPermille = 100;

    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(10),
    ];

    /// <summary>
    /// How long to wait after that many tries: as the schedule says, or longer where the receiver asked for it, and up to a tenth more,
    /// so that callbacks that failed together are not retried together. Null after the last try.
    /// </summary>
    public static TimeSpan? WaitAfter(int tries, TimeSpan? retryAfter)
    {
        if (tries >= MostTries)
        {
            return null;
        }

        var least = Waits[tries - 1];
        var wait = new TimeSpan(Math.Clamp((retryAfter ?? least).Ticks, least.Ticks, LongestWait.Ticks));
        return wait + (wait * RandomNumberGenerator.GetInt32(MostJitterPermille + 1) / 1_000);
    }
}

/// <summary>
/// A callback: what the account is notified of. It is written with the change that it is about, so that neither can be without the other,
/// and holds what might change later, so that every try says the same. Its index in the request's list is its number.
/// </summary>
public sealed record CallbackEvent
{
    public required DateTimeOffset At { get; init; }
    public required TransportStatus Status { get; init; }

    /// <summary>Null for what is not a verification.</summary>
    public VerificationResult? Result { get; init; }

    /// <summary>The attempt whose status it is; null where nothing was placed.</summary>
    public int? Attempt { get; init; }

    public string? MccMnc { get; init; }

    /// <summary>The number that rings, for product calls.flash alone.</summary>
    public string? From { get; init; }

    public CallDetails? Call { get; init; }
    public Delivery Delivery { get; init; } = new();

    /// <summary>The id that the receiver knows it by, the same for every try: <c>{requestId}-{number}</c>.</summary>
    public static string IdOf(RequestId request, int number) => $"{request.Text}-{number}";
}

/// <summary>
/// The callbacks of a request, oldest first. They are delivered one after the other: a later one waits while an earlier one is being
/// retried, and is sent once that is taken or given up.
/// </summary>
public static class CallbackEvents
{
    /// <summary>Far more than the statuses of five steps can make.</summary>
    private const int Most = 100;

    /// <summary>Adds the callback of a change: of the status, of the result, or of the number that rings.</summary>
    public static RequestRecord Note(RequestRecord before, RequestRecord after, DateTimeOffset now)
    {
        if (after.CallbackUrl is null || ReferenceEquals(before, after) || after.Callbacks.Count >= Most
            || after.Callbacks is [.., { Delivery.State: DeliveryState.Gone }])
        {
            return after;
        }

        var isNews = (after.Status != before.Status && after.Status != TransportStatus.Accepted)
            || after.Verification?.Result != before.Verification?.Result
            || CallerOf(after) != CallerOf(before);
        return isNews ? after with { Callbacks = [.. after.Callbacks, NewEvent(after, now)] } : after;
    }

    /// <summary>The number of the callback whose turn it is, or null.</summary>
    public static int? Head(RequestRecord request) => DeliveryLife.Head(DeliveriesOf(request));

    /// <summary>Whether a callback waits that no job is known to deliver.</summary>
    public static bool IsDue(RequestRecord request, DateTimeOffset now) =>
        Head(request) is { } number && request.Callbacks[number].Delivery.IsDue(now);

    public static IReadOnlyList<Delivery> DeliveriesOf(RequestRecord request) =>
        [.. request.Callbacks.Select(callback => callback.Delivery)];

    /// <summary>The request with the deliveries of its callbacks; the same request where they are the same.</summary>
    public static RequestRecord With(RequestRecord request, IReadOnlyList<Delivery> deliveries) =>
        deliveries.SequenceEqual(DeliveriesOf(request)) ? request : request with
        {
            Callbacks = [.. request.Callbacks.Zip(deliveries, (callback, delivery) => callback with { Delivery = delivery })],
        };

    private static CallbackEvent NewEvent(RequestRecord request, DateTimeOffset now)
    {
        var attempt = request.Attempts.Index()
            .Where(of => of.Item.Status is not null).Select(of => (int?)of.Index).LastOrDefault();
        return new CallbackEvent
        {
            At = now,
            Status = request.Status,
            Result = request.Verification?.Result,
            Attempt = attempt,
            MccMnc = request.MccMnc,
            From = CallerOf(request),
            Call = attempt is { } number ? request.Attempts[number].Call : null,
        };
    }

    /// <summary>
    /// The number that rings, of a flash call alone: a verification's is as secret as its code. One that we chose is told once it may have
    /// rung.
    /// </summary>
    private static string? CallerOf(RequestRecord request) => request.Product == Products.FlashCall
        ? request.Attempts.LastOrDefault(attempt => attempt is { Caller: not null, State: not AttemptState.Starting })?.Caller
        : null;
}
