using System.Diagnostics;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Limits;

/// <summary>A rule that is met in a scope.</summary>
/// <param name="Limit">The limit, and how it was worked out.</param>
public sealed record FraudCandidate(FraudRule Rule, FraudScopeKey Key, string Seen, string Limit);

/// <summary>What an account's verifications to a country are like when nobody cheats.</summary>
/// <param name="Conversion">The share of sends that are verified.</param>
/// <param name="TimeToVerify">By when 95 % of the right codes have come: a send is mature from then on.</param>
public sealed record FraudBaseline(double Conversion, string Source, TimeSpan TimeToVerify)
{
    /// <summary>Under so many sends a conversion says nothing.</summary>
    public const int LeastSends = 50;

    /// <summary>What is assumed then.</summary>
    public const double Assumed = 0.3;

    /// <summary>What is assumed under 20 right codes.</summary>
    public static readonly TimeSpan AssumedTime = TimeSpan.FromSeconds(60);

    private const int LeastCodes = 20;

    /// <summary>A conversion of 0 or 1 would let nothing or everything through.</summary>
    private const double Lowest = 0.02;
    private const double Highest = 0.98;

    /// <summary>
    /// Works it out. The last day is left out of the conversion: what is judged by it must not move it, else an attack would explain
    /// itself.
    /// </summary>
    public static FraudBaseline Of(FraudCounts country, DateTimeOffset now)
    {
        var minute = TableKeys.Minute(now);
        var before = country.Sum(minute - ((FraudCounts.Days + 1) * FraudSlot.Day), minute - FraudSlot.Day);
        var isMeasured = before.Sends >= LeastSends;
        return new FraudBaseline(
            isMeasured ? Math.Clamp((double)before.Verified / before.Sends, Lowest, Highest) : Assumed,
            isMeasured ? $"{before.Verified} of {before.Sends} sends in 14 days" : "assumed under 50 sends",
            country.TimeToVerify(LeastCodes) ?? AssumedTime);
    }
}

/// <summary>
/// The rules of the fraud guard that count, as functions of what was counted. A day is the last 23 to 24 hours, in whole hours; an hour is
/// counted by the minute. What was counted before a rule's last block of a scope ended does not count there again.
/// </summary>
public static class FraudRules
{
    /// <summary>The chance at which a prefix with no verified send would be blocked by accident, for all prefixes together.</summary>
    public const double Alpha = 1e-4;

    private const int SequentialNumbers = 5;
    private const int WidestGap = 3;
    private const int DeviceNumbers = 5;
    private const int Countries = 3;
    private const int WrongCodes = 20;
    private const int WrongCodesOfAddress = 30;
    private const int UnverifiedOfAddress = 10;
    private const int UnverifiedOfCountry = 20;
    private const int UnverifiedInHour = 3;

    /// <summary>Where each rule looks for a request.</summary>
    public static IEnumerable<(FraudRule Rule, FraudScopeKey Key)> Places(FraudSubject subject) =>
    [
        .. subject.Prefixes.Select(prefix => (FraudRule.PrefixConversion, prefix)),
        (FraudRule.CountryUnverified, subject.Country),
        .. subject.Addresses.Select(address => (FraudRule.IpUnverified, address)),
        .. subject.Addresses.Select(address => (FraudRule.IpCountries, address)),
        .. subject.Prefixes.Take(1).Select(prefix => (FraudRule.Sequential, prefix)),
        .. subject.Device is { } device ? ((FraudRule, FraudScopeKey)[])[(FraudRule.Device, device)] : [],
        .. subject.IsVerification
            ? subject.Addresses.Take(1).Append(subject.OfAccount).Concat(subject.Prefixes).Select(key => (FraudRule.WrongCodes, key))
            : [],
    ];

    /// <summary>The same of those rules that an account has not switched off.</summary>
    public static IEnumerable<(FraudRule Rule, FraudScopeKey Key)> Places(FraudPolicy policy, FraudSubject subject) =>
        Places(subject).Where(place => policy.ModeOf(place.Rule, place.Key.Scope) != FraudMode.Off);

