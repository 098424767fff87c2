using System.Text.Json.Serialization;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Providers.Learning;

namespace FlashFunctions.Core.Requests;

/// <summary>
/// A request as it is stored: immutable, changed by <see cref="RequestLife"/> and <see cref="AttemptLife"/>, and saved under its ETag.
/// </summary>
public sealed record RequestRecord
{
    public required RequestId Id { get; init; }
    public required string Account { get; init; }

    /// <summary>The key id of the token that made it; null where an operator did.</summary>
    public string? KeyId { get; init; }

    /// <summary>verify.call, calls.flash and so on: the source document's product names.</summary>
    public required string Product { get; init; }

    public required PhoneNumber Number { get; init; }

    /// <summary>ISO 3166-1 alpha-2, from the number plan.</summary>
    public required string Country { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The parameters as they came, echoed by GET: a code as stars, a text that is no longer stored as its length.</summary>
    public IReadOnlyDictionary<string, string> Payload { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The account's own id of the request; it need not be unique.</summary>
    public string? Reference { get; init; }

    public string? CallbackUrl { get; init; }

    /// <summary>The callbacks to that address, oldest first.</summary>
    public IReadOnlyList<CallbackEvent> Callbacks { get; init; } = [];

    /// <summary>
    /// MCC/MNC of the mobile network, once a provider reported it. What the number plan knows is added to answers, not stored.
    /// </summary>
    public string? MccMnc { get; init; }

    public string? Network { get; init; }

    /// <summary>The goals that the backend reported, each once, the latest last.</summary>
    public IReadOnlyList<string> Goals { get; init; } = [];

    public string? Goal => Goals.Count > 0 ? Goals[^1] : null;

    /// <summary>Set when nothing further will be done for it; for a verification that is when it has a result.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it ended, where its result does not say it.</summary>
    public string? EndReason { get; init; }

    /// <summary>The row of the idempotency key that came with it.</summary>
    public string? IdempotencyRow { get; init; }

    /// <summary>When the second step was to start by itself, as the first answer said.</summary>
    public DateTimeOffset? NextStartsAt { get; init; }

    /// <summary>When verify or next may be called again for the number, as the first answer said.</summary>
    public DateTimeOffset? NextAllowedAt { get; init; }

    /// <summary>
    /// Its job could not be queued, or a newer verification of the number took its place before it was stored: the caller got a 503.
    /// </summary>
    public bool WasNotQueued { get; init; }

    /// <summary>Its rows in the index are known to be there.</summary>
    public bool IsIndexed { get; init; }

    /// <summary>Sending was stopped: an attempt without a final report counts as undelivered until one comes.</summary>
    public bool IsStopped { get; init; }

    /// <summary>The step that the account asked for by next, and when.</summary>
    public AskedStep? Asked { get; init; }

    /// <summary>By when the step that waits for a provider's rate is tried again.</summary>
    public DateTimeOffset? WaitsUntil { get; init; }

    /// <summary>By when the job of its callbacks comes back, since it found no free slot to send in.</summary>
    public DateTimeOffset? CallbackWaitsUntil { get; init; }

    /// <summary>When the report of an outcome or a goal is due; null: when the request ended.</summary>
    public DateTimeOffset? ReportAt { get; init; }

    /// <summary>When the timer queued its job again because nothing had happened.</summary>
    [JsonPropertyName("takenUpAt")]
    public DateTimeOffset? RequeuedAt { get; init; }

    /// <summary>W3C trace context of the call that made it; null when it was not traced.</summary>
    public string? Trace { get; init; }

    /// <summary>What was fixed for a test number; null for a real one.</summary>
    public TestRun? Test { get; init; }

    /// <summary>Rule 10: calls no provider.</summary>
    public bool IsTest => Test is not null;

    /// <summary>
    /// Whether the account knows the person from an earlier verification. The number's limits and its live verification are then those of
    /// known people, which strangers cannot use up.
    /// </summary>
    [JsonPropertyName("trusted")]
    public bool IsTrusted { get; init; }

    /// <summary>What the fraud guard found and did not refuse it for: observed, or enforced against some of its steps.</summary>
    public IReadOnlyList<FraudFinding>? Fraud { get; init; }

    /// <summary>Null for what is not a verification.</summary>
    public VerificationState? Verification { get; init; }

    /// <summary>The answer of a look-up; null for everything else.</summary>
    public InsightAnswer? Insight { get; init; }

    /// <summary>What each step of the workflow sends; empty for a look-up.</summary>
    public required IReadOnlyList<WorkflowStep> Steps { get; init; }

    /// <summary>The step that was started last; -1 before the first.</summary>
    public int CurrentStep { get; init; } = -1;

    /// <summary>The last step that had to wait for a provider's rate; null where none had to.</summary>
    public WaitingStep? Waiting { get; init; }

    /// <summary>
    /// The sends that were counted against the number's budget and that no attempt uses yet: when each was counted, in unix milliseconds.
    /// Once nothing further can be sent: those that were released.
    /// </summary>
    [JsonPropertyName("sends")]
    public IReadOnlyList<long> UnusedSendReservations { get; init; } = [];

    /// <summary>The account's daily cap when the request was accepted or its last step started; null: none.</summary>
    public SpendCap? Cap { get; init; }

    /// <summary>What its placed attempts may cost together, in millionths of the price table's currency; null: anything.</summary>
    public long? MaxPrice { get; init; }

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

    /// <summary>How many digits its code has; 0 where it has none.</summary>
    public int CodeLength => Content.Code?.Length ?? 0;

    /// <summary>Whether our code may be on the phone; a test number's is right from the start.</summary>
    public bool CarriesOurCode => IsTest || Attempts.Any(attempt => attempt.CarriesOurCode && attempt.MayHaveReachedThePhone);

    /// <summary>Whether what it sends counts against the number's send budget (rule 3): not messages, failover flows or t2s.</summary>
    public bool CountsSends => Verification is not null || Product is Products.FlashCall or Products.PinToSpeech;

    /// <summary>
    /// Whether what it sends counts against the number's limit of messages: messages, failover flows, spoken texts and HLR look-ups.
    /// </summary>
    public bool CountsMessages => !CountsSends && Product != Products.FraudCheck;

    /// <summary>
    /// Whether the caller got a 503 because nothing was sent: the same idempotency key then makes a new request. A flash call that no
    /// provider could place is one of these, since it is placed before it is answered.
    /// </summary>
    public bool WasNotAccepted =>
        WasNotQueued
        || (Product == Products.FlashCall
            && Waiting is null && EndedAt is not null && !AnythingPlaced && Status != TransportStatus.Rejected);

    /// <summary>As it was when it was accepted, which is what the first answer showed.</summary>
    public RequestRecord AsAccepted() => this with { Attempts = [], CurrentStep = -1, EndedAt = null };

    /// <summary>True while the next step may still be started at that time.</summary>
    public bool IsOpen(DateTimeOffset now) => EndedAt is null && now < Id.DueAt;
}

/// <summary>A step that waits for a provider's rate, ours or the provider's own.</summary>
/// <param name="Turn">How often it had to wait.</param>
/// <param name="Until">When the next step takes its place; null where there is none: it waits until the due time.</param>
public sealed record WaitingStep(int Step, int Turn, DateTimeOffset? Until);

/// <summary>A step that the account asked for by next.</summary>
public sealed record AskedStep(int Step, DateTimeOffset At);

/// <summary>The part of a request that makes it a verification.</summary>
public sealed record VerificationState
{
    public VerificationResult Result { get; init; }

    /// <summary>4 to 6.</summary>
    public required int CodeLength { get; init; }

    /// <summary>Wrong codes so far, at most <see cref="WrongLimit"/>.</summary>
    public int WrongCodes { get; init; }

    /// <summary>Their weight: each counts as many as there were codes that it could have hit.</summary>
    public int WrongWeight { get; init; }

    /// <summary>How many wrong codes this request may take: 5, or what the number has left in 24 h if that is less.</summary>
    public required int WrongLimit { get; init; }

    /// <summary>
    /// The number of the attempt whose code was entered; where several share it, the newest that was placed before the check. Null until
    /// then, and where the code was right before anything was placed, as a test number's is.
    /// </summary>
    public int? CreditedAttempt { get; init; }

    /// <summary>When the wrong codes were counted, in unix milliseconds.</summary>
    public IReadOnlyList<long>? WrongAt { get; init; }

    /// <summary>Guesses that a provider is being asked about.</summary>
    [JsonPropertyName("guesses")]
    public IReadOnlyList<OpenGuess> OpenGuesses { get; init; } = [];
}

/// <summary>A guess that a provider is being asked about. It holds nothing of the code.</summary>
/// <param name="Id">A random number.</param>
/// <param name="Weight">How many codes it can hit.</param>
public sealed record OpenGuess(string Id, DateTimeOffset At, int Weight = 1);

/// <summary>The answer of a look-up.</summary>
/// <param name="Status">HLR: the network's status, or UNKNOWN; fraud check: PASSED, NOT_MOBILE_PREFIX, SUSPICIOUS or FRAUDULENT.</param>
/// <param name="Type">HLR: mobile, fixed or other, by the number plan.</param>
/// <param name="MobilePrefix">Fraud check: whether the prefix is a mobile network's, where that is known.</param>
public sealed record InsightAnswer(string Status, string? Type = null, bool? MobilePrefix = null);

/// <summary>How our code is made.</summary>
/// <param name="KeyId">The key that it is derived from.</param>
/// <param name="Length">4 to 6.</param>
/// <param name="NoLeadingZero">From 1000 upwards, because a provider of the workflow cannot carry a leading zero.</param>
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

    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>Where the person is asked for the code; null where the account did not say.</summary>
    public Platform? Platform { get; init; }

    /// <summary>Keyed hash of the account and its id of the person's device; null where the account did not say.</summary>
    public string? Device { get; init; }
}

/// <summary>One try of one step with one provider.</summary>
public sealed record AttemptRecord
{
    public required int Step { get; init; }

