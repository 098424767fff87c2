using System.Diagnostics;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;

namespace FlashFunctions.Core.Callbacks;

/// <summary>
/// A stored record that was just read and has deliveries, numbered from 0 and made one after the other: a request has one for each
/// callback, an inbound SMS has one. <see cref="CallbackDelivery"/> makes them.
/// </summary>
public abstract class DeliverySource
{
    /// <summary>The kind of its dead letters.</summary>
    public abstract string Kind { get; }

    /// <summary>The id of the account that is notified; empty where that is not known.</summary>
    public abstract string Account { get; }

    /// <summary>A job for its next delivery.</summary>
    public abstract CallbackJob Job { get; }

    /// <summary>As they were read or stored last.</summary>
    public abstract IReadOnlyList<Delivery> Deliveries { get; }

    /// <summary>The id by which the receiver knows a delivery: the same for every try.</summary>
    public abstract string IdOf(int number);

    /// <summary>The JSON that is sent: the same bytes for every try.</summary>
    public abstract byte[] BodyOf(int number);

    /// <summary>
    /// Changes the deliveries, as <see cref="RequestChanges"/> does: a lost race reads and applies the change again. The same deliveries
    /// mean that nothing is stored.
    /// </summary>
    public abstract Task<TDecision> UpdateAsync<TDecision>(
        Func<IReadOnlyList<Delivery>, (IReadOnlyList<Delivery> Next, TDecision Decision)> change, CancellationToken cancellationToken);