    /// <summary>The rules, of those that the policy does not switch off, that are met by what was counted.</summary>
    /// <param name="endOf">
    /// From when on a rule's sends in a scope count, after its last block there; null where there was none within a day.
    /// </param>
    public static IEnumerable<FraudCandidate> Find(
        FraudPolicy policy, FraudSubject subject, Func<FraudScopeKey, FraudCounts> counts,
        Func<FraudRule, FraudScopeKey, DateTimeOffset?> endOf, DateTimeOffset now)
    {
        var baseline = FraudBaseline.Of(counts(subject.Country), now);
        var prefixes = PrefixSketch.Count(counts(subject.OfAccount).Prefixes);
        foreach (var (rule, key) in Places(policy, subject))
        {
            var (ended, minute) = (endOf(rule, key) is { } end ? TableKeys.Minute(end) : 0, TableKeys.Minute(now));
            var (hour, day) = (Math.Max(minute - FraudSlot.Hour, ended), Math.Max(minute - FraudSlot.Day, ended));
            var (of, limit, mature) = (counts(key), policy.LimitOf(rule), Mature(baseline, now));
            var met = rule switch
            {
                FraudRule.PrefixConversion => PrefixConversion(of, baseline, prefixes, day, mature, limit),
                FraudRule.CountryUnverified => CountryUnverified(of, baseline, hour, day, now, limit),
                FraudRule.IpUnverified => IpUnverified(of, baseline, day, mature, limit),
                FraudRule.IpCountries => IpCountries(of, day, minute + 1, limit),
                FraudRule.Sequential => Sequential(of, subject.Mark, hour, limit),
                FraudRule.Device => Device(of, subject.Mark()!, day, limit),
                FraudRule.WrongCodes when key.Scope == FraudScope.Ip => WrongCodesOf(of, hour, minute + 1, limit ?? WrongCodesOfAddress),
                FraudRule.WrongCodes => TooManyWrongCodes(of, hour, minute + 1, limit ?? WrongCodes),
                _ => throw new UnreachableException(),
            };
            if (met is not null)
            {
                yield return new FraudCandidate(rule, key, met.Seen, met.Limit);
            }
        }
    }

    /// <summary>
    /// Of n sends, those unverified ones that a conversion of p does not explain: unverified − n(1 − p) − 4√(n·p·(1 − p)).
    /// </summary>
    public static double Unexplained(long sends, long verified, double p) =>
        sends - verified - (sends * (1 - p)) - (4 * Math.Sqrt(sends * p * (1 - p)));

    /// <summary>The sends after which none verified is no accident any more: ln(α) / ln(1 − p), rounded up.</summary>
    public static long MostWithoutVerified(double p, double alpha) => (long)Math.Ceiling(Math.Log(alpha) / Math.Log(1 - p));

    /// <summary>
    /// The chance that the conversion behind n sends with v verified is at least q, starting from a uniform prior: the upper tail of Beta(v
    /// + 1, n − v + 1), which is a sum over the binomial distribution.
    /// </summary>
    public static double ChanceOfAtLeast(double q, long sends, long verified)
    {
        var term = (sends + 1) * Math.Log(1 - q);
        var sum = 0.0;
        for (var hits = 0L; hits <= verified; hits++)
        {
            sum += Math.Exp(term);
            term += Math.Log((double)(sends + 1 - hits) / (hits + 1)) + Math.Log(q / (1 - q));
        }

        return sum;
    }

    /// <summary>Hardly any send to a prefix is verified.</summary>
    public static Met? PrefixConversion(FraudCounts prefix, FraudBaseline baseline, double prefixes, long from, long mature, int? limit)
    {
        var sum = prefix.Sum(from, mature);
        var (p, alpha) = (baseline.Conversion, Alpha / Math.Max(1, Math.Round(prefixes)));
        if (sum.Verified == 0)
        {
            var most = limit ?? MostWithoutVerified(p, alpha);
            var why = limit is null
                ? Text($": ln({alpha:0.##E-0})/ln(1-{p:0.###}), conversion {p:0.###} ({baseline.Source})")
                : ", as the account set it";
            return sum.Sends < most ? null : new Met(
                $"0 of {sum.Sends} sends verified in a day", $"fewer than {most} without a verified one{why}");
        }

        var quarter = p / 4;
        return sum.Verified >= quarter * sum.Sends || ChanceOfAtLeast(quarter, sum.Sends, sum.Verified) >= alpha ? null : new Met(
            $"{sum.Verified} of {sum.Sends} sends verified in a day",
            Text($"a conversion that may be {quarter:0.###} or more (a quarter of {p:0.###}, {baseline.Source})")
                + Text($" but for a chance of {alpha:0.##E-0}"));
    }

    /// <summary>More sends to a country go unverified than the account's own conversion there explains, in an hour or a day.</summary>
    public static Met? CountryUnverified(FraudCounts country, FraudBaseline baseline, long hour, long day, DateTimeOffset now, int? limit)
    {
        var mature = Mature(baseline, now);
        var (inDay, inHour) = (country.Sum(day, mature), country.Sum(hour, mature));
        var (floor, best) = (limit ?? UnverifiedOfCountry, country.BestDay(now));
        var most = Math.Max(floor, 0.2 * Math.Max(best, inDay.Verified));
        var least = Math.Min(UnverifiedInHour, floor);
        var mostInHour = Math.Max(least, Math.Max(most / 6, 0.2 * inHour.Verified));
        var ofHour = Text($"max({least}, a sixth of {most:0.#}, 0.2 × {inHour.Verified} verified)");
        return Over(inHour, baseline, mostInHour, "an hour", ofHour)
            ?? Over(
                inDay, baseline, most, "a day", $"max({floor}, 0.2 × {best} verified on the best day, 0.2 × {inDay.Verified} verified)");
    }

