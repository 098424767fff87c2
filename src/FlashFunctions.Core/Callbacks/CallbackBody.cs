using System.Text.Json.Serialization;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Callbacks;

/// <summary>The body of a callback: the source document's fields, then ours. Times are unix seconds. Never a code, nor a verification's caller number.</summary>
public sealed record CallbackBody
{
    public required string RequestId { get; init; }

    public required string Number { get; init; }

    /// <summary>The account's own id of it.</summary>
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

    /// <summary>call, sms and so on.</summary>
    public required string Method { get; init; }

    /// <summary>Absent where nothing was placed.</summary>
    public string? Provider { get; init; }

    /// <summary>Absent for what is not a verification.</summary>
    public string? Result { get; init; }

    /// <summary>The number that rings, for product calls.flash alone.</summary>
    public string? From { get; init; }

    /// <summary>The bytes of a callback of a request: the same for every try.</summary>
    public static byte[] Write(RequestRecord request, CallbackEvent told)
    {
        var attempt = told.Attempt is { } number ? request.Attempts[number] : null;
        var body = new CallbackBody
        {
            RequestId = request.Id.Text,
            Number = request.Number.E164,
            Reference = request.Reference,
            Mccmnc = told.MccMnc,
            Status = ApiNames.Of(told.Status),
            SipStatus = told.Call?.SipStatus,
            Timestamp = told.At.ToUnixTimeSeconds(),
            CallCreatedAt = told.Call?.CreatedAt?.ToUnixTimeSeconds(),
            CallRingStartedAt = told.Call?.RingStartedAt?.ToUnixTimeSeconds(),
            CallAnsweredAt = told.Call?.AnsweredAt?.ToUnixTimeSeconds(),
            CallEndedAt = told.Call?.EndedAt?.ToUnixTimeSeconds(),
            Billable = told.Call?.Billable,
            Duration = told.Call?.Duration,
            Method = ApiNames.Of(request.Steps[attempt?.Step ?? 0].Channel),
            Provider = attempt?.Provider,
            Result = told.Result is { } result ? RequestLife.NameOf(result) : null,
            From = told.From,
        };
        return ReadableJson.ToUtf8(body, CallbackJson.Default.CallbackBody);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CallbackBody))]
internal sealed partial class CallbackJson : JsonSerializerContext;
