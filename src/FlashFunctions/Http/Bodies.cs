using System.Text.Json;
using System.Text.Json.Serialization;
using FlashFunctions.Core.Messages;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Texts;
using FlashFunctions.Core.Verifications;
using FlashFunctions.Http.Manage;

namespace FlashFunctions.Http;

// The bodies of answers: a property a field, in this order. What is null is left out, unless it says otherwise; times are unix
// milliseconds. A body that shows a whole record is a struct over it: of a class, the serializer's generator would follow the parameters of
// the constructor, and so everything that is stored.

/// <summary>Every refusal.</summary>
internal sealed record ErrorBody(int ErrorCode, string ErrorReason, IReadOnlyDictionary<string, IReadOnlyList<string>>? Details);

/// <summary>Answer of verify and next. The next method and when it starts by itself are null where there is none.</summary>
internal sealed record VerifyBody(
    string RequestId,
    string Status,
    string Method,
    int CodeLength,
    long ExpiresAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NextMethod,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? NextAfter,
    long NextAllowedAt,
    string Hint)
{
    public static VerifyBody Of(VerifyAnswer answer)
    {
        var (request, next) = (answer.Request, answer.Next);
        var channel = request.Steps[Math.Max(0, request.CurrentStep)].Channel;
        var codeLength = request.Verification!.CodeLength;
        return new VerifyBody(
            request.Id.Text,
            ApiNames.Of(request.Status),
            ApiNames.Of(channel),
            codeLength,
            request.Id.DueAt.ToUnixTimeMilliseconds(),
            next is null ? null : ApiNames.Of(next.Channel),
            next?.StartsAt?.ToUnixTimeMilliseconds(),
            answer.NextAllowedAt.ToUnixTimeMilliseconds(),
            VerificationHints.For(request.Content.Language, answer.Hinted, codeLength, request.Content.Platform == Platform.Ios));
    }
}

/// <summary>Answer of check.</summary>
internal sealed record CheckBody(string RequestId, string Status, bool Verified, int? AttemptsLeft)
{
    public static CheckBody Of(CheckAnswer answer) => answer.AttemptsLeft is { } left
        ? new(answer.Id.Text, "WRONG_CODE", Verified: false, left)
        : new(answer.Id.Text, "VERIFIED", Verified: true, AttemptsLeft: null);
}

/// <summary>Answer of cancel.</summary>
internal sealed record CancelBody(string RequestId, string Status, string Result)
{
    public static CancelBody Of(RequestRecord request) =>
        new(request.Id.Text, ApiNames.Of(request.Status), RequestLife.NameOf(VerificationResult.Canceled));
}

/// <summary>Answer of calls/flash, whatever has been reported since then: a repeated call is answered as the first one was.</summary>
internal sealed record FlashCallBody(string RequestId, string? From, string Status)
{
    public static IResult AnswerTo(Result<FlashCallAnswer> result) => result.TryGet(out var answer, out var problem)
        ? Answer.Of(
            new FlashCallBody(answer.Request.Id.Text, answer.From, ApiNames.Of(TransportStatus.Sent)),
            answer.From is null ? StatusCodes.Status202Accepted : StatusCodes.Status200OK)
        : new ProblemAnswer(problem);
}

/// <summary>Answer of everything that is sent without a verification, but for calls/flash.</summary>
internal sealed record SendBody(string RequestId, string Status)
{
    public static SendBody Of(RequestRecord request) => new(request.Id.Text, ApiNames.Of(request.Status));
}

/// <summary>Answer of a goal.</summary>
internal sealed record GoalBody(string RequestId, string Goal)
{
    public static GoalBody Of(RequestRecord request) => new(request.Id.Text, request.Goal!);
}

/// <summary>Answer of insight/hlr: the source document's fields, then the type by the number plan (mobile, fixed, other).</summary>
internal readonly struct HlrBody(RequestRecord request)
{
    public string Id => request.Id.Text;
    public string Product => request.Product;
    public string Number => request.Number.E164;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Mccmnc => request.MccMnc;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Network => RequestBody.NetworkOf(request);

    public string Country => request.Country;
    public string Status => RequestBody.StatusOf(request);
    public long CreatedAt => request.CreatedAt.ToUnixTimeMilliseconds();
    public string? Type => request.Insight?.Type;
}

/// <summary>Answer of insight/fraudcheck: the source document's fields, then the request's.</summary>
internal readonly struct FraudCheckBody(RequestRecord request)
{
    public string Status => RequestBody.StatusOf(request);
    public bool? MobilePrefix => request.Insight?.MobilePrefix;
    public string Id => request.Id.Text;
    public string Number => request.Number.E164;
}