    /// <summary>The same of an IP address or its network, in a day.</summary>
    public static Met? IpUnverified(FraudCounts address, FraudBaseline baseline, long from, long mature, int? limit)
    {
        var sum = address.Sum(from, mature);
        var floor = limit ?? UnverifiedOfAddress;
        return Over(sum, baseline, Math.Max(floor, 0.2 * sum.Verified), "a day", $"max({floor}, 0.2 × {sum.Verified} verified)");
    }

    /// <summary>An address sends to several countries in a day, and nothing from it is verified.</summary>
    public static Met? IpCountries(FraudCounts address, long from, long to, int? limit)
    {
        var countries = address.Marks.Count(mark => mark.Minute >= from);
        return countries >= (limit ?? Countries) && address.Sum(from, to).Verified == 0
            ? new Met($"{countries} countries in a day, none verified", $"fewer than {limit ?? Countries} without a verified send")
            : null;
    }

    /// <summary>The number goes on where several that follow each other were sent to within an hour, none of them verified.</summary>
    public static Met? Sequential(FraudCounts prefix, Func<long, string?> markAt, long from, int? limit)
    {
        var least = limit ?? SequentialNumbers;
        var sent = prefix.Marks.Where(mark => mark.Minute >= from && !mark.Verified).Select(mark => mark.Value).ToHashSet(
            StringComparer.Ordinal);
        if (sent.Count < least)
        {
            return null;
        }

        var found = IsSent(0) ? 1 : 0;
        foreach (var direction in (ReadOnlySpan<int>)[1, -1])
        {
            for (var (at, gap) = (0, 1); gap <= WidestGap && found < least; gap++)
            {
                if (IsSent(direction * (at + gap)))
                {
                    (found, at, gap) = (found + 1, at + gap, 0);
                }
            }
        }

        return found < least ? null : new Met(
            $"{found} numbers in an hour with gaps of at most {WidestGap}, none verified",
            $"fewer than {least} of them without a verified one");

        bool IsSent(int offset) => markAt(offset) is { } mark && sent.Contains(mark);
    }

    /// <summary>Many wrong codes in an account or a prefix within an hour: 20, and a tenth of the checks.</summary>
    public static Met? TooManyWrongCodes(FraudCounts counts, long from, long to, int limit)
    {
        var sum = counts.Sum(from, to);
        var most = limit + (0.1 * sum.Checks);
        return sum.Wrong > most
            ? new Met($"{sum.Wrong} wrong codes in an hour", Text($"{most:0.#}: {limit} and 10 % of {sum.Checks} checks"))
            : null;
    }

    /// <summary>Most of an IP address's codes within an hour are wrong.</summary>
    public static Met? WrongCodesOf(FraudCounts address, long from, long to, int limit)
    {
        var sum = address.Sum(from, to);
        return sum.Wrong >= limit && 2 * sum.Wrong > sum.Checks
            ? new Met($"{sum.Wrong} wrong codes in an hour", $"{limit}, where they are more than half of {sum.Checks} checks")
            : null;
    }

    /// <summary>A device asks for one more number than it may in a day.</summary>
    public static Met? Device(FraudCounts device, string mark, long from, int? limit)
    {
        var numbers = device.Marks.Where(known => known.Minute >= from).ToArray();
        return numbers.Length >= (limit ?? DeviceNumbers) && !Array.Exists(numbers, known => known.Value == mark)
            ? new Met($"{numbers.Length} numbers in a day, and this one", $"{limit ?? DeviceNumbers} numbers in a day")
            : null;
    }

    private static Met? Over(FraudSlot sum, FraudBaseline baseline, double most, string window, string limit)
    {
        var p = baseline.Conversion;
        var unexplained = Unexplained(sum.Sends, sum.Verified, p);
        return unexplained <= most ? null : new Met(
            Text($"{unexplained:0.#} unexplained of {sum.Sends - sum.Verified} unverified and {sum.Sends} sends in {window}")
                + Text($", conversion {p:0.###} ({baseline.Source})"),
            Text($"{most:0.#} in {window}: {limit}"));
    }

    private static long Mature(FraudBaseline baseline, DateTimeOffset now) => TableKeys.Minute(now - baseline.TimeToVerify);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>A rule that is met: what was seen, and the limit.</summary>
    public sealed record Met(string Seen, string Limit);
}
