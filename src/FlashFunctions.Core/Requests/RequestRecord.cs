using System.Text.Json.Serialization;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Telemetry;

namespace FlashFunctions.Core.Requests;

/// <summary>A request as it is stored: immutable, changed by the transitions beside it and saved under its ETag.</summary>
public sealed record RequestRecord
{
    public required RequestId Id { get; init; }

    public required string Account { get; init; }

    /// <summary>The key id of the token that it was asked for with; null where an operator asked.</summary>
    public string? KeyId { get; init; }

    /// <summary>verify.call, calls.flash and so on: the source document's product names.</summary>
    public required string Product { get; init; }

    public required PhoneNumber Number { get; init; }

    /// <summary>ISO 3166-1 alpha-2, from the number plan.</summary>
    public required string Country { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The parameters as they came, echoed by GET; a code as stars, and a text that is not kept any more as its length.</summary>
    public IReadOnlyDictionary<string, string> Payload { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The account's own id of it; it need not be unique.</summary>
    public string? Reference { get; init; }

    public string? CallbackUrl { get; init; }

    /// <summary>What the account has been and is to be told at that address, oldest first.</summary>
    public IReadOnlyList<CallbackEvent> Callbacks { get; init; } = [];

    /// <summary>The mobile network, once a provider told. What the number plan knows of it is added to answers, not stored.</summary>
    public string? MccMnc { get; init; }

    public string? Network { get; init; }

    /// <summary>The goals that the backend reported, each once, the latest last.</summary>
    public IReadOnlyList<string> Goals { get; init; } = [];

    public string? Goal => Goals.Count > 0 ? Goals[^1] : null;

    /// <summary>Set when nothing further will be done for it; for a verification that is when it has a result.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it ended, where its result does not say it.</summary>
    public string? EndReason { get; init; }

    /// <summary>The row of the idempotency key that it was asked for with.</summary>
    public string? IdempotencyRow { get; init; }

    /// <summary>When the second step was to start by itself, as the first answer said.</summary>
    public DateTimeOffset? NextStartsAt { get; init; }

    /// <summary>When verify or next might be called again for the number, as the first answer said.</summary>
    public DateTimeOffset? NextAllowedAt { get; init; }

    /// <summary>It was stored and its job could not be queued, so that the caller was told to come back.</summary>
    public bool WasNotQueued { get; init; }

    /// <summary>Its rows in the index are known to be there.</summary>
    public bool IsIndexed { get; init; }

    /// <summary>Nothing further was allowed to be sent: what had no final report by then counts as undelivered, until one comes.</summary>
    public bool IsStopped { get; init; }

    /// <summary>The step that the account asked for by next, and when.</summary>
    public AskedStep? Asked { get; init; }

    /// <summary>The step that waits for a rate comes back by then at the latest.</summary>
    public DateTimeOffset? WaitsUntil { get; init; }

    /// <summary>The job of its callbacks found no place to send in, and comes back by then.</summary>
    public DateTimeOffset? CallbackWaitsUntil { get; init; }

    /// <summary>When the report of an outcome or a goal is to be tried; null: when it ended.</summary>
    public DateTimeOffset? ReportAt { get; init; }

    /// <summary>When the timer queued its job again, since nothing had happened.</summary>
    [JsonPropertyName("takenUpAt")]
    public DateTimeOffset? RequeuedAt { get; init; }

    /// <summary>W3C trace context of the call that asked for it; null when nobody traced.</summary>
    public string? Trace { get; init; }

    /// <summary>What it goes by where its number is a test number; null for a real one.</summary>
    public TestRun? Test { get; init; }

    /// <summary>Rule 10: calls no provider.</summary>
    public bool IsTest => Test is not null;

    /// <summary>Null for what is not a verification.</summary>
    public VerificationState? Verification { get; init; }

    /// <summary>The answer to a question about the number; null for everything else.</summary>
    public InsightAnswer? Insight { get; init; }

    /// <summary>What is sent by each step of the workflow; nothing for a question about the number.</summary>
    public required IReadOnlyList<WorkflowStep> Steps { get; init; }

    /// <summary>The step that was started last; -1 before the first.</summary>
    public int CurrentStep { get; init; } = -1;

    /// <summary>The step that has to wait for a provider's rate, or had to; null where none ever did.</summary>
    public WaitingStep? Waiting { get; init; }

    /// <summary>
    /// The sends that were counted against the number's budget and that no attempt uses yet: when each was counted, in unix milliseconds. Once
    /// nothing further can be sent: those that were released.
    /// </summary>
    [JsonPropertyName("sends")]
    public IReadOnlyList<long> UnusedSendReservations { get; init; } = [];

    /// <summary>The account's daily cap when the request was accepted or its last step started; null: none.</summary>
    public SpendCap? Cap { get; init; }

    /// <summary>What was counted under the cap and belongs to no attempt yet. On a request that has ended: what was released.</summary>
    [JsonPropertyName("hold")]
    public SpendReservation? ReservedSpend { get; init; }

    public IReadOnlyList<AttemptRecord> Attempts { get; init; } = [];

    /// <summary>Content of what is sent, and the caller number asked for.</summary>
    public MessageContent Content { get; init; } = new();

    /// <summary>The transport status of the source document: that of the last attempt that has one.</summary>
    public TransportStatus Status => Attempts.LastOrDefault(attempt => attempt.Status is not null)?.Status switch
    {
        { } status when !IsStopped || AttemptLife.IsFinal(status) => status,
        _ => EndedAt is null ? TransportStatus.Accepted : EndStatus,
    };

    /// <summary>The status of a request that ended with nothing placed.</summary>
    public TransportStatus EndStatus { get; init; } = TransportStatus.Undelivered;

    /// <summary>Whether anything may be ringing or delivered.</summary>
    public bool AnythingPlaced => Attempts.Any(attempt => attempt.MayHaveReachedThePhone);

    /// <summary>Whether what it sends counts against the number's send budget (rule 3): not messages, failover flows or t2s.</summary>
    public bool CountsSends => Verification is not null || Product is Products.FlashCall or Products.PinToSpeech;

    /// <summary>
    /// Whether its caller was told that nothing was sent and to come back: the same idempotency key then makes a new one. A flash call that
    /// nobody could place is one of these, since it is placed before it is answered.
    /// </summary>
    public bool WasNotAccepted =>
        WasNotQueued || (Product == Products.FlashCall && Waiting is null && EndedAt is not null && !AnythingPlaced && Status != TransportStatus.Rejected);

    /// <summary>As it was when it was accepted, which is what the first answer told.</summary>
    public RequestRecord AsAccepted() => this with { Attempts = [], CurrentStep = -1, EndedAt = null };

    /// <summary>True while the next step may still be started at that time.</summary>
    public bool IsOpen(DateTimeOffset now) => EndedAt is null && now < Id.DueAt;
}

/// <summary>A step that waits for a provider's rate, ours or the provider's own.</summary>
/// <param name="Step">The step.</param>
/// <param name="Turn">How often it has been turned away.</param>
/// <param name="Until">When the next step takes its place; null where there is none: it waits as long as the request has life.</param>
public sealed record WaitingStep(int Step, int Turn, DateTimeOffset? Until);

/// <summary>A step that was asked for.</summary>
public sealed record AskedStep(int Step, DateTimeOffset At);

/// <summary>The part of a request that makes it a verification.</summary>
public sealed record VerificationState
{
    public VerificationResult Result { get; init; }

    /// <summary>4 to 6.</summary>
    public required int CodeLength { get; init; }

    /// <summary>Wrong codes so far, at most <see cref="WrongLimit"/>.</summary>
    public int WrongCodes { get; init; }

    /// <summary>What they weigh: each as many as there were codes that it could have hit.</summary>
    public int WrongWeight { get; init; }

    /// <summary>How many wrong codes this request may take: 5, or what the number has left in 24 h if that is less.</summary>
    public required int WrongLimit { get; init; }

    /// <summary>Guesses that a provider is being asked about.</summary>
    [JsonPropertyName("guesses")]
    public IReadOnlyList<OpenGuess> OpenGuesses { get; init; } = [];
}

/// <summary>A guess that a provider is being asked about. It holds nothing of the code.</summary>
/// <param name="Id">A number that nobody else has.</param>
/// <param name="At">Since when.</param>
/// <param name="Weight">How many codes were live then.</param>
public sealed record OpenGuess(string Id, DateTimeOffset At, int Weight = 1);

/// <summary>What was answered about a number.</summary>
/// <param name="Status">HLR: the network's word, or UNKNOWN; fraud check: PASSED, NOT_MOBILE_PREFIX, SUSPICIOUS or FRAUDULENT.</param>
/// <param name="Type">HLR: mobile, fixed or other, by the number plan.</param>
/// <param name="MobilePrefix">Fraud check: whether the prefix is a mobile network's, where that is known.</param>
public sealed record InsightAnswer(string Status, string? Type = null, bool? MobilePrefix = null);

/// <summary>The code that we choose.</summary>
/// <param name="KeyId">The key that it is derived from.</param>
/// <param name="Length">4 to 6.</param>
/// <param name="NoLeadingZero">Drawn from 1000 upwards, because a provider of the workflow cannot carry a leading zero.</param>
/// <param name="Given">A code that the caller gave, encrypted, until its attempt is placed.</param>
public sealed record CodeRecipe(string KeyId, int Length, bool NoLeadingZero, string? Given = null);

/// <summary>What is sent besides the code.</summary>
public sealed record MessageContent
{
    /// <summary>How the code is made; null for a message without one.</summary>
    public CodeRecipe? Code { get; init; }

    /// <summary>Sender id or caller number that the account asked for.</summary>
    public string? From { get; init; }

    public string? Text { get; init; }

    public string? Language { get; init; }

    /// <summary>Further parameters by the source document's names.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}
