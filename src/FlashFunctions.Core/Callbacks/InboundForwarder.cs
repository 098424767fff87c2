using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Callbacks;

/// <summary>Forwards inbound messages to the accounts that own the numbers, like any callback.</summary>
public sealed partial class InboundForwarder(
    InboundStore store,
    OwnedNumbers numbers,
    AccountDirectory accounts,
    DeliveryTry tries,
    SendSlots slots,
    CallbackQueue queue,
    DeadLetters letters,
    TimeProvider time,
    ILogger<InboundForwarder> logger)
{
    /// <summary>What its dead letters are called.</summary>
    public const string Kind = "inbound-sms";

    private const string Unowned = "The number belongs to no account.";
    private const string NoAddress = "The account has no address for inbound messages.";
    private const int MaxTries = 20;

    /// <summary>Works one job off. An exception lets the queue deliver it again.</summary>
    public async Task RunAsync(CallbackJob job, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(job.Message!, cancellationToken) is not { } stored)
        {
            Log.NoSuchMessage(logger);
            return;
        }

        var message = stored.Value with { Account = stored.Value.Account ?? await numbers.OwnerOfAsync(stored.Value.Sms.To, cancellationToken) };
        var account = message.Account is { } id ? await accounts.FindAsync(id, cancellationToken) : null;
        if (account?.InboundSmsAddress is not { } address)
        {
            await KeepAsync(stored, account is null ? Unowned : NoAddress, cancellationToken);
        }
        else if (PlanOf(stored.Value, job).Plan is not DeliveryPlan.Send)
        {
            await BeginAsync(stored, account.Id, job, cancellationToken);
        }
        else
        {
            await SendAsync(stored, account, address, job, cancellationToken);
        }
    }

    /// <summary>Its jobs have failed for good: it becomes a dead letter.</summary>
    public async Task GiveUpAsync(CallbackJob job, string reason, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(job.Message!, cancellationToken) is { Value.Delivery.State: DeliveryState.Waiting } stored)
        {
            await letters.AddAsync(Letter(stored.Value) with { Reason = reason }, cancellationToken);
            await ChangeAsync(stored, current => current with { Delivery = DeliveryLife.GivenUp(current.Delivery, reason) }, cancellationToken);
        }
    }

    private async Task SendAsync(
        Stored<InboundMessage> stored, Account account, string address, CallbackJob job, CancellationToken cancellationToken)
    {
        using var slot = await slots.EnterAsync(account.Id, address, cancellationToken);
        if (slot is null)
        {
            await queue.PutBackAsync(job, cancellationToken);
        }
        else if (await BeginAsync(stored, account.Id, job, cancellationToken) is { } begun)
        {
            var parcel = new Parcel(address, begun.Value.Id, InboundBody.Write(begun.Value), account.CallbackSecrets);
            var settled = await tries.RunAsync(
                slot, begun.Value.Delivery, parcel, new CallbackJob { Message = begun.Value.Key }, Letter(begun.Value), cancellationToken);
            await ChangeAsync(begun, current => Settle(current, begun.Value.Delivery, settled), cancellationToken);
        }
    }

    /// <summary>What the job comes to.</summary>
    private (Delivery Delivery, DeliveryPlan Plan) PlanOf(InboundMessage message, CallbackJob job)
    {
        var delivery = job.Again is null ? message.Delivery : DeliveryLife.Again(message.Delivery);
        return (delivery, DeliveryPlan.For(delivery, job, time.GetUtcNow()));
    }

    /// <summary>Nobody to forward it to: it is only kept.</summary>
    private async Task KeepAsync(Stored<InboundMessage> stored, string reason, CancellationToken cancellationToken)
    {
        Log.OnlyKept(logger, stored.Value, reason);
        await ChangeAsync(
            stored,
            current => current.Delivery.State == DeliveryState.Waiting
                ? current with { Delivery = DeliveryLife.GivenUp(current.Delivery, reason) }
                : current,
            cancellationToken);
    }

    /// <summary>Begins a try, if it is due and this job's.</summary>
    private async Task<Stored<InboundMessage>?> BeginAsync(
        Stored<InboundMessage> stored, string account, CallbackJob job, CancellationToken cancellationToken)
    {
        DeliveryPlan plan = new DeliveryPlan.Nothing();
        var after = await ChangeAsync(
            stored,
            current =>
            {
                (var delivery, plan) = PlanOf(current, job);
                return plan is DeliveryPlan.Send
                    ? current with { Account = account, Delivery = DeliveryLife.Begin(delivery, time.GetUtcNow()) }
                    : current;
            },
            cancellationToken);
        if (plan is DeliveryPlan.Wait wait)
        {
            await queue.SendAtAsync(job, wait.Until, cancellationToken);
        }

        return plan is DeliveryPlan.Send ? after : null;
    }

    /// <summary>Where somebody else has begun it again, because this try took so long, only a success still counts.</summary>
    private static InboundMessage Settle(InboundMessage current, Delivery begun, Delivery settled) =>
        current.Delivery.State == DeliveryState.Waiting
        && (current.Delivery.TryingUntil == begun.TryingUntil || settled.State == DeliveryState.Delivered)
            ? current with { Delivery = settled }
            : current;

    private async Task<Stored<InboundMessage>> ChangeAsync(
        Stored<InboundMessage> stored, Func<InboundMessage, InboundMessage> change, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            var after = change(stored.Value);
            if (ReferenceEquals(after, stored.Value))
            {
                return stored;
            }

            if (await store.ReplaceAsync(after, stored.ETag, cancellationToken) is { } etag)
            {
                return new Stored<InboundMessage>(after, etag);
            }

            stored = await store.ReadAsync(stored.Value.Key, cancellationToken)
                ?? throw new StorageUnavailableException("A message went away while it was changed.");
        }

        throw new StorageUnavailableException("A message stayed contended.");
    }

    private static DeadLetter Letter(InboundMessage message) => new()
    {
        Account = message.Account ?? "",
        Kind = Kind,
        Reason = "",
        Queue = QueueNames.Callbacks,
        Message = new CallbackJob { Message = message.Key, Again = 0 }.Write(),
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "An inbound message was to be forwarded, and it is not there any more")]
        public static partial void NoSuchMessage(ILogger logger);

        [LoggerMessage(2, LogLevel.Warning, "{Message} is not forwarded: {Reason}")]
        public static partial void OnlyKept(ILogger logger, InboundMessage message, string reason);
    }
}
