using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Limits;

/// <summary>What a change of a request comes to, for the fraud guard.</summary>
/// <param name="Sends">The minutes at which attempts started that are placed now and were not before.</param>
/// <param name="Verified">The minutes of those attempts whose verification is verified now and was not before.</param>
/// <param name="Checks">Codes that were checked.</param>
/// <param name="Wrong">Those that were wrong.</param>
/// <param name="Delay">From the last send to the right code; null where there was none.</param>
/// <param name="At">The minute of the change.</param>
public sealed record FraudEvents(IReadOnlyList<long> Sends, IReadOnlyList<long> Verified, int Checks, int Wrong, TimeSpan? Delay, long At)
{
    /// <summary>What there is to count; null: nothing. Only verifications have a result, so that nothing else is counted.</summary>
    public static FraudEvents? Of(RequestRecord before, RequestRecord after, DateTimeOffset now)
    {
        if (after.IsTest || after.Verification is not { } state)
        {
            return null;
        }

        var sends = after.Attempts
            .Where((attempt, index) => IsSent(attempt) && !(index < before.Attempts.Count && IsSent(before.Attempts[index])))
            .Select(attempt => FraudCounts.MinuteOf(attempt.StartedAt))
            .ToArray();
        var isVerified = state.Result == VerificationResult.Verified;
        var isNew = isVerified && before.Verification?.Result != VerificationResult.Verified;
        var verified =
            isNew ? [.. after.Attempts.Where(IsSent).Select(attempt => FraudCounts.MinuteOf(attempt.StartedAt))] : isVerified ? sends : [];
        var wrong = Math.Max(0, state.WrongCodes - (before.Verification?.WrongCodes ?? 0));
        var checks = wrong + (isNew ? 1 : 0);
        return sends.Length + verified.Length + checks == 0 ? null : new FraudEvents(
            sends, verified, checks, wrong,
            isNew && after.Attempts.LastOrDefault(IsSent) is { } last ? after.EndedAt - last.StartedAt : null, FraudCounts.MinuteOf(now));
    }

    /// <summary>What it adds to each scope.</summary>
    public IEnumerable<(FraudScopeKey Key, FraudCounts Counts)> By(FraudSubject subject)
    {
        var slots = FraudCounts.None with { Slots = [.. Slots()] };
        var latest = Sends.Concat(Verified).DefaultIfEmpty(0).Max();
        FraudCounts Marked(string value) => latest == 0 ? slots : slots with { Marks = [new FraudMark(value, latest, Verified.Count > 0)] };

        foreach (var prefix in subject.Prefixes)
        {
            yield return (prefix, prefix == subject.Prefixes[0] ? Marked(subject.Mark()!) : slots);
        }

        foreach (var address in subject.Addresses)
        {
            yield return (address, Marked(subject.Country.Value));
        }

        if (subject.Device is { } device)
        {
            yield return (device, Marked(subject.Mark()!));
        }

        yield return (subject.Country, Delay is { } delay ? slots with { Delays = FraudCounts.OfDelay(delay).Delays } : slots);
        yield return (subject.OfAccount, Sends.Count > 0
            ? slots with { Prefixes = PrefixSketch.Of(subject.Prefixes.Select(prefix => prefix.Value), latest / FraudSlot.Day) }
            : slots);
    }

    private IEnumerable<FraudSlot> Slots() =>
    [
        .. Sends.Select(minute => new FraudSlot { Start = minute, Sends = 1 }),
        .. Verified.Select(minute => new FraudSlot { Start = minute, Verified = 1 }),
        .. Checks > 0 ? (FraudSlot[])[new FraudSlot { Start = At, Checks = Checks, Wrong = Wrong }] : [],
    ];

    private static bool IsSent(AttemptRecord attempt) => attempt.State is AttemptState.Placed or AttemptState.Unclear;
}
