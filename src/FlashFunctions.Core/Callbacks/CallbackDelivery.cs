using System.Diagnostics;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;

namespace FlashFunctions.Core.Callbacks;

/// <summary>
/// A kind of stored record that has deliveries, numbered from 0 and made one after the other: a request has one for each callback, an
/// inbound SMS has one. <see cref="CallbackDelivery"/> makes them.
/// </summary>
public interface IDeliverySource<T>
{
    /// <summary>The kind of its dead letters.</summary>
    string Kind { get; }

    /// <summary>The id of the account that is notified; empty where that is not known.</summary>
    string AccountOf(T record);

    /// <summary>A job for the record's next delivery.</summary>
    CallbackJob JobOf(T record);

    IReadOnlyList<Delivery> DeliveriesOf(T record);

    /// <summary>The record with one delivery changed; the same record where that delivery is the same.</summary>
    T With(T record, int number, Delivery delivery);

    /// <summary>The id by which the receiver knows a delivery: the same for every try.</summary>
    string IdOf(T record, int number);

    /// <summary>The JSON that is sent: the same bytes for every try.</summary>
    byte[] BodyOf(T record, int number);

    /// <summary>
    /// Changes a record that was just read, as <see cref="RequestChanges"/> does: a lost race reads and applies the change again.
    /// </summary>
    Task<(Stored<T> After, TDecision Decision)> UpdateAsync<TDecision>(
        Stored<T> stored, Func<T, (T Next, TDecision Decision)> change, CancellationToken cancellationToken);

    /// <summary>Its job found no place to send in and was queued again.</summary>
    Task NotePutBackAsync(Stored<T> stored, DateTimeOffset until, CancellationToken cancellationToken);
}

