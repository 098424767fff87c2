using System.Globalization;
using System.Text;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Providers.Learning;
using FlashFunctions.Core.Requests;
using static FlashFunctions.Core.Operations.SupportText;

namespace FlashFunctions.Core.Operations;

/// <summary>Something that happened to a request, in plain words and without any code.</summary>
public sealed record TimelineEntry(DateTimeOffset At, TimelineKind Kind, string Text)
{
    /// <summary>The step that it belongs to, from 0; null: none.</summary>
    public int? Step { get; init; }

    public string? Method { get; init; }

    public string? Provider { get; init; }

    public AttemptState? State { get; init; }

    public TransportStatus? Status { get; init; }

    /// <summary>The provider's own word for the status.</summary>
    public string? Raw { get; init; }

    public string? Reason { get; init; }

    /// <summary>What the attempt costs; null where that is not known.</summary>
    public SpendCap? Price { get; init; }

    public FraudFinding? Fraud { get; init; }

    /// <summary>How an attempt's provider was chosen; null where the configured order or the step's own provider decided.</summary>
    public RouteExplanation? Choice { get; init; }

    public string? Callback { get; init; }

    public VerificationResult? Result { get; init; }
}

public enum TimelineKind
{
    Accepted, Test, Limits, Fraud, Asked, Step, Attempt, Report, Check, Goal, Resumed, Ended, Told, Callback,
}

/// <summary>What happened to a request, in order, and the same as a paragraph that support staff can copy.</summary>
public sealed record Timeline(RequestRecord Request, IReadOnlyList<TimelineEntry> Entries, string Support);

/// <summary>GET /manage/requests/{id}/timeline: made from the request alone.</summary>
public sealed class TimelineUseCase(ReadUseCase read, PriceTable prices)
{
    /// <summary>The timeline of a request of any account; null where there is none.</summary>
    public async Task<Timeline?> RunAsync(string id, CancellationToken cancellationToken) =>
        (await read.RunAsync(account: null, id, cancellationToken)).TryGet(out var request, out _)
            ? new Timeline(request, [.. Entries(request).OrderBy(entry => entry.At.ToUnixTimeMilliseconds())], SupportText.Of(request))
            : null;

    /// <summary>All that happened; of what happened at the same time, what leads to the other first.</summary>
    private IEnumerable<TimelineEntry> Entries(RequestRecord request) =>
    [
        Accepted(request),
        .. Circumstances(request),
        .. request.Attempts.SelectMany((_, number) => OfAttempt(request, number)),
        .. Checks(request),
        .. Goals(request),
        .. Ended(request),
        .. Told(request),
        .. request.Callbacks.SelectMany((callback, number) => OfCallback(request, callback, number)),
    ];

    private static TimelineEntry Accepted(RequestRecord request)
    {
        var text = new StringBuilder($"The account {request.Account} asked {WhatIsAsked(request)}.");
        if (request.Verification is { } state)
        {
            var until = At(request.Id.DueAt);
            text.Append(CultureInfo.InvariantCulture, $" The code has {state.CodeLength} digits and can be entered until {until}.");
        }

        if (request.Steps.Count > 1)
        {
            text.Append(" The workflow is ").AppendJoin(", then ", request.Steps.Select(NameOf)).Append('.');
        }

        if (request.WasNotQueued)
        {
            text.Append(request.Steps.Count == 0
                ? " A newer verification of the number was accepted before it was stored, so that the answer was 503."
                : " Its job could not be queued, so that the answer was 503.");
        }

        return new TimelineEntry(request.CreatedAt, TimelineKind.Accepted, text.ToString());
    }

    /// <summary>What was looked at before anything was sent, and what happened to the request as a whole.</summary>
    private static IEnumerable<TimelineEntry> Circumstances(RequestRecord request)
    {
        var at = request.CreatedAt;
        if (request.Test is { } test)
        {
            var outcome = FraudFinding.NameOf(test.Outcome) + (test.Delay > 0 ? $", {test.Delay} s after it is sent" : "");
            var text = $"It is a test number with the outcome {outcome}: no provider is called, and no limit counts it.";
            yield return new TimelineEntry(at, TimelineKind.Test, text);
        }
        else if (request.NextAllowedAt is { } next)
        {
            var again = $"The number was within its limits. verify or next may be called for it again from {At(next)} on.";
            yield return new TimelineEntry(at, TimelineKind.Limits, again);
        }

        if (request.Cap is { } cap && request.Test is null)
        {
            var amount = cap.Amount.ToString(CultureInfo.InvariantCulture);
            yield return new TimelineEntry(at, TimelineKind.Limits, $"The account was within its daily cap of {amount} {cap.Currency}.");
        }

        foreach (var finding in request.Fraud ?? [])
        {
            yield return new TimelineEntry(finding.At ?? at, TimelineKind.Fraud, TextOf(finding)) { Fraud = finding };
        }

        if (request.Asked is { } asked)
        {
            yield return new TimelineEntry(asked.At, TimelineKind.Asked, $"The account asked for the next step, step {asked.Step + 1}.")
            {
                Step = asked.Step,
            };
        }

        if (request.RequeuedAt is { } requeued)
        {
            yield return new TimelineEntry(
                requeued, TimelineKind.Resumed, "Nothing had happened for too long, so the timer queued the job again.");
        }
    }

