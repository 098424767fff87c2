using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace FlashFunctions.Http.Manage;

/// <summary>An account as operators see it.</summary>
public sealed record AccountBody
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required bool Active { get; init; }

    public long? CreatedAt { get; init; }

    /// <summary>When what it had open was last stopped; absent: never.</summary>
    public long? StoppedAt { get; init; }

    public required int RatePerSecond { get; init; }

    public required IReadOnlyList<string> Senders { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public MoneyBody? DailyCap { get; init; }

    /// <summary>What has been counted under the cap today (UTC); absent in lists and where there is no cap.</summary>
    public MoneyBody? SpentToday { get; init; }

    public required IReadOnlyList<StepBody> Workflow { get; init; }

    public required IReadOnlyList<string> Numbers { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? InboundSmsAddress { get; init; }

    /// <summary>What the account changed of the fraud guard; absent: nothing.</summary>
    public JsonObject? Fraud { get; init; }

    public required int Tokens { get; init; }

    /// <summary>How many callback secrets are live: 2 during a rotation.</summary>
    public required int CallbackSecrets { get; init; }

    /// <summary>A callback secret that was made just now; it is not shown again.</summary>
    public string? NewCallbackSecret { get; init; }
}

/// <summary>What was ended when an account was stopped.</summary>
public sealed record StopBody(string Account, StoppedBody Stopped);

/// <summary>How many requests were ended, by what they were.</summary>
public sealed record StoppedBody(int Verifications, int Calls, int Messages);

/// <summary>A step of an account's default workflow, as verify takes it.</summary>
public sealed record StepBody(string Method, string? Provider, int? Wait, string Condition);

/// <summary>A page of accounts; <paramref name="Next"/> is the <c>after</c> of the next page, null on the last.</summary>
public sealed record AccountsBody(
    IReadOnlyList<AccountBody> Accounts, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Next);

/// <summary>A token. Its secret is there only in the answer that created it.</summary>
public sealed record TokenBody(string KeyId, string Account, bool Active, bool Trusted, string? Label, long? CreatedAt, string? Secret);

/// <summary>A page of an account's tokens; <paramref name="Next"/> is the <c>after</c> of the next page, null on the last.</summary>
public sealed record TokensBody(
    IReadOnlyList<TokenBody> Tokens, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Next);

/// <summary>A job that was given up.</summary>
public sealed record DeadLetterBody(string Id, string Account, string Kind, string? RequestId, string Reason, long At);

/// <summary>A page of them, the latest first; <paramref name="Next"/> is the <c>after</c> of the next page, null on the last.</summary>
public sealed record DeadLettersBody(
    IReadOnlyList<DeadLetterBody> DeadLetters, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Next);

/// <summary>A host that did not take the last callback that an account had sent to it. Times are unix milliseconds.</summary>
public sealed record FailingReceiverBody(
    string Account,
    string Host,
    long Since,
    long LastTryAt,
    string LastFailure,
    int Tries,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? NextTryAt);

/// <summary>
/// A page of them, by account and host; <paramref name="Next"/> is the <c>after</c> of the next page, null on the last.
/// </summary>
public sealed record FailingReceiversBody(
    IReadOnlyList<FailingReceiverBody> Receivers, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Next);

/// <summary>A request that was searched for. The time is unix milliseconds.</summary>
public sealed record FoundRequestBody(
    string Id,
    string Account,
    string Product,
    string Number,
    string Country,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Provider,
    string Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Result,
    long CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Reference);

/// <summary>
/// A page of them, the newest created first; <paramref name="Next"/> is the <c>after</c> of the next page, null on the last.
/// </summary>
public sealed record FoundRequestsBody(
    IReadOnlyList<FoundRequestBody> Requests, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Next);

/// <summary>What happened to a request, in order; <paramref name="Support"/> is a paragraph to copy.</summary>
public sealed record TimelineBody(string Id, IReadOnlyList<TimelineEntryBody> Entries, string Support);

/// <summary>Something that happened to a request. The time is unix milliseconds; what does not apply is absent.</summary>
public sealed record TimelineEntryBody(long At, string Kind, string Text)
{
    public int? Step { get; init; }

    public string? Method { get; init; }

    public string? Provider { get; init; }

    public string? State { get; init; }

    public string? Status { get; init; }

    public string? Raw { get; init; }

    public string? Reason { get; init; }

    public MoneyBody? Price { get; init; }

    public FraudFindingBody? Fraud { get; init; }

    public RouteChoiceBody? Choice { get; init; }

    public string? Callback { get; init; }

    public string? Result { get; init; }
}

/// <summary>How much of a number was erased: requests, inbound messages, and the rows that led to them.</summary>
public sealed record ErasedBody(int Requests, int InboundMessages, int Other);

/// <summary>All that is known of a number, the newest first.</summary>
public sealed record ExportBody(
    string Number, IReadOnlyList<RequestBody> Requests, IReadOnlyList<InboundMessageBody> InboundMessages,
    IReadOnlyList<FraudBlockBody> Blocks);

/// <summary>A message that a number sent. The time is unix milliseconds.</summary>
public sealed record InboundMessageBody(string Id, string? Account, string From, string To, string Text, long ReceivedAt, string State);

/// <summary>A test number. The delay is in seconds; <paramref name="Configured"/> is there for one of the settings alone.</summary>
public sealed record TestNumberBody(string Number, string Code, string Outcome, int Delay, bool? Configured);

/// <summary>
/// A page of them in the order of their digits; <paramref name="Next"/> is the <c>after</c> of the next page, null on the last.
/// </summary>
public sealed record TestNumbersBody(
    IReadOnlyList<TestNumberBody> TestNumbers, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Next);

/// <summary>What was done to something that has nothing further to show.</summary>
public sealed record DoneBody(string Id, string Done);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AccountBody))]
[JsonSerializable(typeof(AccountsBody))]
[JsonSerializable(typeof(TokenBody))]
[JsonSerializable(typeof(TokensBody))]
[JsonSerializable(typeof(DeadLettersBody))]
[JsonSerializable(typeof(FailingReceiversBody))]
[JsonSerializable(typeof(DoneBody))]
[JsonSerializable(typeof(RoutePreviewBody))]
[JsonSerializable(typeof(RouteChangesBody))]
[JsonSerializable(typeof(StopBody))]
[JsonSerializable(typeof(ErasedBody))]
[JsonSerializable(typeof(ConversionBody))]
[JsonSerializable(typeof(FailingRoutesBody))]
[JsonSerializable(typeof(ExportBody))]
[JsonSerializable(typeof(FoundRequestsBody))]
[JsonSerializable(typeof(TimelineBody))]
[JsonSerializable(typeof(TestNumberBody))]
[JsonSerializable(typeof(TestNumbersBody))]
[JsonSerializable(typeof(FraudListBody))]
[JsonSerializable(typeof(FraudBlocksBody))]
[JsonSerializable(typeof(FraudDecisionsBody))]
[JsonSerializable(typeof(FraudPreviewBody))]
[JsonSerializable(typeof(FraudListEntryBody))]
internal sealed partial class ManageJson : JsonSerializerContext;
