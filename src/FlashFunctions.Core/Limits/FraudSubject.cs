using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Limits;

/// <summary>Where the fraud guard counts, within an account.</summary>
/// <param name="Value">A prefix or country in clear, the account itself, or a keyed hash of an IP address, a network or a device.</param>
public readonly record struct FraudScopeKey(FraudScope Scope, string Account, string Value)
{
    private const int Shown = 8;

    public string Partition => TableKeys.FraudCounts(FraudFinding.NameOf(Scope), Account, Value.TrimStart('+'));

    /// <summary>For people: a hash is cut.</summary>
    public string Text => Scope is FraudScope.Ip or FraudScope.Device or FraudScope.Number ? $"{Value[..Shown]}…" : Value;
}

/// <summary>What a request is counted and judged by: at most eight scopes.</summary>
public sealed class FraudSubject
{
    private const int MarkLength = 10;
    private const int ShortestPrefix = 4;
    private const int Ipv4Network = 24;
    private const int Ipv6Network = 64;

    /// <summary>How many digits a prefix is less than the number.</summary>
    private static readonly int[] Cuts = [4, 5, 6];

    private readonly ServiceKey _key;
    private readonly string _digits;
    private readonly Lazy<string> _number;

    public FraudSubject(ServiceKey key, RequestRecord request)
    {
        (_key, _digits, Account) = (key, request.Number.Digits, request.Account);
        _number = new Lazy<string>(() => HashOf(key, request.Number));
        Prefixes = [.. Cuts
            .Where(cut => _digits.Length - cut >= ShortestPrefix)
            .Select(cut => new FraudScopeKey(FraudScope.Prefix, Account, $"+{_digits[..^cut]}"))];
        Country = new FraudScopeKey(FraudScope.Country, Account, request.Country);
        OfAccount = new FraudScopeKey(FraudScope.Account, Account, Account);
        Addresses = [.. Networks(request.Content.Options?.GetValueOrDefault("ip"))
            .Select(network => new FraudScopeKey(FraudScope.Ip, request.Account, HashOf(key, network)))];
        Device = request.Content.Device is { } device ? new FraudScopeKey(FraudScope.Device, Account, device) : null;
        IsVerification = request.Verification is not null;
    }

    public string Account { get; }

    /// <summary>Whether it is a verification: nothing else has a result, so nothing else is counted.</summary>
    public bool IsVerification { get; }

    /// <summary>The number less its last 4, 5 and 6 digits, as far as 4 digits are left.</summary>
    public IReadOnlyList<FraudScopeKey> Prefixes { get; }

    public FraudScopeKey Country { get; }

    public FraudScopeKey OfAccount { get; }

    /// <summary>Of an IPv4 address itself and its /24; of an IPv6 address its /64; none where the call gave no ip.</summary>
    public IReadOnlyList<FraudScopeKey> Addresses { get; }

    public FraudScopeKey? Device { get; }

    /// <summary>The hash by which operators' blocks name the number.</summary>
    public string Number => _number.Value;

    public IEnumerable<FraudScopeKey> Scopes =>
        [.. Prefixes, Country, OfAccount, .. Addresses, .. Device is { } device ? (FraudScopeKey[])[device] : []];

    /// <summary>Whether the number begins with a prefix in E.164 syntax.</summary>
    public bool StartsWith(string prefix) => _digits.AsSpan().StartsWith(prefix.AsSpan().TrimStart('+'), StringComparison.Ordinal);

    /// <summary>The mark of the number, or of the one so much further on; null where that has not as many digits.</summary>
    public string? Mark(long offset = 0)
    {
        var digits = (long.Parse(_digits, NumberStyles.None, CultureInfo.InvariantCulture) + offset).ToString(CultureInfo.InvariantCulture);
        return digits.Length == _digits.Length ? _key.Hash("fraud number", Account, digits)[..MarkLength] : null;
    }

    /// <summary>The hash by which an operator's block names a number, in whatever account.</summary>
    public static string HashOf(ServiceKey key, PhoneNumber number) => key.Hash("fraud block number", number.E164);

    public static string HashOf(ServiceKey key, IPNetwork network) => key.Hash("fraud ip", network.ToString());

    /// <summary>
    /// An IPv4 address as four decimal numbers, or an IPv6 address. What a parser takes besides (<c>1.2.3</c>, an octal <c>010.0.0.1</c>,
    /// <c>[::1]:80</c>) would be counted as an address that the caller did not mean.
    /// </summary>
    public static bool IsAddress(string text) =>
        IPAddress.TryParse(text, out var address)
        && (address.AddressFamily == AddressFamily.InterNetwork ? address.ToString() == text : !text.StartsWith('['));

    public static IReadOnlyList<IPNetwork> Networks(string? ip)
    {
        if (!IPAddress.TryParse(ip, out var address))
        {
            return [];
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return address.AddressFamily == AddressFamily.InterNetwork
            ? [new IPNetwork(address, 32), Cut(address, Ipv4Network)]
            : [Cut(address, Ipv6Network)];
    }

    /// <summary>The network of that many bits, without the interface that a link-local address may name.</summary>
    private static IPNetwork Cut(IPAddress address, int length) => new(new IPAddress(address.GetAddressBytes()), length);
}

/// <summary>What a change of a request comes to, for the fraud guard.</summary>
/// <param name="Sends">The minutes at which attempts started that are placed now and were not before.</param>
/// <param name="Verified">The minutes of those attempts whose verification is verified now and was not before.</param>
/// <param name="Wrong">Those that were wrong.</param>
/// <param name="Delay">From the last send to the right code; null where there was none.</param>
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
            .Select(attempt => TableKeys.Minute(attempt.StartedAt))
            .ToArray();
        var isVerified = state.Result == VerificationResult.Verified;
        var isNew = isVerified && before.Verification?.Result != VerificationResult.Verified;
        var verified =
            isNew ? [.. after.Attempts.Where(IsSent).Select(attempt => TableKeys.Minute(attempt.StartedAt))] : isVerified ? sends : [];
        var wrong = Math.Max(0, state.WrongCodes - (before.Verification?.WrongCodes ?? 0));
        var checks = wrong + (isNew ? 1 : 0);
        return sends.Length + verified.Length + checks == 0 ? null : new FraudEvents(
            sends, verified, checks, wrong,
            isNew && after.Attempts.LastOrDefault(IsSent) is { } last ? after.EndedAt - last.StartedAt : null, TableKeys.Minute(now));
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