/// <summary>
/// Delivers what an account is notified of, at least once and in order: takes a place to send in, claims the delivery under the ETag so
/// that no other worker tries it meanwhile, sends, and stores the outcome with the claim of the next delivery. What comes next (a retry's
/// job, a dead letter) is arranged before the outcome is stored, so a crash in between costs a repeat, which the receiver recognises by its
/// id.
/// </summary>
public sealed partial class CallbackDelivery(
    AccountDirectory accounts, CallbackSender sender, SendSlots slots, CallbackQueue queue, DeadLetters letters, FailingReceivers receivers,
    TimeProvider time, ILogger<CallbackDelivery> logger)
{
    /// <summary>
    /// The most tries of a run: it stays well below the host's time-out, even where every receiver takes all the time that it has.
    /// </summary>
    private const int MostTriesOfARun = 8;

    /// <summary>A run begins no further try after this long, so that a slow receiver's callbacks take turns with others'.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(5);

    /// <summary>Processes a job of a record that was just read. An exception makes the queue deliver the job again.</summary>
    /// <param name="job">It may come twice, early, or after what it is for was done.</param>
    /// <param name="cancellationToken">Stops at once; a try that was begun is repeated after its claim has expired.</param>
    public async Task RunAsync<T>(
        IDeliverySource<T> source, Stored<T> stored, string address, CallbackJob job, CancellationToken cancellationToken)
    {
        var isDue = Decide(source, Revive(source, stored.Value, job), job) is Decision.Send;
        using var slot = isDue ? await slots.EnterAsync(source.AccountOf(stored.Value), address, cancellationToken) : null;
        if (isDue && slot is null)
        {
            var until = await queue.PutBackAsync(job, cancellationToken);
            await source.NotePutBackAsync(stored, until, cancellationToken);
            return;
        }

        var hasPlace = slot is not null;
        var (claimed, decision) = await source.UpdateAsync(stored, record => Claim(source, record, job, hasPlace), cancellationToken);
        switch (decision)
        {
            case Decision.Nothing:
                break;
            case Decision.Wait wait:
                await queue.SendAtAsync(job, wait.Until, cancellationToken);
                break;
            case Decision.Send when slot is null:
                // It came up between the read and the write.
                await queue.SendAsync(job, TimeSpan.Zero, cancellationToken);
                break;
            case Decision.Send send:
                await SendAsync(source, slot, claimed, send.Number, address, cancellationToken);
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>
    /// The record's jobs have failed for good: the delivery whose turn it is becomes a dead letter, and the next one's turn comes.
    /// </summary>
    public async Task GiveUpAsync<T>(IDeliverySource<T> source, Stored<T> stored, string reason, CancellationToken cancellationToken)
    {
        if (NextOf(source, stored.Value) is not { } number)
        {
            return;
        }

        await letters.AddAsync(LetterOf(source, stored.Value, number, reason), cancellationToken);
        var (after, next) = await source.UpdateAsync(
            stored,
            record =>
            {
                var ended = source.With(record, number, DeliveryLife.GivenUp(source.DeliveriesOf(record)[number], reason));
                return (ended, NextDueOf(source, ended));
            },
            cancellationToken);
        if (next is not null)
        {
            await queue.SendAsync(source.JobOf(after.Value), TimeSpan.Zero, cancellationToken);
        }
    }

    /// <summary>Sends a claimed delivery, and the ones after it while they are due and the run may go on.</summary>
    private async Task SendAsync<T>(
        IDeliverySource<T> source, SendSlot slot, Stored<T> claimed, int number, string address, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        int? current = number;
        for (var tries = 1; current is { } claim; tries++)
        {
            var begun = source.DeliveriesOf(claimed.Value)[claim];
            var ended = await TryAsync(source, slot, claimed.Value, claim, address, cancellationToken);
            var goOn = tries < MostTriesOfARun && time.GetElapsedTime(began) < LongestRun;
            (claimed, var next) = await source.UpdateAsync(
                claimed, record => Settle(source, record, claim, begun, ended, goOn), cancellationToken);
            if (next is not null && !goOn)
            {
                await queue.SendAsync(source.JobOf(claimed.Value), TimeSpan.Zero, cancellationToken);
            }

            await receivers.NoteAsync(slot.Route, begun, ended, cancellationToken);
            current = goOn ? next : null;
        }
    }

    /// <summary>Makes one try. Returns the delivery as it is afterwards.</summary>
    private async Task<Delivery> TryAsync<T>(
        IDeliverySource<T> source, SendSlot slot, T record, int number, string address, CancellationToken cancellationToken)
    {
        var begun = source.DeliveriesOf(record)[number];
        var account = await accounts.FindAsync(source.AccountOf(record), cancellationToken);
        var callback = new OutgoingCallback(
            address, source.IdOf(record, number), source.BodyOf(record, number), account?.CallbackSecrets ?? []);
        var outcome = await slot.RunAsync(() => sender.SendAsync(callback, cancellationToken));
        Meters.CallbackTried(outcome);
        switch (outcome)
        {
            case DeliveryOutcome.Taken:
                return DeliveryLife.Delivered(begun);
            case DeliveryOutcome.Gone:
                Log.Unwanted(logger, callback.Id);
                return DeliveryLife.Gone(begun, "HTTP 410.");
            case DeliveryOutcome.Failed failed when RetrySchedule.WaitAfter(begun.Tries, failed.RetryAfter) is { } wait:
                // Whole milliseconds, because a job names its try by them.
                var next = DateTimeOffset.FromUnixTimeMilliseconds((time.GetUtcNow() + wait).ToUnixTimeMilliseconds());
                Log.Failed(logger, callback.Id, begun.Tries, failed.Reason);
                await queue.SendAtAsync(source.JobOf(record), next, cancellationToken);
                return DeliveryLife.Failed(begun, failed.Reason, next);
            case DeliveryOutcome.Failed failed:
                Log.GivenUp(logger, callback.Id, begun.Tries, failed.Reason);
                await letters.AddAsync(LetterOf(source, record, number, failed.Reason), cancellationToken);
                return DeliveryLife.GivenUp(begun, failed.Reason);
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>What the job should do now, decided from the record alone.</summary>
    private Decision Decide<T>(IDeliverySource<T> source, T record, CallbackJob job)
    {
        if (NextOf(source, record) is not { } number)
        {
            return new Decision.Nothing();
        }

        var now = time.GetUtcNow();
        return source.DeliveriesOf(record)[number] switch
        {
            // Another worker is trying it, and goes on with what is due afterwards. A retry looks again when that claim expires, since that
            // worker may have died, or may have looked for the next delivery before this one was due.
            { TryingUntil: { } until } when until > now => job.At is null ? new Decision.Nothing() : new Decision.Wait(until),
            { NextTryAt: { } next } when next > now =>
                job.At == next.ToUnixTimeMilliseconds() ? new Decision.Wait(next) : new Decision.Nothing(),
            _ => new Decision.Send(number),
        };
    }

    /// <summary>
    /// Claims the delivery whose turn it is, if it is due and this job's. Without a place to send in, only a dead delivery is revived.
    /// </summary>
    private (T Next, Decision Decision) Claim<T>(IDeliverySource<T> source, T record, CallbackJob job, bool hasPlace)
    {
        var revived = Revive(source, record, job);
        var decision = Decide(source, revived, job);
        return (hasPlace && decision is Decision.Send send ? Begin(source, revived, send.Number) : revived, decision);
    }

    /// <summary>
    /// Stores how a try ended, and claims the next delivery that is due, if the run goes on. Where another worker has claimed the delivery
    /// again because this try took so long, only a success still counts.
    /// </summary>
    private (T Next, int? Due) Settle<T>(IDeliverySource<T> source, T record, int number, Delivery begun, Delivery ended, bool goOn)
    {
        var stored = source.DeliveriesOf(record)[number];
        var counts = stored.State == DeliveryState.Waiting
            && (stored.TryingUntil == begun.TryingUntil || ended.State == DeliveryState.Delivered);
        var settled = counts ? source.With(record, number, ended) : record;
        var due = NextDueOf(source, settled);
        return (goOn && due is { } next ? Begin(source, settled, next) : settled, due);
    }

    private T Begin<T>(IDeliverySource<T> source, T record, int number) =>
        source.With(record, number, DeliveryLife.Begin(source.DeliveriesOf(record)[number], time.GetUtcNow()));

    /// <summary>A dead delivery waits again, because an operator asked for it.</summary>
    private static T Revive<T>(IDeliverySource<T> source, T record, CallbackJob job)
    {
        var deliveries = source.DeliveriesOf(record);
        return job.Again is { } number && number < deliveries.Count
            ? source.With(record, number, DeliveryLife.Again(deliveries[number]))
            : record;
    }

    /// <summary>The delivery whose turn it is: the first one that is not ended.</summary>
    private static int? NextOf<T>(IDeliverySource<T> source, T record) => DeliveryLife.Head(source.DeliveriesOf(record));

    /// <summary>The same where it may be claimed now.</summary>
    private int? NextDueOf<T>(IDeliverySource<T> source, T record) =>
        NextOf(source, record) is { } number && source.DeliveriesOf(record)[number].IsDue(time.GetUtcNow()) ? number : null;

    private static DeadLetter LetterOf<T>(IDeliverySource<T> source, T record, int number, string reason) => new()
    {
        Account = source.AccountOf(record),
        Kind = source.Kind,
        Request = source.JobOf(record).Request,
        Reason = reason,
        Queue = QueueNames.Callbacks,
        Message = (source.JobOf(record) with { Again = number }).Write(),
    };

    /// <summary>What a job should do with a record.</summary>
    private abstract record Decision
    {
        /// <summary>Nothing: it is done already, or another job does it.</summary>
        public sealed record Nothing : Decision;

        /// <summary>Come back later: the delivery is this job's, and not due yet.</summary>
        public sealed record Wait(DateTimeOffset Until) : Decision;

        public sealed record Send(int Number) : Decision;
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
