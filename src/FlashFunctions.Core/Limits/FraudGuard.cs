using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;

namespace FlashFunctions.Core.Limits;

/// <summary>What the fraud guard says of a request.</summary>
/// <param name="Findings">What its rules found, in their order.</param>
public sealed record FraudJudgement(IReadOnlyList<FraudFinding> Findings)
{
    public static FraudJudgement Clear { get; } = new([]);

    /// <summary>What keeps a step from being sent; null: nothing.</summary>
    public FraudFinding? BlockOf(WorkflowStep step) => Findings.FirstOrDefault(finding => ChannelsOf(step).Any(finding.Blocks));

    /// <summary>What keeps every step from being sent; null where one may be.</summary>
    public FraudFinding? BlockOf(RequestRecord request) =>
        request.Steps.Count > 0 && request.Steps.All(step => BlockOf(step) is not null) ? BlockOf(request.Steps[0]) : null;

    /// <summary>The first step, from that one on, that may be sent; that one itself where none may.</summary>
    public WorkflowStep FirstAllowed(RequestRecord request, int from) =>
        request.Steps.Skip(from).FirstOrDefault(step => BlockOf(step) is null) ?? request.Steps[from];

    /// <summary>A flow that is handed to a provider sends what its messages do.</summary>
    internal static IEnumerable<Channel> ChannelsOf(WorkflowStep step) =>
        step.Flow is { } flow ? flow.Select(message => message.Channel) : [step.Channel];
}

