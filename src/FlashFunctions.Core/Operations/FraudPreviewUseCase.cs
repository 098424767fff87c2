using System.Collections.Concurrent;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;

namespace FlashFunctions.Core.Operations;

/// <summary>What a rule would have done.</summary>
/// <param name="Mode">Whether the settings enforce it.</param>
/// <param name="Requests">The requests in which it would have found something.</param>
/// <param name="Verified">Those among them that were verified: people whom it would have kept out.</param>
/// <param name="Sends">The attempts that were placed for them.</param>
public sealed record FraudPreviewRule(FraudRule Rule, FraudMode Mode, int Requests, int Verified, int Sends);

/// <summary>What the fraud guard would have done under other settings.</summary>
/// <param name="From">The time of the first request that was looked at.</param>
/// <param name="Requests">How many were looked at.</param>
/// <param name="IsCut">Whether there were more.</param>
/// <param name="Refused">Those that would have been refused.</param>
/// <param name="RefusedVerified">Those among them that were verified.</param>
/// <param name="SavedSends">The attempts that would not have been placed.</param>
/// <param name="Rules">By rule, those that would have found something.</param>
public sealed record FraudPreview(
    string Account, DateTimeOffset From, DateTimeOffset To, int Requests, bool IsCut, int Refused, int RefusedVerified, int SavedSends,
    IReadOnlyList<FraudPreviewRule> Rules);

/// <summary>
/// POST /manage/fraud/preview: goes through an account's latest requests as if other settings had counted. At most 5,000 requests of at
/// most 72 hours.
/// </summary>
public sealed class FraudPreviewUseCase(
    AccountDirectory accounts, RequestIndex index, RequestStore store, FraudGuard fraud, FraudCounters counters, ServiceKey key,
    TimeProvider time)
{
    private const int MostRequests = 5_000;
    private const int MostHours = 72;
    private const int AtOnce = 8;

    public async Task<Result<FraudPreview>> RunAsync(Fields fields, CancellationToken cancellationToken)
    {
        var id = fields.Text("account", Account.LongestId, required: true);
        var hours = fields.Integer("hours", 1, MostHours) ?? 24;
        var given = FraudInput.Read(fields, "fraud");
        fields.RefuseOthers("account", "hours", "fraud");
        if (fields.Problem is { } problem)
        {
            return problem;
        }

        if (await accounts.FindAsync(id!, cancellationToken) is not { } account)
        {
            return Problem.AccountNotFound;
        }

        var now = time.GetUtcNow();
        var requests = await ReadAsync(account.Id, now - TimeSpan.FromHours(hours), now, cancellationToken);
        var replay = new FraudReplay(given ?? account.Fraud ?? FraudPolicy.Default, key);
        var begin = requests.Count > 0 ? requests[0].CreatedAt : now;
        var countries = requests.Select(request => new FraudSubject(key, request).Country).Distinct();
        foreach (var (country, counts) in await counters.ReadAsync(countries, cancellationToken))
        {
            replay.Seed(country, counts, begin);
        }

        return await ReplayAsync(replay, account.Id, requests, begin, now, cancellationToken);
    }

    private async Task<FraudPreview> ReplayAsync(
        FraudReplay replay, string account, IReadOnlyList<RequestRecord> requests, DateTimeOffset begin, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var judged = new Dictionary<RequestId, FraudJudgement>();
        foreach (var (at, request, events) in requests.SelectMany(EventsOf).OrderBy(one => one.At))
        {
            if (events is null)
            {
                judged[request.Id] = replay.Judge(request, await fraud.OfStaticAsync(replay.Policy, request, cancellationToken), at);
            }
            else if (judged.TryGetValue(request.Id, out var judgement) && judgement.BlockOf(request) is null)
            {
                replay.Count(request, events, at);
            }
        }

        var refused = requests.Where(request => judged[request.Id].BlockOf(request) is not null).ToArray();
        return new FraudPreview(
            account, begin, now, requests.Count, requests.Count == MostRequests, refused.Length, refused.Count(IsVerified),
            requests.Sum(request => Sent(request).Count(attempt => judged[request.Id].BlockOf(request.Steps[attempt.Step]) is not null)),
            [.. requests
                .SelectMany(
                    request => judged[request.Id].Findings.DistinctBy(finding => (finding.Rule, finding.Mode)),
                    (request, finding) => (request, finding))
                .GroupBy(one => (one.finding.Rule, one.finding.Mode), one => one.request)
                .OrderBy(rule => rule.Key.Rule)
                .Select(rule => new FraudPreviewRule(
                    rule.Key.Rule, rule.Key.Mode, rule.Count(), rule.Count(IsVerified), rule.Sum(request => Sent(request).Count())))]);
    }

    /// <summary>The account's latest requests, oldest first.</summary>
    private async Task<IReadOnlyList<RequestRecord>> ReadAsync(
        string account, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var entries = new List<IndexEntry>();
        for (var hour = to; hour > from.AddHours(-1) && entries.Count < MostRequests; hour = hour.AddHours(-1))
        {
            entries.AddRange(await index.OfAccountAsync(account, hour, cancellationToken)
                .Where(entry => entry.CreatedAt >= from).Take(MostRequests - entries.Count).ToListAsync(cancellationToken));
        }

        var requests = new ConcurrentBag<RequestRecord>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(entries, options, async (entry, token) =>
        {
            if (await store.ReadAsync(entry.Request, token) is { Value: { IsTest: false, Steps.Count: > 0 } request })
            {
                requests.Add(request);
            }
        });
        return [.. requests.OrderBy(request => request.CreatedAt)];
    }

    /// <summary>A request is judged when it is made, its sends count when they start, and its codes when it ends.</summary>
    private static IEnumerable<(DateTimeOffset At, RequestRecord Request, FraudEvents? Events)> EventsOf(RequestRecord request)
    {
        yield return (request.CreatedAt, request, null);
        if (request.Verification is null)
        {
            yield break;
        }

        var open = request with
        {
            Verification = request.Verification with { Result = VerificationResult.Pending, WrongCodes = 0 },
            Attempts = [],
        };
        var sent = open with { Attempts = request.Attempts };
        if (Sent(request).FirstOrDefault() is { } first && FraudEvents.Of(open, sent, first.StartedAt) is { } sends)
        {
            yield return (first.StartedAt, request, sends);
        }

        var ended = request.EndedAt ?? request.Id.DueAt;
        if (FraudEvents.Of(sent, request, ended) is { } checks)
        {
            yield return (ended, request, checks);
        }
    }

    private static bool IsVerified(RequestRecord request) => request.Verification?.Result == VerificationResult.Verified;

    private static IEnumerable<AttemptRecord> Sent(RequestRecord request) =>
        request.Attempts.Where(attempt => attempt.MayHaveReachedThePhone);
}
