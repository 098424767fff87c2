using System.Text.Json.Serialization;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Callbacks;

/// <summary>Delivers the callbacks of a request, one after the other.</summary>
public sealed partial class RequestCallbacks(
    RequestStore store, RequestChanges changes, CallbackDelivery delivery, TimeProvider time, ILogger<RequestCallbacks> logger)
    : IDeliverySource<RequestRecord>
{
    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public string AccountOf(RequestRecord record) => record.Account;

    /// <inheritdoc/>
    public CallbackJob JobOf(RequestRecord record) => new() { Request = record.Id.Text };

    /// <inheritdoc/>
    public IReadOnlyList<Delivery> DeliveriesOf(RequestRecord record) => [.. record.Callbacks.Select(callback => callback.Delivery)];

    /// <summary>The request with one delivery changed. A receiver that wants no more gets none of the callbacks that wait.</summary>
    public RequestRecord With(RequestRecord record, int number, Delivery delivery) => CallbackEvents.Settle(record, number, delivery);

    /// <inheritdoc/>
    public string IdOf(RequestRecord record, int number) => CallbackEvent.IdOf(record.Id, number);

    /// <inheritdoc/>
    public byte[] BodyOf(RequestRecord record, int number) => CallbackBody.Write(record, record.Callbacks[number]);

    /// <inheritdoc/>
    public async Task<(Stored<RequestRecord> After, TDecision Decision)> UpdateAsync<TDecision>(
        Stored<RequestRecord> stored,
        Func<RequestRecord, (RequestRecord Next, TDecision Decision)> change,
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
public sealed record CallbackBody
{
    public required string RequestId { get; init; }

    public required string Number { get; init; }

    /// <summary>The account's own id of the request.</summary>
    public string? Reference { get; init; }

    public string? Mccmnc { get; init; }

    public required string Status { get; init; }

    public int? SipStatus { get; init; }

    public required long Timestamp { get; init; }

    public long? CallCreatedAt { get; init; }

    public long? CallRingStartedAt { get; init; }

    public long? CallAnsweredAt { get; init; }

    public long? CallEndedAt { get; init; }

    public bool? Billable { get; init; }

    /// <summary>Seconds.</summary>
    public int? Duration { get; init; }

    /// <summary>The channel by its name in the API: call, sms and so on.</summary>
    public required string Method { get; init; }

    /// <summary>Absent where no attempt was placed.</summary>
    public string? Provider { get; init; }

    /// <summary>Absent for what is not a verification.</summary>
    public string? Result { get; init; }

    /// <summary>The number that rings, for product calls.flash alone.</summary>
    public string? From { get; init; }

    /// <summary>The body of one callback: the same bytes for every try.</summary>
    public static byte[] Write(RequestRecord request, CallbackEvent callback)
    {
        var attempt = callback.Attempt is { } number ? request.Attempts[number] : null;
        var body = new CallbackBody
        {
            RequestId = request.Id.Text,
            Number = request.Number.E164,
            Reference = request.Reference,
            Mccmnc = callback.MccMnc,
            Status = ApiNames.Of(callback.Status),
            SipStatus = callback.Call?.SipStatus,
            Timestamp = callback.At.ToUnixTimeSeconds(),
            CallCreatedAt = callback.Call?.CreatedAt?.ToUnixTimeSeconds(),
            CallRingStartedAt = callback.Call?.RingStartedAt?.ToUnixTimeSeconds(),
            CallAnsweredAt = callback.Call?.AnsweredAt?.ToUnixTimeSeconds(),
            CallEndedAt = callback.Call?.EndedAt?.ToUnixTimeSeconds(),
            Billable = callback.Call?.Billable,
            Duration = callback.Call?.Duration,
            Method = ApiNames.Of(request.Steps[attempt?.Step ?? 0].Channel),
            Provider = attempt?.Provider,
            Result = callback.Result is { } result ? RequestLife.NameOf(result) : null,
            From = callback.From,
        };
        return ReadableJson.ToUtf8(body, CallbackJson.Default.CallbackBody);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CallbackBody))]
internal sealed partial class CallbackJson : JsonSerializerContext;