/// <summary>
/// Answer of GET /v1/requests/{id}: the source document's fields, then ours. Operators also see whose it is, what the fraud guard found,
/// and more of its attempts.
/// </summary>
internal readonly struct RequestBody(RequestRecord request, bool forOperators = false)
{
    public string Id => request.Id.Text;
    public string Product => request.Product;
    public string Number => request.Number.E164;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Mccmnc => request.MccMnc;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Network => NetworkOf(request);

    public string Country => request.Country;
    public string Status => StatusOf(request);
    public long CreatedAt => request.CreatedAt.ToUnixTimeMilliseconds();
    public IReadOnlyDictionary<string, string> Payload => request.Payload;
    public string? Reference => request.Reference;
    public string? Result => request.Verification is { } verification ? RequestLife.NameOf(verification.Result) : null;
    public string? Reason => request.EndReason;
    public string? Goal => request.Goal;
    public IEnumerable<FraudFindingBody>? Fraud => forOperators ? request.Fraud?.Select(finding => new FraudFindingBody(finding)) : null;

    /// <summary>Of an HLR lookup.</summary>
    public string? Type => request.Insight?.Type;

    /// <summary>Of a fraud check.</summary>
    public bool? MobilePrefix => request.Insight?.MobilePrefix;

    public long ExpiresAt => request.Id.DueAt.ToUnixTimeMilliseconds();
    public long? EndedAt => request.EndedAt?.ToUnixTimeMilliseconds();

    /// <summary>The caller number: its prefix for a verification, the whole of it for calls.flash.</summary>
    public string? From => request.Attempts.LastOrDefault(attempt => attempt.Caller is not null)?.Caller;

    public IEnumerable<AttemptBody> Attempts => AttemptBody.AllOf(request, forOperators);
    public string? Account => forOperators ? request.Account : null;

    /// <summary>What was and is to be told at callbackUrl, oldest first; absent without such an address.</summary>
    public IEnumerable<CallbackBody>? Callbacks => request.CallbackUrl is null ? null : CallbackBody.AllOf(request);

    /// <summary>The word for how a request stands: of an insight its answer, of anything else its transport status.</summary>
    public static string StatusOf(RequestRecord request) => request.Insight?.Status ?? ApiNames.Of(request.Status);

    /// <summary>What a provider reported, else what the number plan says.</summary>
    public static string? NetworkOf(RequestRecord request) => request.Network ?? NumberPlan.Instance.NetworkOf(request.Number);
}

/// <summary>One attempt of a request.</summary>
internal readonly struct AttemptBody(RequestRecord request, AttemptRecord attempt, bool forOperators)
{
    public int Step => attempt.Step;
    public string Method => ApiNames.Of(request.Steps[attempt.Step].Channel);
    public string? Provider => attempt.Provider;
    public string State => Words.Of(attempt.State);
    public string? Status => attempt.Status is { } status ? ApiNames.Of(status) : null;
    public long StartedAt => attempt.StartedAt.ToUnixTimeMilliseconds();
    public long? PlacedAt => attempt.PlacedAt?.ToUnixTimeMilliseconds();
    public long? UpdatedAt => attempt.UpdatedAt?.ToUnixTimeMilliseconds();
    public string? From => attempt.Caller;

    /// <summary>What became of a call: rang, answered, declined, unreachable or refused; absent where that is not known.</summary>
    public string? Outcome => attempt.Outcome is { } outcome ? Words.Of(outcome) : null;

    public string? Reason => attempt.Reason;

    /// <summary>What the provider was told of the outcome, once it took it.</summary>
    public string? Reported => attempt.ReportedOutcome?.ToString();

    /// <summary>What it was counted with under the account's daily cap.</summary>
    public MoneyBody? Charge => forOperators && attempt.CountedSpend is { } spend ? MoneyBody.Of(spend.Units, spend.Currency) : null;

    /// <summary>How its provider was chosen by learned routing.</summary>
    public RouteChoiceBody? Choice => forOperators ? RouteChoiceBody.Of(attempt.Choice) : null;

    public static IEnumerable<AttemptBody> AllOf(RequestRecord request, bool forOperators) =>
        request.Attempts.Select(attempt => new AttemptBody(request, attempt, forOperators));
}

/// <summary>One callback of a request; its id is its webhook-id.</summary>
internal readonly struct CallbackBody(RequestId request, CallbackEvent told, int number)
{
    public string Id => CallbackEvent.IdOf(request, number);
    public string Status => ApiNames.Of(told.Status);
    public string? Result => told.Result is { } result ? RequestLife.NameOf(result) : null;
    public long At => told.At.ToUnixTimeMilliseconds();

    /// <summary>waiting, delivered, dead (given up) or gone (the receiver answered 410).</summary>
    public string State => Words.Of(told.Delivery.State);

    public int Tries => told.Delivery.Tries;
    public long? LastTryAt => told.Delivery.LastTryAt?.ToUnixTimeMilliseconds();
    public long? NextTryAt => told.Delivery.NextTryAt?.ToUnixTimeMilliseconds();
    public string? LastFailure => told.Delivery.LastFailure;

    public static IEnumerable<CallbackBody> AllOf(RequestRecord request) =>
        request.Callbacks.Select((told, number) => new CallbackBody(request.Id, told, number));
}

/// <summary>Names of states in answers.</summary>
internal static class Words
{
    /// <summary>A value's name, in camel case: notSent.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
