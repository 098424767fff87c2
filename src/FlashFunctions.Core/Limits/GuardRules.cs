using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace FlashFunctions.Core.Limits;

/// <summary>What is remembered of one number within an account. Times are unix milliseconds.</summary>
public sealed record GuardState
{
    /// <summary>The last call of verify or next that was let through.</summary>
    public long LastCall { get; init; }

    /// <summary>When attempts were counted, oldest first.</summary>
    public ImmutableArray<long> Sends { get; init; } = [];

    /// <summary>When messages, spoken texts and look-ups were counted, oldest first.</summary>
    public ImmutableArray<long> Messages { get; init; } = [];

    public ImmutableArray<WrongCodes> Wrong { get; init; } = [];

    /// <summary>The verification that was started last, which may have ended since.</summary>
    public string? Live { get; init; }

    /// <summary>The same of people whom the account knows; null: nothing. Its messages are counted above, with all others.</summary>
    public GuardState? Trusted { get; init; }
}

/// <summary>The wrong codes that one request has taken, and when the last of them came.</summary>
public sealed record WrongCodes(string Request, int Count, long At);

/// <summary>Rules 2 and 3 as functions of what is remembered of a number and the time.</summary>
public static class GuardRules
{
    /// <summary>How far the longest window reaches back.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private static readonly long Day = (long)Longest.TotalMilliseconds;
    private static readonly long TenMinutes = (long)TimeSpan.FromMinutes(10).TotalMilliseconds;

    /// <summary>Forgets what no window reaches any more.</summary>
    public static GuardState Trim(GuardState state, long now) => state with
    {
        Sends = state.Sends.IsDefault ? [] : state.Sends.RemoveAll(at => at <= now - Day),
        Messages = state.Messages.IsDefault ? [] : state.Messages.RemoveAll(at => at <= now - Day),
        Wrong = state.Wrong.IsDefault ? [] : state.Wrong.RemoveAll(wrong => wrong.At <= now - Day),
        Trusted = state.Trusted is { } trusted ? Trim(trusted, now) : null,
    };

    /// <summary>Wrong codes within 24 hours.</summary>
    public static int WrongCount(GuardState state) => state.Wrong.Sum(wrong => wrong.Count);

    /// <summary>Null, or the refusal: the number has used up its wrong codes (rule 2).</summary>
    public static Problem? CheckWrongCodes(GuardState state, long now, GuardOptions limits)
    {
        var count = WrongCount(state);
        if (count < limits.WrongCodesPerDay)
        {
            return null;
        }

        var oldestFirst = state.Wrong.Sort((left, right) => left.At.CompareTo(right.At));
        var freesAt = now;
        foreach (var wrong in oldestFirst.TakeWhile(_ => count >= limits.WrongCodesPerDay))
        {
            count -= wrong.Count;
            freesAt = wrong.At + Day;
        }

        return Problem.TooManyWrongCodes(TimeSpan.FromMilliseconds(freesAt - now));
    }

    /// <summary>Null, or the refusal: verify and next come too soon after each other (rule 3).</summary>
    public static Problem? CheckCoolDown(GuardState state, long now, GuardOptions limits)
    {
        var over = state.LastCall + (limits.CoolDownSeconds * 1000L);
        return state.LastCall == 0 || now >= over
            ? null
            : Problem.TooManyRequests(
                TimeSpan.FromMilliseconds(over - now), "number", $"was tried less than {limits.CoolDownSeconds} seconds ago");
    }

    /// <summary>Null, or the refusal: the number's send budget is used up (rule 3).</summary>
    public static Problem? CheckSends(GuardState state, long now, GuardOptions limits) =>
        Later(
            CheckWindow(state.Sends.Where(at => at > now - TenMinutes), limits.SendsPerTenMinutes, TenMinutes, now),
            CheckWindow(state.Sends, limits.SendsPerDay, Day, now));

    /// <summary>When verify or next may be called again, by cool-down and send budget both: now, or later.</summary>
    public static long NextAllowedAt(GuardState state, long now, GuardOptions limits)
    {
        Problem?[] refusals = [CheckCoolDown(state, now, limits), CheckSends(state, now, limits)];
        return now + (long)refusals.Max(refusal => refusal?.RetryAfter?.TotalMilliseconds ?? 0);
    }

    public static GuardState AddSend(GuardState state, long now) => state with { Sends = state.Sends.Add(now) };

    /// <summary>Takes a send back that was counted at that time and never placed.</summary>
    public static GuardState RemoveSend(GuardState state, long at) => state with { Sends = state.Sends.Remove(at) };

    /// <summary>Null, or what the fraud guard found: the number has had its messages. It frees by itself.</summary>
    public static FraudFinding? CheckMessages(GuardState state, long now, MessageLimits limits) =>
        Later(
            CheckMessages([.. state.Messages.Where(at => at > now - TenMinutes)], limits.PerTenMinutes, TenMinutes, limits.Mode),
            CheckMessages(state.Messages, limits.PerDay, Day, limits.Mode));

    /// <summary>Counts one message. No limit needs more than the latest <see cref="FraudOptions.MostMessages"/>.</summary>
    public static GuardState AddMessage(GuardState state, long now) =>
        state with { Messages = [.. state.Messages.TakeLast(FraudOptions.MostMessages - 1), now] };

    /// <summary>Takes a message back that was counted at that time and never sent.</summary>
    public static GuardState RemoveMessage(GuardState state, long at) => state with { Messages = state.Messages.Remove(at) };

    /// <summary>Sets how many wrong codes a request has taken; the same count twice changes nothing, and it never falls.</summary>
    public static GuardState SetWrong(GuardState state, string request, int count, long now)
    {
        var known = state.Wrong.FirstOrDefault(wrong => wrong.Request == request);
        return count == 0 || known?.Count >= count
            ? state
            : state with { Wrong = state.Wrong.RemoveAll(wrong => wrong.Request == request).Add(new WrongCodes(request, count, now)) };
    }

    /// <summary>Of two windows that are full, the one that frees later: before that nothing is let through.</summary>
    private static Problem? Later(Problem? one, Problem? other) => one?.RetryAfter >= (other?.RetryAfter ?? TimeSpan.Zero) ? one : other;

    private static Problem? CheckWindow(IEnumerable<long> sends, int limit, long window, long now)
    {
        ImmutableArray<long> counted = [.. sends];
        return counted.Length < limit
            ? null
            : Problem.TooManyRequests(
                TimeSpan.FromMilliseconds(counted[^limit] + window - now), "number",
                $"has had {limit} calls or messages in {NameOf(window)}");
    }

    private static FraudFinding? CheckMessages(ImmutableArray<long> counted, int limit, long window, FraudMode mode) =>
        counted.Length < limit
            ? null
            : new FraudFinding(
                FraudRule.Messages, FraudScope.Number, mode, $"{counted.Length}", $"{limit} in {NameOf(window)}",
                DateTimeOffset.FromUnixTimeMilliseconds(counted[^limit] + window));

    private static string NameOf(long window) => window == Day ? "24 hours" : "10 minutes";

    private static FraudFinding? Later(FraudFinding? one, FraudFinding? other) => one?.Until >= (other?.Until ?? default) ? one : other;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(FraudCounts))]
[JsonSerializable(typeof(GuardState))]
internal sealed partial class GuardJson : JsonSerializerContext;