    private static string TextOf(FraudFinding finding)
    {
        var effect = finding switch
        {
            { Mode: not FraudMode.Enforce } => "It was observed alone: nothing was blocked.",
            { Channels: { } channels } => $"Not sent because of it: {string.Join(", ", channels.Select(ApiNames.Of))}.",
            _ => "Nothing may be sent because of it.",
        };
        var until = finding.Until is { } end ? $" It ends at {At(end)}." : "";
        var scope = FraudFinding.NameOf(finding.Scope);
        return $"The fraud guard found {finding.Reason} ({scope}): seen {finding.Seen}, limit {finding.Limit}. {effect}{until}";
    }

    private IEnumerable<TimelineEntry> OfAttempt(RequestRecord request, int number)
    {
        var attempt = request.Attempts[number];
        var step = request.Steps[attempt.Step];
        TimelineEntry Entry(DateTimeOffset at, TimelineKind kind, string text) => new(at, kind, text)
        {
            Step = attempt.Step,
            Method = ApiNames.Of(step.Channel),
            Provider = attempt.Provider,
        };

        var isFirst = !request.Attempts.Take(number).Any(before => before.Step == attempt.Step);
        if (isFirst && attempt.State != AttemptState.Skipped)
        {
            var why = attempt.Cause is { } cause ? $": {WhyOf(cause)}" : "";
            yield return Entry(attempt.StartedAt, TimelineKind.Step, $"Step {attempt.Step + 1}, {NameOf(step)}, started{why}.");
        }

        var price = PriceOf(attempt);
        var failed = attempt.UpdatedAt ?? attempt.StartedAt;
        var because = Sentence(attempt.Reason);
        var costs = price is { } known ? $" It costs {known.Amount.ToString(CultureInfo.InvariantCulture)} {known.Currency}." : "";
        var (at, text) = attempt.State switch
        {
            AttemptState.Placed when attempt.PlacedAt is { } placed =>
                (placed, $"{attempt.Provider} took it within {Seconds(placed - attempt.StartedAt)}.{costs}"),
            AttemptState.Placed => (attempt.StartedAt, $"{attempt.Provider} took it, as its reports show; its answer was lost.{costs}"),
            AttemptState.Starting => (attempt.StartedAt, $"{attempt.Provider} was asked, and its answer is not saved yet."),
            AttemptState.Unclear =>
                (attempt.StartedAt, $"It is not known whether {attempt.Provider} sent it, so it is not sent again: {because}{costs}"),
            AttemptState.NotSent => (failed, $"{attempt.Provider} did not take it, and nothing was sent: {because}"),
            AttemptState.Rejected => (failed, $"{attempt.Provider} refused the number: {because}"),
            _ => (attempt.StartedAt, $"Step {attempt.Step + 1}, {NameOf(step)}, was skipped: {because}"),
        };
        yield return Entry(at, TimelineKind.Attempt, $"{text}{WhyChosen(attempt)}") with
        {
            State = attempt.State,
            Reason = attempt.Reason,
            Price = price,
            Choice = attempt.Choice,
        };

        foreach (var report in attempt.Reports ?? [])
        {
            var word = report.Raw.Length > 0 ? $" (its word: {report.Raw})" : "";
            var reported =
                $"{attempt.Provider} reported {ApiNames.Of(report.Status)}{word}: {MeaningOf(report.Status, step.Channel)}.";
            yield return Entry(Moment(report.At), TimelineKind.Report, reported) with { Status = report.Status, Raw = report.Raw };
        }
    }

    /// <summary>Why learned routing chose the attempt's provider, as a sentence of its own; empty where it did not.</summary>
    private static string WhyChosen(AttemptRecord attempt) =>
        attempt.Choice?.Candidates.FirstOrDefault(candidate => candidate.Provider == attempt.Provider) is { } chosen
            ? $" Learned routing looked at {attempt.Choice.Candidates.Count} providers and says of this one: {chosen.Why}"
            : "";