    /// <summary>The provider asked; null for a step that was skipped.</summary>
    public string? Provider { get; init; }

    public required AttemptState State { get; init; }

    /// <summary>Why its step started; null where it was skipped.</summary>
    public StepCause? Cause { get; init; }

    /// <summary>The transport status, null while nothing is known to have been sent.</summary>
    public TransportStatus? Status { get; init; }

    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? PlacedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>How long the step waits on this attempt before the next one starts.</summary>
    public required TimeSpan Wait { get; init; }

    /// <summary>The provider's id of the call or message.</summary>
    public string? Reference { get; init; }

    /// <summary>
    /// Keyed hash of the tail of the number that rings, where that makes the code. Known before it rings where we choose the number.
    /// </summary>
    public string? TailHash { get; init; }

    /// <summary>Keyed hash of the whole caller number, where the provider returns it.</summary>
    public string? CallerHash { get; init; }

    /// <summary>The caller number with at least codeLength digits masked; whole for product calls.flash.</summary>
    public string? Caller { get; init; }

    /// <summary>What the provider reported of a call besides its status.</summary>
    public CallDetails? Call { get; init; }

    /// <summary>
    /// Whether the provider said that the call was cancelled. It was delivered if it rang before, which may be reported later.
    /// </summary>
    public bool WasCancelled { get; init; }

