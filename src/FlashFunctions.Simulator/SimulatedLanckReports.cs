namespace FlashFunctions.Simulator;

/// <summary>What Lanck reports, in order: the documented transport statuses for messages, call statuses for calls.</summary>
internal static class SimulatedLanckStatuses
{
    public const string Sent = "SENT";
    public const string Delivered = "DELIVERED";
    public const string Read = "READ";
    public const string Undelivered = "UNDELIVERED";
    public const string Rejected = "REJECTED";

    /// <summary>What is reported of a kind of call or message, given one of the outcomes that it knows.</summary>
    public static string[] Of(SimulatedCallKind kind, SimulatedOutcome outcome) => kind switch
    {
        _ when outcome == SimulatedOutcome.Swallowed => [],
        SimulatedCallKind.FlashCall => [Sent, .. SimulatedCallStatuses.Of(outcome, normally: "TERMINATED")],
        SimulatedCallKind.SpokenCall => [Sent, .. SimulatedCallStatuses.Of(outcome, normally: "ANSWERED")],
        _ => OfMessage(outcome),
    };

    public static int? SipStatus(string status) => status switch
    {
        "ANSWERED" => 200,
        "TERMINATED" => 487,
        "BUSY_HERE" => 486,
        "REJECTED" => 603,
        "UNAVAILABLE" => 480,
        "FORBIDDEN" => 403,
        _ => null,
    };

    private static string[] OfMessage(SimulatedOutcome outcome) => outcome switch
    {
        SimulatedOutcome.Rejected or SimulatedOutcome.Forbidden => [Rejected],
        SimulatedOutcome.Unreachable => [Sent, Undelivered],
        SimulatedOutcome.Unfinished => [Sent],
        SimulatedOutcome.Read => [Sent, Delivered, Read],
        SimulatedOutcome.Contradicted => [Sent, Delivered, Undelivered],
        _ => [Sent, Delivered],
    };
}

/// <summary>Reports to the address of the request.</summary>
internal sealed class SimulatedLanckScript(SimulatedCall call, Uri? address, string[] statuses) : SimulatedScript(call, address, statuses)
{
    private const int TalkSeconds = 17;
    private const int RingSeconds = 6;

    /// <summary>A delivery report; all from sipStatus on is of calls only. Times are unix seconds.</summary>
    public override SimulatedMessage Write(string status, DateTimeOffset at)
    {
        var isAnswered = status is "ANSWERED";
        var created = Call.At.ToUnixTimeSeconds();
        var talk = isAnswered && Call.Kind == SimulatedCallKind.SpokenCall ? TalkSeconds : 0;
        long? rang = Call.Arrived ? created + RingSeconds : null;
        var hasEnded = Call.IsCall && status is not SimulatedLanckStatuses.Sent;
        var body = SimulatedJson.Write(new
        {
            RequestId = Call.Reference,
            Number = "+" + Call.Number,
            Mccmnc = SimulatedNetwork.Of(Call.Number)?.MccMnc,
            Status = status,
            Timestamp = at.ToUnixTimeSeconds(),
            SipStatus = hasEnded ? SimulatedLanckStatuses.SipStatus(status) : null,
            CallCreatedAt = Call.IsCall ? created : (long?)null,
            CallRingStartedAt = hasEnded ? rang : null,
            CallAnsweredAt = hasEnded && isAnswered ? rang : null,
            CallEndedAt = hasEnded ? (rang ?? created) + talk : (long?)null,
            Billable = hasEnded ? isAnswered : (bool?)null,
            Duration = hasEnded ? talk : (long?)null,
        });
        return new SimulatedMessage(SimulatedProviders.Lanck, AddressOrForged(), body);
    }
}

/// <summary>Country and network by number prefix, a sample of the world.</summary>
internal sealed record SimulatedNetwork(string Prefix, string Country, string MccMnc, string Name)
{
    private static readonly SimulatedNetwork[] All =
    [
        new("1", "US", "310260", "T-Mobile USA"), new("20", "EG", "60202", "Vodafone Egypt"),
        new("234", "NG", "62130", "MTN Nigeria"), new("27", "ZA", "65501", "Vodacom"),
        new("31", "NL", "20404", "Vodafone NL"), new("33", "FR", "20801", "Orange France"),
        new("34", "ES", "21407", "Movistar"), new("357", "CY", "28001", "Cyta"),
        new("358", "FI", "24491", "Telia Finland"), new("371", "LV", "24701", "LMT"),
        new("372", "EE", "24801", "Telia Eesti"), new("374", "AM", "28305", "Viva Armenia"),
        new("375", "BY", "25701", "A1 Belarus"), new("380", "UA", "25501", "Vodafone Ukraine"),
        new("39", "IT", "22201", "TIM"), new("44", "GB", "23410", "O2 UK"),
        new("46", "SE", "24001", "Telia Sverige"), new("47", "NO", "24201", "Telenor"),
        new("48", "PL", "26001", "Plus"), new("49", "DE", "26201", "Telekom Deutschland"),
        new("52", "MX", "334020", "Telcel"), new("55", "BR", "72406", "Vivo"),
        new("61", "AU", "50501", "Telstra"), new("62", "ID", "51010", "Telkomsel"),
        new("7", "RU", "25001", "MTS"), new("77", "KZ", "40101", "Beeline Kazakhstan"),
        new("81", "JP", "44010", "NTT Docomo"), new("84", "VN", "45204", "Viettel"),
        new("86", "CN", "46000", "China Mobile"), new("90", "TR", "28601", "Turkcell"),
        new("91", "IN", "405871", "Jio"), new("971", "AE", "42402", "Etisalat"),
        new("972", "IL", "42501", "Partner"), new("998", "UZ", "43404", "Beeline Uzbekistan"),
    ];

    /// <summary>The network of a number in digits, or null where the sample has none.</summary>
    public static SimulatedNetwork? Of(string digits) =>
        All.Where(network => digits.StartsWith(network.Prefix, StringComparison.Ordinal)).MaxBy(network => network.Prefix.Length);
}