    private static string WhyOf(StepCause cause) => cause switch
    {
        StepCause.Accepted => "the request was accepted",
        StepCause.Asked => "the account asked for it",
        StepCause.WaitPassed => "the wait of the step before had passed without what it waited for",
        StepCause.StepFailed => "the step before was reported as not delivered",
        StepCause.NotPlaced => "the step before could not be sent",
        StepCause.TurnCame => "it had waited for a provider's rate, and its turn had come",
        _ => "the outcome of a test number was due",
    };

    private SpendCap? PriceOf(AttemptRecord attempt) => attempt switch
    {
        { MayHaveReachedThePhone: false } => null,
        { CountedSpend: { } counted } => new SpendCap(Money.FromUnits(counted.Units), counted.Currency),
        { Price: { } units } when prices.Currency is { } currency => new SpendCap(Money.FromUnits(units), currency),
        _ => null,
    };

    private static IEnumerable<TimelineEntry> Checks(RequestRecord request)
    {
        if (request.Verification is not { } state)
        {
            yield break;
        }

        foreach (var (index, at) in (state.WrongAt ?? []).Index())
        {
            yield return new TimelineEntry(
                Moment(at), TimelineKind.Check, $"A wrong code was entered, number {index + 1} of at most {state.WrongLimit}.");
        }

        if (state.Result == VerificationResult.Verified && request.EndedAt is { } ended)
        {
            var credited = state.CreditedAttempt is { } number ? request.Attempts.ElementAtOrDefault(number) : null;
            var by = credited?.Provider is { } provider
                ? $" It came by {NameOf(request.Steps[credited.Step])} from {provider}."
                : "";
            yield return new TimelineEntry(ended, TimelineKind.Check, $"The right code was entered.{by}");
        }
    }

    private static IEnumerable<TimelineEntry> Ended(RequestRecord request)
    {
        if (request.EndedAt is { } ended)
        {
            yield return new TimelineEntry(ended, TimelineKind.Ended, EndOf(request))
            {
                Result = request.Verification?.Result,
                Status = request.Insight is null ? request.Status : null,
                Reason = request.EndReason,
            };
        }
    }

    private static IEnumerable<TimelineEntry> Goals(RequestRecord request) => request.Goals.Select(
        goal => new TimelineEntry(request.ReportAt ?? request.CreatedAt, TimelineKind.Goal, $"The account reported {goal}."));

    private static IEnumerable<TimelineEntry> Told(RequestRecord request) =>
        from attempt in request.Attempts
        from verdict in attempt.ReportedVerdicts
        let at = request.ReportAt ?? request.EndedAt ?? request.CreatedAt
        select new TimelineEntry(at, TimelineKind.Told, $"The outcome was reported to {attempt.Provider}: {WordsOf(verdict)}.")
        {
            Step = attempt.Step,
            Provider = attempt.Provider,
        };

    private static string WordsOf(UpstreamVerdict verdict) => verdict switch
    {
        UpstreamVerdict.Verified => "verified",
        UpstreamVerdict.WrongCode => "a wrong code was entered",
        UpstreamVerdict.Timeout => "no code was entered in time",
        UpstreamVerdict.Canceled => "canceled",
        _ => "the link was opened",
    };

    private static IEnumerable<TimelineEntry> OfCallback(RequestRecord request, CallbackEvent callback, int number)
    {
        var delivery = callback.Delivery;
        var id = CallbackEvent.IdOf(request.Id, number);
        TimelineEntry Entry(DateTimeOffset at, string text) => new(at, TimelineKind.Callback, text)
        {
            Callback = id,
            Status = callback.Status,
            Result = callback.Result,
        };

        var result = callback.Result is { } known ? $", {RequestLife.NameOf(known)}" : "";
        yield return Entry(callback.At, $"Callback {number + 1} was due: {ApiNames.Of(callback.Status)}{result}.");
        foreach (var failed in delivery.FailedTries ?? [])
        {
            var why = $"The receiver did not take callback {number + 1}: {Sentence(failed.Why)}";
            yield return Entry(Moment(failed.At), why) with { Reason = failed.Why };
        }

        var last = delivery.LastTryAt ?? callback.At;
        switch (delivery.State)
        {
            case DeliveryState.Delivered:
                yield return Entry(last, $"The receiver took callback {number + 1} at try {delivery.Tries}.");
                break;
            case DeliveryState.Dead:
                var reason = Sentence(delivery.LastFailure);
                yield return Entry(last, $"Callback {number + 1} was given up after {delivery.Tries} tries and is a dead letter: {reason}");
                break;
            case DeliveryState.Gone:
                yield return Entry(last, $"The receiver answered 410 and is sent no more; callback {number + 1} was not taken.");
                break;
            case DeliveryState.Waiting when delivery.NextTryAt is { } next:
                yield return Entry(last, $"Callback {number + 1} is tried again at {At(next)}.");
                break;
        }
    }

    private static DateTimeOffset Moment(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