    /// <summary>Its job found no place to send in and was queued again.</summary>
    public virtual Task NotePutBackAsync(DateTimeOffset until, CancellationToken cancellationToken) => Task.CompletedTask;
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
    public async Task RunAsync(DeliverySource source, string address, CallbackJob job, CancellationToken cancellationToken)
    {
        var isDue = Decide(Revive(source.Deliveries, job), job) is Decision.Send;
        using var slot = isDue ? await slots.EnterAsync(source.Account, address, cancellationToken) : null;
        if (isDue && slot is null)
        {
            var until = await queue.PutBackAsync(job, cancellationToken);
            await source.NotePutBackAsync(until, cancellationToken);
            return;
        }

        var hasPlace = slot is not null;
        switch (await source.UpdateAsync(deliveries => Claim(deliveries, job, hasPlace), cancellationToken))
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
                await SendAsync(source, slot, send.Number, address, cancellationToken);
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>
    /// The record's jobs have failed for good: the delivery whose turn it is becomes a dead letter, and the next one's turn comes.
    /// </summary>
    public async Task GiveUpAsync(DeliverySource source, string reason, CancellationToken cancellationToken)
    {
        if (DeliveryLife.Head(source.Deliveries) is not { } number)
        {
            return;
        }

        await letters.AddAsync(LetterOf(source, number, reason), cancellationToken);
        var next = await source.UpdateAsync(
            deliveries =>
            {
                var ended = DeliveryLife.Set(deliveries, number, DeliveryLife.GivenUp(deliveries[number], reason));
                return (ended, NextDueOf(ended));
            },
            cancellationToken);
        if (next is not null)
        {
            await queue.SendAsync(source.Job, TimeSpan.Zero, cancellationToken);
        }
    }

    /// <summary>Sends a claimed delivery, and the ones after it while they are due and the run may go on.</summary>
    private async Task SendAsync(DeliverySource source, SendSlot slot, int number, string address, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        int? current = number;
        for (var tries = 1; current is { } claim; tries++)
        {
            var begun = source.Deliveries[claim];
            var ended = await TryAsync(source, slot, claim, address, cancellationToken);
            var goOn = tries < MostTriesOfARun && time.GetElapsedTime(began) < LongestRun;
            var next = await source.UpdateAsync(deliveries => Settle(deliveries, claim, begun, ended, goOn), cancellationToken);
            if (next is not null && !goOn)
            {
                await queue.SendAsync(source.Job, TimeSpan.Zero, cancellationToken);
            }

            await receivers.NoteAsync(slot.Route, begun, ended, cancellationToken);
            current = goOn ? next : null;
        }
    }

    /// <summary>Makes one try. Returns the delivery as it is afterwards.</summary>
    private async Task<Delivery> TryAsync(
        DeliverySource source, SendSlot slot, int number, string address, CancellationToken cancellationToken)
    {
        var begun = source.Deliveries[number];
        var account = await accounts.FindAsync(source.Account, cancellationToken);
        var callback = new OutgoingCallback(address, source.IdOf(number), source.BodyOf(number), account?.CallbackSecrets ?? []);
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
                await queue.SendAtAsync(source.Job, next, cancellationToken);
                return DeliveryLife.Failed(begun, failed.Reason, next);
            case DeliveryOutcome.Failed failed:
                Log.GivenUp(logger, callback.Id, begun.Tries, failed.Reason);
                await letters.AddAsync(LetterOf(source, number, failed.Reason), cancellationToken);
                return DeliveryLife.GivenUp(begun, failed.Reason);
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>What the job should do now, decided from the deliveries alone.</summary>
    private Decision Decide(IReadOnlyList<Delivery> deliveries, CallbackJob job)
    {
        if (DeliveryLife.Head(deliveries) is not { } number)
        {
            return new Decision.Nothing();
        }

        var now = time.GetUtcNow();
        return deliveries[number] switch
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
    private (IReadOnlyList<Delivery> Next, Decision Decision) Claim(IReadOnlyList<Delivery> deliveries, CallbackJob job, bool hasPlace)
    {
        var revived = Revive(deliveries, job);
        var decision = Decide(revived, job);
        return (hasPlace && decision is Decision.Send send ? Begin(revived, send.Number) : revived, decision);
    }

    /// <summary>
    /// Stores how a try ended, and claims the next delivery that is due, if the run goes on. Where another worker has claimed the delivery
    /// again because this try took so long, only a success still counts.
    /// </summary>
    private (IReadOnlyList<Delivery> Next, int? Due) Settle(
        IReadOnlyList<Delivery> deliveries, int number, Delivery begun, Delivery ended, bool goOn)
    {
        var stored = deliveries[number];
        var counts = stored.State == DeliveryState.Waiting
            && (stored.TryingUntil == begun.TryingUntil || ended.State == DeliveryState.Delivered);
        var settled = counts ? DeliveryLife.Set(deliveries, number, ended) : deliveries;
        var due = NextDueOf(settled);
        return (goOn && due is { } next ? Begin(settled, next) : settled, due);
    }

    private IReadOnlyList<Delivery> Begin(IReadOnlyList<Delivery> deliveries, int number) =>
        DeliveryLife.Set(deliveries, number, DeliveryLife.Begin(deliveries[number], time.GetUtcNow()));

    /// <summary>A dead delivery waits again, because an operator asked for it.</summary>
    private static IReadOnlyList<Delivery> Revive(IReadOnlyList<Delivery> deliveries, CallbackJob job) =>
        job.Again is { } number && number < deliveries.Count
            ? DeliveryLife.Set(deliveries, number, DeliveryLife.Again(deliveries[number]))
            : deliveries;

    /// <summary>The delivery whose turn it is, where it may be claimed now.</summary>
    private int? NextDueOf(IReadOnlyList<Delivery> deliveries) =>
        DeliveryLife.Head(deliveries) is { } number && deliveries[number].IsDue(time.GetUtcNow()) ? number : null;

    private static DeadLetter LetterOf(DeliverySource source, int number, string reason) => new()
    {
        Account = source.Account,
        Kind = source.Kind,
        Request = source.Job.Request,
        Reason = reason,
        Queue = QueueNames.Callbacks,
        Message = (source.Job with { Again = number }).Write(),
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
