using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Callbacks;

/// <summary>
/// Takes inbound SMS. A message is stored and queued before it is answered, because the provider repeats only what was not answered well. A
/// repeated message is answered at once.
/// </summary>
public sealed class InboundSmsIntake(InboundStore store, RequestIndex index, CallbackQueue queue)
{
    /// <summary>Takes one message. An exception makes the provider repeat it.</summary>
    public async Task TakeAsync(string provider, InboundSms sms, CancellationToken cancellationToken)
    {
        var (message, isNew) = await store.AddAsync(provider, sms, cancellationToken);
        if (isNew || message.Delivery is { State: DeliveryState.Waiting, Tries: 0 })
        {
            // The run that stored it may have died before it wrote the index row or queued the job; a second job does no harm.
            if (message.Sender is { } sender)
            {
                await index.WriteMessageAsync(sender, message.ReceivedAt, message.Key, cancellationToken);
            }

            await queue.SendAsync(new CallbackJob { Message = message.Key }, TimeSpan.Zero, cancellationToken);
        }
    }
}

/// <summary>Forwards an inbound SMS to the account that owns the number, as a signed callback.</summary>
public sealed partial class InboundForwarder(
    InboundStore store, OwnedNumbers numbers, AccountDirectory accounts, CallbackDelivery delivery, ILogger<InboundForwarder> logger)
{
    /// <summary>Processes one job. An exception makes the queue deliver it again.</summary>
    public async Task RunAsync(CallbackJob job, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(job.Message!, cancellationToken) is not { } stored)
        {
            Log.NoSuchMessage(logger);
            return;
        }

        var owner = stored.Value.Account ?? await numbers.OwnerOfAsync(stored.Value.Sms.To, cancellationToken);
        var account = owner is null ? null : await accounts.FindAsync(owner, cancellationToken);
        if (account?.InboundSmsAddress is { } address)
        {
            // The owner is stored with the first claim.
            var owned = stored with { Value = stored.Value with { Account = account.Id } };
            await delivery.RunAsync(new Source(store, owned), address, job, cancellationToken);
        }
        else
        {
            await KeepAsync(
                stored,
                account is null ? "The number belongs to no account." : "The account has no address for inbound messages.",
                cancellationToken);
        }
    }

    /// <summary>The message's jobs have failed for good.</summary>
    public async Task GiveUpAsync(CallbackJob job, string reason, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(job.Message!, cancellationToken) is { } stored)
        {
            await delivery.GiveUpAsync(new Source(store, stored), reason, cancellationToken);
        }
    }

    /// <summary>Ends a message that cannot be forwarded to anybody. It stays stored, and is no dead letter.</summary>
    private async Task KeepAsync(Stored<InboundMessage> stored, string reason, CancellationToken cancellationToken)
    {
        Log.OnlyKept(logger, stored.Value, reason);
        await store.UpdateAsync(
            stored,
            message => (With(message, DeliveryLife.GivenUp(message.Delivery, reason)), 0),
            cancellationToken);
    }

    /// <summary>The same message where its delivery is the same, so that nothing is stored.</summary>
    private static InboundMessage With(InboundMessage message, Delivery delivery) =>
        delivery == message.Delivery ? message : message with { Delivery = delivery };

    private sealed class Source(InboundStore store, Stored<InboundMessage> stored) : DeliverySource
    {
        private Stored<InboundMessage> _stored = stored;

        public override string Kind => "inbound-sms";
        public override string Account => Message.Account ?? "";
        public override CallbackJob Job => new() { Message = Message.Key };
        public override IReadOnlyList<Delivery> Deliveries => [Message.Delivery];
        private InboundMessage Message => _stored.Value;

        public override string IdOf(int number) => Message.Id;

        public override byte[] BodyOf(int number) => InboundBody.Write(Message);

        public override async Task<TDecision> UpdateAsync<TDecision>(
            Func<IReadOnlyList<Delivery>, (IReadOnlyList<Delivery> Next, TDecision Decision)> change, CancellationToken cancellationToken)
        {
            (_stored, var decision) = await store.UpdateAsync(
                _stored,
                message =>
                {
                    var (next, decision) = change([message.Delivery]);
                    return (With(message, next[0]), decision);
                },
                cancellationToken);
            return decision;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "An inbound message should be forwarded, and it no longer exists")]
        public static partial void NoSuchMessage(ILogger logger);

        [LoggerMessage(2, LogLevel.Warning, "{Message} is not forwarded: {Reason}")]
        public static partial void OnlyKept(ILogger logger, InboundMessage message, string reason);
    }
}

/// <summary>What is forwarded, in the source document's shape. The time is unix seconds.</summary>
public sealed record InboundBody(string From, string To, string MessageId, string Text, long Timestamp, long Parts)
{
    /// <summary>The body of a message: the same bytes for every try.</summary>
    public static byte[] Write(InboundMessage message)
    {
        var sms = message.Sms;
        var body = new InboundBody(
            sms.From, sms.To, sms.MessageId, sms.Text, (sms.At ?? message.ReceivedAt).ToUnixTimeSeconds(), sms.Parts ?? 1);
        return ReadableJson.ToUtf8(body, CallbackJson.Default.InboundBody);
    }
}
