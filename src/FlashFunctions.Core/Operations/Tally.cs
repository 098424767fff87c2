using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Providers.Learning;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Statistics;

namespace FlashFunctions.Core.Operations;

/// <summary>Counts the attempts of requests that are over by provider, method, country and mobile operator.</summary>
public static class Tally
{
    /// <summary>Adds the attempts of a request. Test numbers do not count.</summary>
    public static void Add(RouteTally tally, RequestRecord request)
    {
        if (request.IsTest || request.Attempts.Count == 0)
        {
            return;
        }

        var network = NumberPlan.Instance.OperatorOf(request.Number) ?? "";
        var told = request.MccMnc is { Length: 5 or 6 } digits && digits.All(char.IsAsciiDigit) ? digits : "";
        var credited = CreditedAttempt(request);
        foreach (var (number, attempt) in request.Attempts.Index())
        {
            if (attempt.Provider is { } provider)
            {
                var method = ApiNames.Of(request.Steps[attempt.Step].Channel);
                Count(
                    tally.Of(new RouteKey(provider, method, request.Country, network, told)),
                    request,
                    attempt,
                    isCredited: number == credited);
            }
        }
    }

    /// <summary>Adds what the attempts of a verification teach of their routes. Test numbers teach nothing.</summary>
    public static void Teach(RouteLessons lessons, RequestRecord request)
    {
        if (request.IsTest || request.Verification is null)
        {
            return;
        }

        var network = NumberPlan.Instance.OperatorOf(request.Number) ?? "";
        var credited = CreditedAttempt(request);
        foreach (var (number, attempt) in request.Attempts.Index().Where(attempt => attempt.Item.MayHaveReachedThePhone))
        {
            var step = request.Steps[attempt.Step];
            var route = new RouteKey(attempt.Provider!, ApiNames.Of(step.Channel), request.Country, network);
            var lesson = lessons.Of(route);
            lesson.Known++;
            if (number == credited)
            {
                lesson.Verified++;
                if (step.Wait is null && LearnedWaits.KeepsDefault(request.Id.Text))
                {
                    lesson.Seconds.Add(request.EndedAt!.Value - attempt.StartedAt);
                }
            }

            if (attempt.Choice is { Exploring: false, Candidates: [var first, ..] } choice && first.Provider == attempt.Provider)
            {
                lessons.Add(new RouteLead(route, attempt.StartedAt, choice.Candidates));
            }
        }
    }

    /// <summary>
    /// The attempt that a verification owes its result to; of one that ended before attempts were credited, the last that was placed.
    /// </summary>
    private static int? CreditedAttempt(RequestRecord request) => request.Verification switch
    {
        { Result: VerificationResult.Verified, CreditedAttempt: { } credited } => credited,
        { Result: VerificationResult.Verified } => request.Attempts.ToList().FindLastIndex(attempt => attempt.MayHaveReachedThePhone),
        _ => null,
    };

    private static void Count(RouteCounts counts, RequestRecord request, AttemptRecord attempt, bool isCredited)
    {
        if (!attempt.MayHaveReachedThePhone)
        {
            counts.NotSent++;
            return;
        }

        counts.Placed++;
        counts.Unclear += attempt.State is AttemptState.Unclear or AttemptState.Starting ? 1 : 0;
        counts.Rang += attempt.Outcome == CallOutcome.Rang ? 1 : 0;
        counts.Answered += attempt.Outcome == CallOutcome.Answered ? 1 : 0;
        counts.Declined += attempt.Outcome == CallOutcome.Declined ? 1 : 0;
        counts.Unreachable += attempt.Outcome == CallOutcome.Unreachable ? 1 : 0;
        counts.Refused += attempt.Outcome == CallOutcome.Refused ? 1 : 0;
        counts.Delivered += attempt.Status is TransportStatus.Delivered or TransportStatus.Read ? 1 : 0;
        counts.Undelivered += AttemptLife.IsFailure(attempt.Status) ? 1 : 0;
        counts.Verifiable += request.Verification is not null ? 1 : 0;
        counts.Priced += attempt.Price is null ? 0 : 1;
        counts.Price += attempt.Price ?? 0;
        if (isCredited)
        {
            counts.Verified++;
            counts.Seconds.Add(request.EndedAt!.Value - attempt.StartedAt);
        }
    }
}