    public bool WasAnswered { get; init; }

    /// <summary>What became of the call, as far as its provider has told; null where that is not known, and of what is no call.</summary>
    public CallOutcome? Outcome { get; init; }

    /// <summary>What it costs, in millionths of the price table's currency; null where no price is known.</summary>
    public long? Price { get; init; }

    /// <summary>Why it was not placed, or what is unclear.</summary>
    public string? Reason { get; init; }

    /// <summary>How its provider was chosen; null where the configured order or the step's own provider decided.</summary>
    public RouteExplanation? Choice { get; init; }

    /// <summary>When the provider may be asked for the step again, where only its rate was used up.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>
    /// What the provider reported, as far as it changed something: the first of it, at most <see cref="AttemptLife.MostReports"/>.
    /// </summary>
    public IReadOnlyList<StatusReport>? Reports { get; init; }

    /// <summary>The outcome and the goals that were reported to the provider and that it took, in order.</summary>
    [JsonPropertyName("told")]
    public IReadOnlyList<UpstreamVerdict> ReportedVerdicts { get; init; } = [];

    /// <summary>The outcome that was reported to the provider first; of a request without one, its first goal.</summary>
    public UpstreamVerdict? ReportedOutcome => ReportedVerdicts
        .Where(verdict => verdict != UpstreamVerdict.LinkOpened)
        .Concat(ReportedVerdicts)
        .Select(verdict => (UpstreamVerdict?)verdict).FirstOrDefault();

    /// <summary>The price that was counted for it under the account's daily cap.</summary>
    [JsonPropertyName("charge")]
    public SpendReservation? CountedSpend { get; init; }

    /// <summary>
    /// When its send was counted against the number's budget, in unix ms; null where sends do not count or nothing was sent.
    /// </summary>
    [JsonPropertyName("send")]
    public long? SendReservedAt { get; init; }

    /// <summary>Whether the code is ours, so that it may be on the phone.</summary>
    public bool CarriesOurCode { get; init; }

    /// <summary>Whether the code is the provider's, which alone can check it.</summary>
    public bool IsDelegated { get; init; }

    /// <summary>Started, placed or unclear: from here on the step is never placed again.</summary>
    public bool MayHaveReachedThePhone => State is AttemptState.Starting or AttemptState.Placed or AttemptState.Unclear;
}

/// <summary>A report of a provider on an attempt.</summary>
/// <param name="At">When it came, in unix milliseconds.</param>
/// <param name="Raw">The provider's own word.</param>
public sealed record StatusReport(long At, TransportStatus Status, string Raw);

/// <summary>An amount that was counted under a daily cap for a call or message, and where, so that it can be released.</summary>
/// <param name="Provider">Whose price it is.</param>
/// <param name="Day">The day (UTC) under which it was counted.</param>
/// <param name="Shard">The row of that day.</param>
/// <param name="Units">Millionths of the currency.</param>
/// <param name="Currency">The cap's currency.</param>
/// <param name="Cap">The cap that it was counted under, in millionths; null: not known.</param>
public sealed record SpendReservation(string Provider, DateOnly Day, int Shard, long Units, string Currency, long? Cap = null);