/// <summary>
/// The fraud guard: what keeps people from earning by calls and messages to numbers they control, from guessing at many numbers, and from
/// having expensive numbers called. Each rule is off, observes or is enforced, by account; operators' allow lists win over all of them. A
/// test number is judged by its outcome alone.
/// </summary>
public sealed class FraudGuard(
    FraudLists lists, FraudCounters counters, FraudBlocks blocks, FraudDecisions decisions, NumberPlan plan, ServiceKey key,
    IOptions<GuardOptions> options, TimeProvider time)
{
    private static readonly Channel[] Messages = [Channel.Sms, Channel.Push, Channel.Viber, Channel.Rcs];
    private static readonly Channel[] AllButCalls = [.. Enum.GetValues<Channel>().Where(channel => channel != Channel.Call)];

    private readonly string[] _blocked = [.. options.Value.BlockedList];

    /// <summary>
    /// Judges a new request by every rule but the provider's. A round trip for each scope that this instance has not read for five seconds,
    /// at most eight, side by side; what it finds is noted in the log of decisions.
    /// </summary>
    public async Task<FraudJudgement> JudgeAsync(Account? account, RequestRecord request, CancellationToken cancellationToken)
    {
        if (OfTest(request) is { } test)
        {
            return test;
        }

        var policy = account?.Fraud ?? FraudPolicy.Default;
        if (await OfStaticAsync(policy, request, cancellationToken) is not { } found)
        {
            return FraudJudgement.Clear;
        }

        var (subject, now, known) = (new FraudSubject(key, request), time.GetUtcNow(), await blocks.CurrentAsync(cancellationToken));
        found.AddRange(OfOperators(known, subject, now));
        if (IsJudgedByCounts(request) && FraudRules.Places(policy, subject).Any())
        {
            found.AddRange(Blocks(policy, subject, known.Of, now));
            await blocks.ChangeModesAsync(policy, known, subject, cancellationToken);
            var counts = await counters.ReadAsync(subject.Scopes, cancellationToken);
            foreach (var candidate
                in FraudRules.Find(policy, subject, scope => counts[scope], (rule, scope) => known.Of(rule, scope)?.CountsFrom, now))
            {
                var mode = policy.ModeOf(candidate.Rule, candidate.Key.Scope);
                found.Add(Of(policy, await blocks.RaiseAsync(known, candidate, mode, cancellationToken)));
            }
        }

        var judgement = new FraudJudgement(found);
        var isRefused = judgement.BlockOf(request) is not null;
        found.ForEach(finding => decisions.Note(request, finding, isRefused));

        return judgement;
    }

    /// <summary>
    /// What keeps a step of an accepted request from being sent now: what was found when it was accepted, as long as that lasts, lists, and
    /// blocks since then. Blocks for wrong codes do not: what is live may go on. No round trip, but once a minute.
    /// </summary>
    public async ValueTask<FraudJudgement> LookAsync(Account? account, RequestRecord request, CancellationToken cancellationToken)
    {
        if (OfTest(request) is { } test)
        {
            return test;
        }

        var policy = account?.Fraud ?? FraudPolicy.Default;
        if (await OfStaticAsync(policy, request, cancellationToken) is not { } found)
        {
            return FraudJudgement.Clear;
        }

        var (subject, now, known) = (new FraudSubject(key, request), time.GetUtcNow(), await blocks.CurrentAsync(cancellationToken));
        found.AddRange(OfOperators(known, subject, now));
        if (IsJudgedByCounts(request))
        {
            found.AddRange(Blocks(policy, subject, known.Of, now).Where(finding => finding.Rule != FraudRule.WrongCodes));
        }

        return new FraudJudgement([.. found, .. (request.Fraud ?? []).Where(finding => LastsOn(finding, known, subject, now))]);
    }

    /// <summary>Messages have limits of their own; people whom the account knows do not pay for what strangers do.</summary>
    internal static bool IsJudgedByCounts(RequestRecord request) => request is { CountsSends: true, IsTrusted: false };

    /// <summary>A test number is judged by its outcome alone; null for a real one.</summary>
    private static FraudJudgement? OfTest(RequestRecord request) => request.Test switch
    {
        null => null,
        { Outcome: TestOutcome.Blocked } =>
            new FraudJudgement(
                [new FraudFinding(FraudRule.List, FraudScope.Number, FraudMode.Enforce, "a test number", "plays a blocked number")]),
        _ => FraudJudgement.Clear,
    };

    /// <summary>
    /// What the rules that need no count find: lists, the number's type, the account's countries. Null: an allow list has the request.
    /// </summary>
    internal async ValueTask<List<FraudFinding>?> OfStaticAsync(
        FraudPolicy policy, RequestRecord request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var entries = (await lists.CurrentAsync(cancellationToken)).Where(entry => entry.Matches(request, now)).ToArray();
        if (Array.Exists(entries, entry => entry.Allows))
        {
            return null;
        }

        FraudFinding?[] found = [OfLists(policy, request, entries), OfNumberType(policy, request), .. OfCountries(policy, request)];
        return [.. found.OfType<FraudFinding>()];
    }

    private static IEnumerable<FraudFinding> OfOperators(FraudBlockSet known, FraudSubject subject, DateTimeOffset now) =>
        known.OfOperators(subject, now).Select(
            block => new FraudFinding(block.Rule, block.Scope, FraudMode.Enforce, block.Seen, block.Limit, block.Until)
            {
                About = block.Shown,
            });

    /// <summary>The blocks of a request's scopes that count, under an account's settings.</summary>
    internal static IEnumerable<FraudFinding> Blocks(
        FraudPolicy policy, FraudSubject subject, Func<FraudRule, FraudScopeKey, FraudBlock?> known, DateTimeOffset now) =>
        FraudRules.Places(policy, subject)
            .Select(place => known(place.Rule, place.Key))
            .Where(block => block?.IsActive(now) == true)
            .Select(block => Of(policy, block!));

    private static FraudFinding Of(FraudPolicy policy, FraudBlock block) =>
        Finding(policy, block.Rule, block.Scope, block.Seen, block.Limit) with
        {
            Mode = policy.ModeOf(block.Rule, block.Scope),
            Until = block.Until,
            About = block.Shown,
        };

    private FraudFinding? OfLists(FraudPolicy policy, RequestRecord request, FraudListEntry[] entries)
    {
        var mode = policy.ModeOf(FraudRule.List);
        if (mode == FraudMode.Off)
        {
            return null;
        }

        if (Array.Find(entries, entry => !entry.Allows) is { } entry)
        {
            var seen = entry.Scope == FraudScope.Number ? request.Number.ToString() : entry.Value;
            return Finding(policy, FraudRule.List, entry.Scope, seen, "is on the block list") with { Until = entry.Until };
        }

        return Array.Find(_blocked, prefix => request.Number.Digits.StartsWith(prefix, StringComparison.Ordinal)) is { } blocked
            ? Finding(policy, FraudRule.List, FraudScope.Prefix, $"+{blocked}", "is among Guard:BlockedPrefixes")
            : null;
    }

    private FraudFinding? OfNumberType(FraudPolicy policy, RequestRecord request)
    {
        if (policy.ModeOf(FraudRule.NumberType) == FraudMode.Off || plan.Locate(request.Number) is not { } place)
        {
            return null;
        }

        return place.Type switch
        {
            NumberType.Premium or NumberType.SharedCost or NumberType.Satellite or NumberType.UniversalAccess or NumberType.Pager =>
                Against("no premium, shared_cost, satellite, universal_access or pager number"),
            NumberType.Fixed when place.IsAssigned => Against("messages go to mobile numbers only") with { Channels = Messages },
            _ => null,
        };

        FraudFinding Against(string limit) =>
            Finding(policy, FraudRule.NumberType, FraudScope.Number, FraudFinding.NameOf(place.Type), limit);
    }

    private static IEnumerable<FraudFinding> OfCountries(FraudPolicy policy, RequestRecord request) =>
        policy.ModeOf(FraudRule.Country) == FraudMode.Off ? [] : Enum.GetValues<Channel>()
            .Select(channel => (Channel: channel, Allowed: policy.Countries.GetValueOrDefault(ApiNames.Of(channel))))
            .Where(method => method.Allowed is { Count: > 0 } allowed && !allowed.Contains(request.Country, StringComparer.Ordinal))
            .Where(method => request.Steps.Any(step => FraudJudgement.ChannelsOf(step).Contains(method.Channel)))
            .Select(method => Finding(
                policy, FraudRule.Country, FraudScope.Country, request.Country,
                $"{ApiNames.Of(method.Channel)} to {string.Join(", ", method.Allowed!)}") with
            { Channels = [method.Channel] });

    /// <summary>What a rule finds, with what the account has it do.</summary>
    internal static FraudFinding Finding(FraudPolicy policy, FraudRule rule, FraudScope scope, string seen, string limit) =>
        new(rule, scope, policy.ModeOf(rule), seen, limit, Channels: policy.ActionOf(rule) == FraudAction.CallOnly ? AllButCalls : null);

    /// <summary>
    /// Whether what was found when a request was accepted still counts by itself: a provider's word, and a rule's finding that no block
    /// stands for, since the store did not take one. A block says itself whether it was lifted and whether its rule is enforced now.
    /// </summary>
    private static bool LastsOn(FraudFinding finding, FraudBlockSet known, FraudSubject subject, DateTimeOffset now) =>
        finding.Rule == FraudRule.Upstream
        || (finding.Until > now
            && FraudRules.Places(subject).Where(place => place.Rule == finding.Rule && place.Key.Scope == finding.Scope).ToArray()
                is { Length: > 0 } places
            && !Array.Exists(places, place => known.Of(place.Rule, place.Key) is not null));
}
