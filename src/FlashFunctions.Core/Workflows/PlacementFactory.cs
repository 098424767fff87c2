using System.Diagnostics;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Workflows;

/// <summary>Makes attempts and what the providers are given, and reads their answers into the request.</summary>
public sealed class PlacementFactory(Codes codes, StepTexts texts, IOptions<VerificationOptions> options, TimeProvider time)
{
    private const string HiddenCaller = "+***********";

    private static readonly Dictionary<string, string> NoOptions = new(StringComparer.Ordinal);

    /// <summary>
    /// The attempt to claim for a provider; <paramref name="learned"/> is the wait of a step without one of its own, where it was learned.
    /// </summary>
    public AttemptRecord NewAttempt(RequestRecord request, int step, IProvider provider, TimeSpan? learned = null)
    {
        var now = time.GetUtcNow();
        var wanted = request.Steps[step];
        var capability = provider.CapabilityFor(wanted.Channel, request.CodeLength)!;
        var wait = wanted.Wait ?? learned ?? capability.DefaultWait;
        var left = request.Id.DueAt - now;
        var attempt = new AttemptRecord
        {
            Step = step,
            Provider = provider.Name,
            State = AttemptState.Starting,
            StartedAt = now,
            Wait = wait < left ? wait : left,
            CarriesOurCode = capability.Source == CodeSource.Ours && request.Content.Code is not null,
            IsDelegated = capability.Source == CodeSource.Provider,
        };
        return capability.Source == CodeSource.CallerNumber ? WithChosenCaller(request, attempt, provider) : attempt;
    }

    /// <summary>What the provider of an attempt is given.</summary>
    public Placement For(RequestRecord request, int number)
    {
        var attempt = request.Attempts[number];
        var step = request.Steps[attempt.Step];
        var code = attempt.CarriesOurCode ? codes.Ours(request) : null;
        return new Placement(
            new AttemptKey(request.Id.Text, number),
            step.Channel,
            request.Number,
            code,
            request.CodeLength,
            From(request, step),
            texts.Of(request, step, code),
            StepTexts.LanguageOf(request),
            TimeSpan.FromSeconds(Math.Min(options.Value.RingTimeoutSeconds, Math.Max(3, attempt.Wait.TotalSeconds))),
            step.Options ?? request.Content.Options ?? NoOptions)
        {
            Country = request.Country,
            Account = request.Account,
            Flow = [.. (step.Flow ?? []).Select((message, index) => Message(message, index == step.Flow!.Count - 1))],
        };
    }

    private static FlowMessage Message(WorkflowStep step, bool isLast) => new(
        step.Channel, step.Text ?? "", step.From, step.Options ?? NoOptions, isLast ? null : step.Wait ?? WorkflowStep.DefaultFlowWait,
        step.Condition == StepCondition.Read);

    // A verification's from is the sender of its messages. A call from a number that the backend names would have a code that it knows.
    private static string? From(RequestRecord request, WorkflowStep step) =>
        step.Channel == Channel.Call && request.Product != Products.FlashCall ? null : step.From ?? request.Content.From;

    /// <summary>Reads a provider's answer into the attempt, whatever else has happened to the request in between.</summary>
    public RequestRecord Answered(RequestRecord request, int number, IProvider provider, PlaceOutcome outcome, DateTimeOffset now)
    {
        var answered = outcome switch
        {
            PlaceOutcome.Accepted accepted => TestReports.AtOnce(
                AttemptLife.Accepted(
                    request,
                    number,
                    attempt => WithCaller(request, attempt, provider, accepted.From) with { Reference = accepted.Reference },
                    now),
                number,
                now),
            PlaceOutcome.Unclear unclear => AttemptLife.Unclear(
                request, number, attempt => WithCaller(request, attempt, provider, unclear.From) with { Reason = unclear.Reason }, now),
            PlaceOutcome.Rejected rejected => AttemptLife.Rejected(request, number, rejected.Reason, now),
            PlaceOutcome.NotSent notSent => AttemptLife.NotSent(request, number, notSent, now),
            _ => throw new UnreachableException(),
        };
        return RequestLife.EndIfDone(answered, now);
    }

    /// <summary>The number that will ring is kept before it does, so that its tail verifies even if the answer is lost.</summary>
    private AttemptRecord WithChosenCaller(RequestRecord request, AttemptRecord attempt, IProvider provider) =>
        provider is IChooseCallers pool
            ? WithCaller(request, attempt, provider, pool.CallerFor(For(AttemptLife.Add(request, attempt), request.Attempts.Count)))
            : attempt;

    /// <summary>Keeps what checks need of the number that rings, and of the number itself only what may be shown.</summary>
    private AttemptRecord WithCaller(RequestRecord request, AttemptRecord attempt, IProvider provider, string? caller)
    {
        if (caller is null || request.Content.Code is not { } code)
        {
            return attempt;
        }

        var shown = provider is IChooseCallers pool ? pool.ShownDigits(caller, code.Length) : caller.Length - code.Length;
        return attempt with
        {
            CallerHash = codes.CallerHash(request, caller),
            TailHash = attempt.CarriesOurCode ? null : codes.TailHash(request, caller),
            Caller = request.Product == Products.FlashCall ? caller : Masked(caller, shown),
        };
    }

    /// <summary>A number's prefix, or nothing of it, not even its length.</summary>
    private static string Masked(string caller, int shown) =>
        shown > 0 ? string.Concat("+", caller.AsSpan(0, shown), new string('*', caller.Length - shown)) : HiddenCaller;
}
