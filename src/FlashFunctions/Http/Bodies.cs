using System.Text.Json.Serialization;
using FlashFunctions.Http.Manage;

namespace FlashFunctions.Http;

/// <summary>Every refusal.</summary>
public sealed record ErrorBody(int ErrorCode, string ErrorReason, IReadOnlyDictionary<string, IReadOnlyList<string>>? Details);

/// <summary>
/// Answer of verify and next. Times are unix milliseconds; the next method and when it starts by itself are null where there is none.
/// </summary>
public sealed record VerifyBody(
    string RequestId,
    string Status,
    string Method,
    int CodeLength,
    long ExpiresAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NextMethod,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? NextAfter,
    long NextAllowedAt,
    string Hint);

/// <summary>Answer of check.</summary>
public sealed record CheckBody(string RequestId, string Status, bool Verified, int? AttemptsLeft);

/// <summary>Answer of cancel.</summary>
public sealed record CancelBody(string RequestId, string Status, string Result);

/// <summary>Answer of calls/flash.</summary>
public sealed record FlashCallBody(string RequestId, string? From, string Status);

/// <summary>Answer of everything that is sent without a verification, but for calls/flash.</summary>
public sealed record SendBody(string RequestId, string Status);

/// <summary>Answer of insight/hlr: the source document's fields, then the type by the number plan (mobile, fixed, other).</summary>
public sealed record HlrBody(
    string Id,
    string Product,
    string Number,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Mccmnc,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Network,
    string Country,
    string Status,
    long CreatedAt,
    string? Type);

/// <summary>Answer of insight/fraudcheck: the source document's fields, then the request's.</summary>
public sealed record FraudCheckBody(string Status, bool? MobilePrefix, string Id, string Number);

/// <summary>Answer of a goal.</summary>
public sealed record GoalBody(string RequestId, string Goal);

/// <summary>What a rule of the fraud guard found. <paramref name="Until"/> is unix milliseconds.</summary>
public sealed record FraudFindingBody(string Reason, string Scope, string Mode, string Seen, string Limit, long? Until);

/// <summary>Answer of GET /v1/requests/{id}: the source document's fields, then ours.</summary>
public sealed record RequestBody
{
    public required string Id { get; init; }

    public required string Product { get; init; }

    public required string Number { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Mccmnc { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Network { get; init; }

    public required string Country { get; init; }

    public required string Status { get; init; }

    public required long CreatedAt { get; init; }

    public required IReadOnlyDictionary<string, string> Payload { get; init; }

    public string? Reference { get; init; }

    public string? Result { get; init; }

    public string? Reason { get; init; }

    public string? Goal { get; init; }

    /// <summary>What the fraud guard found; for operators alone.</summary>
    public IReadOnlyList<FraudFindingBody>? Fraud { get; init; }

    /// <summary>Of an HLR lookup.</summary>
    public string? Type { get; init; }

    /// <summary>Of a fraud check.</summary>
    public bool? MobilePrefix { get; init; }

    public required long ExpiresAt { get; init; }

    public long? EndedAt { get; init; }

    /// <summary>The caller number: its prefix for a verification, the whole of it for calls.flash.</summary>
    public string? From { get; init; }

    public required IReadOnlyList<AttemptBody> Attempts { get; init; }

    /// <summary>Whose it is; for operators only.</summary>
    public string? Account { get; init; }

    /// <summary>What was and is to be told at callbackUrl, oldest first; absent without such an address.</summary>
    public IReadOnlyList<CallbackView>? Callbacks { get; init; }
}

/// <summary>One attempt of a request.</summary>
public sealed record AttemptBody
{
    public required int Step { get; init; }

    public required string Method { get; init; }

    public string? Provider { get; init; }

    public required string State { get; init; }

    public string? Status { get; init; }

    public required long StartedAt { get; init; }

    public long? PlacedAt { get; init; }

    public long? UpdatedAt { get; init; }

    public string? From { get; init; }

    /// <summary>What became of a call: rang, answered, declined, unreachable or refused; absent where that is not known.</summary>
    public string? Outcome { get; init; }

    public string? Reason { get; init; }

    /// <summary>What the provider was told of the outcome, once it took it.</summary>
    public string? Reported { get; init; }

    /// <summary>What it was counted with under the account's daily cap; for operators only.</summary>
    public MoneyBody? Charge { get; init; }

    /// <summary>How its provider was chosen by learned routing; for operators only.</summary>
    public RouteChoiceBody? Choice { get; init; }
}

/// <summary>An amount of money.</summary>
public sealed record MoneyBody(decimal Amount, string Currency);

/// <summary>One callback of a request. Times are unix milliseconds.</summary>
public sealed record CallbackView
{
    /// <summary>Its webhook-id.</summary>
    public required string Id { get; init; }

    public required string Status { get; init; }

    public string? Result { get; init; }

    public required long At { get; init; }

    /// <summary>waiting, delivered, dead (given up) or gone (the receiver answered 410).</summary>
    public required string State { get; init; }

    public required int Tries { get; init; }

    public long? LastTryAt { get; init; }

    public long? NextTryAt { get; init; }

    public string? LastFailure { get; init; }
}

/// <summary>Answer of /healthz: ok or unavailable.</summary>
public sealed record LivenessBody(string Status);

/// <summary>Answer of /manage/health.</summary>
public sealed record HealthBody(
    string Status,
    string Storage,
    long? SweepLagSeconds,
    IReadOnlyDictionary<string, long>? QueueAgeSeconds,
    IReadOnlyDictionary<string, string> Providers,
    IReadOnlyDictionary<string, IReadOnlyList<string>> OpenCircuits,
    IReadOnlyDictionary<string, int>? ShortCodes);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(VerifyBody))]
[JsonSerializable(typeof(CheckBody))]
[JsonSerializable(typeof(CancelBody))]
[JsonSerializable(typeof(FlashCallBody))]
[JsonSerializable(typeof(SendBody))]
[JsonSerializable(typeof(HlrBody))]
[JsonSerializable(typeof(FraudCheckBody))]
[JsonSerializable(typeof(GoalBody))]
[JsonSerializable(typeof(RequestBody))]
[JsonSerializable(typeof(LivenessBody))]
[JsonSerializable(typeof(HealthBody))]
internal sealed partial class ApiJson : JsonSerializerContext;
