using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Core.Requests;

/// <summary>
/// The callbacks of a request, oldest first. They are delivered one after the other: a later one waits while an earlier one is being
/// retried, and goes out once that is taken or given up.
/// </summary>
public static class CallbackEvents
{
    /// <summary>Far more than the table of statuses can make of five steps.</summary>
    private const int Most = 100;

    /// <summary>Adds what the account is to be told of a change: its status, its result, or the number that rings.</summary>
    public static RequestRecord Note(RequestRecord before, RequestRecord after, DateTimeOffset now)
    {
        if (after.CallbackUrl is null || ReferenceEquals(before, after) || after.Callbacks.Count >= Most || IsUnwanted(after))
        {
            return after;
        }

        var told = (after.Status != before.Status && after.Status != TransportStatus.Accepted)
            || after.Verification?.Result != before.Verification?.Result
            || CallerOf(after) != CallerOf(before);
        return told ? after with { Callbacks = [.. after.Callbacks, NewEvent(after, now)] } : after;
    }

    /// <summary>The callback whose turn it is, or null.</summary>
    public static int? Head(RequestRecord request)
    {
        for (var number = 0; number < request.Callbacks.Count; number++)
        {
            if (request.Callbacks[number].Delivery.State == DeliveryState.Waiting)
            {
                return number;
            }
        }

        return null;
    }

    /// <summary>Whether a callback waits that no job is known to care for.</summary>
    public static bool IsDue(RequestRecord request, DateTimeOffset now) =>
        Head(request) is { } number && request.Callbacks[number].Delivery.IsDue(now);

    /// <summary>Changes the delivery of one callback.</summary>
    public static RequestRecord Change(RequestRecord request, int number, Func<Delivery, Delivery> change)
    {
        var told = request.Callbacks[number];
        var after = change(told.Delivery);
        if (after == told.Delivery)
        {
            return request;
        }

        CallbackEvent[] all = [.. request.Callbacks];
        all[number] = told with { Delivery = after };
        return request with { Callbacks = all };
    }

    /// <summary>Saves how a try ended. A receiver that wants no more gets nothing of what waits.</summary>
    public static RequestRecord Settle(RequestRecord request, int number, Delivery settled)
    {
        var after = Change(request, number, _ => settled);
        return settled.State != DeliveryState.Gone
            ? after
            : Enumerable.Range(number, after.Callbacks.Count - number).Aggregate(
                after,
                (current, later) => Change(
                    current,
                    later,
                    delivery => delivery.State == DeliveryState.Waiting ? DeliveryTransitions.Gone(delivery, settled.LastFailure!) : delivery));
    }

    private static bool IsUnwanted(RequestRecord request) =>
        request.Callbacks is [.., { Delivery.State: DeliveryState.Gone }];

    private static CallbackEvent NewEvent(RequestRecord request, DateTimeOffset now)
    {
        var attempt = LastWithStatus(request);
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

    private static int? LastWithStatus(RequestRecord request)
    {
        for (var number = request.Attempts.Count - 1; number >= 0; number--)
        {
            if (request.Attempts[number].Status is not null)
            {
                return number;
            }
        }

        return null;
    }

    /// <summary>A verification's caller number is as secret as its code. One that we chose is told once it may have rung.</summary>
    private static string? CallerOf(RequestRecord request) => request.Product == Products.FlashCall
        ? request.Attempts.LastOrDefault(attempt => attempt is { Caller: not null, State: not AttemptState.Starting })?.Caller
        : null;
}
