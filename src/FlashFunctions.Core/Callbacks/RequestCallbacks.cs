using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Callbacks;

/// <summary>
/// Delivers the callbacks of a request in their order. Whoever begins a try writes so first, and nobody else tries meanwhile; with the
/// write that saves its outcome he begins what has come up behind it.
/// </summary>
public sealed partial class RequestCallbacks(
    RequestStore store,
    RequestChanges changes,
    AccountDirectory accounts,
    DeliveryTry tries,
    SendSlots slots,
    CallbackQueue queue,
    DeadLetters letters,
    TimeProvider time,
    ILogger<RequestCallbacks> logger)
{
    /// <summary>What its dead letters are called.</summary>
    public const string Kind = "callback";

    /// <summary>A run stays well below the host's time-out, even where every receiver takes all the time that it has.</summary>
    private const int MostAtOnce = 8;

    /// <summary>A run begins no further try after this long, so that a slow receiver's callbacks take turns with others'.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(5);

    /// <summary>Works one job off. An exception lets the queue deliver it again.</summary>
    public async Task RunAsync(CallbackJob job, CancellationToken cancellationToken)
    {
        Meters.Handled(QueueNames.Callbacks, job.Due, time.GetUtcNow());
        if (await ReadAsync(job, cancellationToken) is not { } stored)
        {
            return;
        }

        if (PlanOf(stored.Value, job).Plan is not DeliveryPlan.Send)
        {
            await BeginAsync(stored, job, cancellationToken);
            return;
        }

        using var slot = await slots.EnterAsync(stored.Value.Account, stored.Value.CallbackUrl!, cancellationToken);
        if (slot is null)
        {
            await NotePutBackAsync(stored, await queue.PutBackAsync(job, cancellationToken), cancellationToken);
            return;
        }

        await SendAsync(slot, await BeginAsync(stored, job, cancellationToken), cancellationToken);
    }

    /// <summary>Its jobs have failed for good: the callback whose turn it is becomes a dead letter, and the next one's turn comes.</summary>
    public async Task GiveUpAsync(CallbackJob job, string reason, CancellationToken cancellationToken)
    {
        if (await ReadAsync(job, cancellationToken) is not { } stored || CallbackEvents.Head(stored.Value) is not { } number)
        {
            return;
        }

        var change = await changes.UpdateAsync(
            stored,
            request => CallbackEvents.Change(
                request, number, delivery => delivery.State == DeliveryState.Waiting ? DeliveryLife.GivenUp(delivery, reason) : delivery),
            cancellationToken);
        if (change.Changed)
        {
            await letters.AddAsync(Letter(stored.Value, number) with { Reason = reason }, cancellationToken);
        }

        await queue.SendAsync(new CallbackJob { Request = job.Request }, TimeSpan.Zero, cancellationToken);
    }

    private async Task SendAsync(SendSlot slot, Begun begun, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        for (var sent = 1; begun.Number is { } number; sent++)
        {
            var delivery = begun.Stored.Value.Callbacks[number].Delivery;
            var settled = await TryAsync(slot, begun.Stored.Value, number, cancellationToken);
            var goOn = sent < MostAtOnce && time.GetElapsedTime(began) < LongestRun;
            begun = await SettleAsync(begun.Stored, number, delivery, settled, goOn, cancellationToken);
        }
    }

    private async Task<Stored<RequestRecord>?> ReadAsync(CallbackJob job, CancellationToken cancellationToken)
    {
        if (RequestId.TryParse(job.Request, null, out var id) && await store.ReadAsync(id, cancellationToken) is { } stored)
        {
            return stored;
        }

        Log.NoSuchRequest(logger, job.Request ?? "");
        return null;
    }

    /// <summary>Begins the callback whose turn it is, if it is due and this job's.</summary>
    private async Task<Begun> BeginAsync(Stored<RequestRecord> stored, CallbackJob job, CancellationToken cancellationToken)
    {
        DeliveryPlan plan = new DeliveryPlan.Nothing();
        int? number = null;
        var change = await changes.UpdateAsync(
            stored,
            request =>
            {
                (request, number, plan) = PlanOf(request, job);
                return plan is DeliveryPlan.Send
                    ? CallbackEvents.Change(request, number!.Value, delivery => DeliveryLife.Begin(delivery, time.GetUtcNow()))
                    : request;
            },
            cancellationToken);
        if (plan is DeliveryPlan.Wait wait)
        {
            await queue.SendAtAsync(job, wait.Until, cancellationToken);
        }

        return new Begun(change.After, plan is DeliveryPlan.Send ? number : null);
    }

    /// <summary>Notes when the job comes back, where the timer would queue another one before that.</summary>
    private async Task NotePutBackAsync(Stored<RequestRecord> stored, DateTimeOffset until, CancellationToken cancellationToken) =>
        await changes.UpdateAsync(
            stored,
            request => Deadlines.CallbackAt(request) < until + Deadlines.Margin ? request with { CallbackWaitsUntil = until } : request,
            cancellationToken);

    /// <summary>What the job comes to, and for which callback.</summary>
    private (RequestRecord Request, int? Number, DeliveryPlan Plan) PlanOf(RequestRecord request, CallbackJob job)
    {
        request = job.Again is { } again && again < request.Callbacks.Count
            ? CallbackEvents.Change(request, again, DeliveryLife.Again)
            : request;
        var number = CallbackEvents.Head(request);
        return (
            request,
            number,
            number is { } head ? DeliveryPlan.For(request.Callbacks[head].Delivery, job, time.GetUtcNow()) : new DeliveryPlan.Nothing());
    }

    private async Task<Delivery> TryAsync(SendSlot slot, RequestRecord request, int number, CancellationToken cancellationToken)
    {
        var account = await accounts.FindAsync(request.Account, cancellationToken);
        var told = request.Callbacks[number];
        var parcel = new Parcel(
            request.CallbackUrl!, CallbackEvent.IdOf(request.Id, number), CallbackBody.Write(request, told), account?.CallbackSecrets ?? []);
        return await tries.RunAsync(
            slot, told.Delivery, parcel, new CallbackJob { Request = request.Id.Text }, Letter(request, number), cancellationToken);
    }

    /// <summary>Saves how a try ended, and begins the next callback where one waits behind it.</summary>
    private async Task<Begun> SettleAsync(
        Stored<RequestRecord> stored, int number, Delivery begun, Delivery settled, bool goOn, CancellationToken cancellationToken)
    {
        int? next = null;
        var change = await changes.UpdateAsync(
            stored,
            request =>
            {
                var now = time.GetUtcNow();
                var after = Settle(request, number, begun, settled);
                next = CallbackEvents.IsDue(after, now) ? CallbackEvents.Head(after) : null;
                return goOn && next is { } head
                    ? CallbackEvents.Change(after, head, delivery => DeliveryLife.Begin(delivery, now))
                    : after;
            },
            cancellationToken);
        if (next is null || goOn)
        {
            return new Begun(change.After, next);
        }

        await queue.SendAsync(new CallbackJob { Request = stored.Value.Id.Text }, TimeSpan.Zero, cancellationToken);
        return new Begun(change.After, null);
    }

    /// <summary>Where somebody else has begun it again, because this try took so long, only a success still counts.</summary>
    private static RequestRecord Settle(RequestRecord request, int number, Delivery begun, Delivery settled) =>
        request.Callbacks[number].Delivery is { State: DeliveryState.Waiting } current
        && (current.TryingUntil == begun.TryingUntil || settled.State == DeliveryState.Delivered)
            ? CallbackEvents.Settle(request, number, settled)
            : request;

    private static DeadLetter Letter(RequestRecord request, int number) => new()
    {
        Account = request.Account,
        Kind = Kind,
        Request = request.Id.Text,
        Reason = "",
        Queue = QueueNames.Callbacks,
        Message = new CallbackJob { Request = request.Id.Text, Again = number }.Write(),
    };

    private sealed record Begun(Stored<RequestRecord> Stored, int? Number);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A callback of {RequestId} was due, and there is no such request any more")]
        public static partial void NoSuchRequest(ILogger logger, string requestId);
    }
}
