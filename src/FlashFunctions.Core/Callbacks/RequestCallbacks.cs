using System.Text.Json.Serialization;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;

namespace FlashFunctions.Core.Callbacks;

/// <summary>Delivers the callbacks of a request, one after the other.</summary>
public sealed partial class RequestCallbacks(
    RequestStore store, RequestChanges changes, CallbackDelivery delivery, TimeProvider time, ILogger<RequestCallbacks> logger)
    : IDeliverySource<RequestRecord>
{
    public string Kind => "callback";

    /// <summary>Processes one job. An exception makes the queue deliver it again.</summary>
    public async Task RunAsync(CallbackJob job, CancellationToken cancellationToken)
    {
        Meters.Handled(QueueNames.Callbacks, job.Due, time.GetUtcNow());
        if (await ReadAsync(job, cancellationToken) is { } stored)
        {
            await delivery.RunAsync(this, stored, stored.Value.CallbackUrl!, job, cancellationToken);
        }
    }

    /// <summary>The request's jobs have failed for good.</summary>
    public async Task GiveUpAsync(CallbackJob job, string reason, CancellationToken cancellationToken)
    {
        if (await ReadAsync(job, cancellationToken) is { } stored)
        {
            await delivery.GiveUpAsync(this, stored, reason, cancellationToken);
        }
    }

    public string AccountOf(RequestRecord record) => record.Account;

    public CallbackJob JobOf(RequestRecord record) => new() { Request = record.Id.Text };

    public IReadOnlyList<Delivery> DeliveriesOf(RequestRecord record) => [.. record.Callbacks.Select(callback => callback.Delivery)];

    /// <summary>The request with one delivery changed. A receiver that wants no more gets none of the callbacks that wait.</summary>
    public RequestRecord With(RequestRecord record, int number, Delivery delivery) => CallbackEvents.Settle(record, number, delivery);

    public string IdOf(RequestRecord record, int number) => CallbackEvent.IdOf(record.Id, number);

    public byte[] BodyOf(RequestRecord record, int number) => CallbackBody.Write(record, record.Callbacks[number]);

    public async Task<(Stored<RequestRecord> After, TDecision Decision)> UpdateAsync<TDecision>(
        Stored<RequestRecord> stored, Func<RequestRecord, (RequestRecord Next, TDecision Decision)> change,
        CancellationToken cancellationToken)
    {
        var changed = await changes.UpdateAsync(stored, change, cancellationToken);
        return (changed.After, changed.Decision);
    }

    /// <summary>Stores when the job comes back, where the timer would queue another one before that.</summary>
    public async Task NotePutBackAsync(Stored<RequestRecord> stored, DateTimeOffset until, CancellationToken cancellationToken) =>
        await changes.UpdateAsync(
            stored,
            request => Deadlines.CallbackAt(request) < until + Deadlines.Margin ? request with { CallbackWaitsUntil = until } : request,
            cancellationToken);

    private async Task<Stored<RequestRecord>?> ReadAsync(CallbackJob job, CancellationToken cancellationToken)
    {
        if (RequestId.TryParse(job.Request, null, out var id) && await store.ReadAsync(id, cancellationToken) is { } stored)
        {
            return stored;
        }

        Log.NoSuchRequest(logger, job.Request ?? "");
        return null;
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
