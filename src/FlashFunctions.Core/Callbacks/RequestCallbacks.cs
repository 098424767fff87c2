using System.Text.Json.Serialization;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;

namespace FlashFunctions.Core.Callbacks;

/// <summary>Delivers the callbacks of a request, one after the other.</summary>
public sealed partial class RequestCallbacks(
    RequestStore store, RequestChanges changes, CallbackDelivery delivery, TimeProvider time, ILogger<RequestCallbacks> logger)
{
    /// <summary>Processes one job. An exception makes the queue deliver it again.</summary>
    public async Task RunAsync(CallbackJob job, CancellationToken cancellationToken)
    {
        Meters.Handled(QueueNames.Callbacks, job.Due, time.GetUtcNow());
        if (await ReadAsync(job, cancellationToken) is { } stored)
        {
            await delivery.RunAsync(new Source(changes, stored), stored.Value.CallbackUrl!, job, cancellationToken);
        }
    }

    /// <summary>The request's jobs have failed for good.</summary>
    public async Task GiveUpAsync(CallbackJob job, string reason, CancellationToken cancellationToken)
    {
        if (await ReadAsync(job, cancellationToken) is { } stored)
        {
            await delivery.GiveUpAsync(new Source(changes, stored), reason, cancellationToken);
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

    private sealed class Source(RequestChanges changes, Stored<RequestRecord> stored) : DeliverySource
    {
        private Stored<RequestRecord> _stored = stored;

        public override string Kind => "callback";
        public override string Account => Request.Account;
        public override CallbackJob Job => new() { Request = Request.Id.Text };
        public override IReadOnlyList<Delivery> Deliveries => CallbackEvents.DeliveriesOf(Request);
        private RequestRecord Request => _stored.Value;

        public override string IdOf(int number) => CallbackEvent.IdOf(Request.Id, number);

        public override byte[] BodyOf(int number) => CallbackBody.Write(Request, Request.Callbacks[number]);

        public override async Task<TDecision> UpdateAsync<TDecision>(
            Func<IReadOnlyList<Delivery>, (IReadOnlyList<Delivery> Next, TDecision Decision)> change, CancellationToken cancellationToken)
        {
            var changed = await changes.UpdateAsync(
                _stored,
                request =>
                {
                    var (next, decision) = change(CallbackEvents.DeliveriesOf(request));
                    return (CallbackEvents.With(request, next), decision);
                },
                cancellationToken);
            _stored = changed.After;
            return changed.Decision;
        }

        /// <summary>Stores when the job comes back, where the timer would queue another one before that.</summary>
        public override async Task NotePutBackAsync(DateTimeOffset until, CancellationToken cancellationToken) =>
            await changes.UpdateAsync(
                _stored,
                request => Deadlines.CallbackAt(request) < until + Deadlines.Margin ? request with { CallbackWaitsUntil = until } : request,
                cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A callback of {RequestId} was due, and the request no longer exists")]
        public static partial void NoSuchRequest(ILogger logger, string requestId);
    }
}

/// <summary>
/// The body of a callback: the source document's fields, then ours. Times are unix seconds. It never holds a code or a verification's
/// caller number.
/// </summary>
/// <param name="Reference">The account's own id of the request.</param>
/// <param name="Duration">Seconds.</param>
/// <param name="Method">The channel by its name in the API: call, sms and so on.</param>
/// <param name="Provider">Absent where no attempt was placed.</param>
/// <param name="Result">Absent for what is not a verification.</param>
/// <param name="From">The number that rings, for product calls.flash alone.</param>
internal sealed record CallbackBody(
    string RequestId,
    string Number,
    string? Reference,
    string? Mccmnc,
    string Status,
    int? SipStatus,
    long Timestamp,
    long? CallCreatedAt,
    long? CallRingStartedAt,
    long? CallAnsweredAt,
    long? CallEndedAt,
    bool? Billable,
    int? Duration,
    string Method,
    string? Provider,
    string? Result,
    string? From)
{
    /// <summary>The body of one callback: the same bytes for every try.</summary>
    public static byte[] Write(RequestRecord request, CallbackEvent callback)
    {
        var attempt = callback.Attempt is { } number ? request.Attempts[number] : null;
        var body = new CallbackBody(
            request.Id.Text,
            request.Number.E164,
            request.Reference,
            callback.MccMnc,
            ApiNames.Of(callback.Status),
            callback.Call?.SipStatus,
            callback.At.ToUnixTimeSeconds(),
            callback.Call?.CreatedAt?.ToUnixTimeSeconds(),
            callback.Call?.RingStartedAt?.ToUnixTimeSeconds(),
            callback.Call?.AnsweredAt?.ToUnixTimeSeconds(),
            callback.Call?.EndedAt?.ToUnixTimeSeconds(),
            callback.Call?.Billable,
            callback.Call?.Duration,
            ApiNames.Of(request.Steps[attempt?.Step ?? 0].Channel),
            attempt?.Provider,
            callback.Result is { } result ? RequestLife.NameOf(result) : null,
            callback.From);
        return ReadableJson.ToUtf8(body, CallbackJson.Default.CallbackBody);
    }
}

/// <summary>How callbacks, and what this room stores, are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(CallbackBody))]
[JsonSerializable(typeof(DeadLetter))]
[JsonSerializable(typeof(FailingReceiver))]
[JsonSerializable(typeof(InboundBody))]
[JsonSerializable(typeof(InboundMessage))]
internal sealed partial class CallbackJson : JsonSerializerContext;
