namespace FlashFunctions.Simulator;

/// <summary>Country and network by number prefix, a sample of the world.</summary>
internal static class LanckNetworks
{
    private static readonly Network[] All =
    [
        new("1", "US", "310260", "T-Mobile USA"),
        new("20", "EG", "60202", "Vodafone Egypt"),
        new("234", "NG", "62130", "MTN Nigeria"),
        new("27", "ZA", "65501", "Vodacom"),
        new("31", "NL", "20404", "Vodafone NL"),
        new("33", "FR", "20801", "Orange France"),
        new("34", "ES", "21407", "Movistar"),
        new("357", "CY", "28001", "Cyta"),
        new("358", "FI", "24491", "Telia Finland"),
        new("371", "LV", "24701", "LMT"),
        new("372", "EE", "24801", "Telia Eesti"),
        new("374", "AM", "28305", "Viva Armenia"),
        new("375", "BY", "25701", "A1 Belarus"),
        new("380", "UA", "25501", "Vodafone Ukraine"),
        new("39", "IT", "22201", "TIM"),
        new("44", "GB", "23410", "O2 UK"),
        new("46", "SE", "24001", "Telia Sverige"),
        new("47", "NO", "24201", "Telenor"),
        new("48", "PL", "26001", "Plus"),
        new("49", "DE", "26201", "Telekom Deutschland"),
        new("52", "MX", "334020", "Telcel"),
        new("55", "BR", "72406", "Vivo"),
        new("61", "AU", "50501", "Telstra"),
        new("62", "ID", "51010", "Telkomsel"),
        new("7", "RU", "25001", "MTS"),
        new("77", "KZ", "40101", "Beeline Kazakhstan"),
        new("81", "JP", "44010", "NTT Docomo"),
        new("84", "VN", "45204", "Viettel"),
        new("86", "CN", "46000", "China Mobile"),
        new("90", "TR", "28601", "Turkcell"),
        new("91", "IN", "405871", "Jio"),
        new("971", "AE", "42402", "Etisalat"),
        new("972", "IL", "42501", "Partner"),
        new("998", "UZ", "43404", "Beeline Uzbekistan"),
    ];

    /// <summary>The network of a number in digits, or null where the sample has none.</summary>
    public static Network? Of(string digits)
    {
        Network? best = null;
        foreach (var network in All)
        {
            if (digits.StartsWith(network.Prefix, StringComparison.Ordinal) && network.Prefix.Length > (best?.Prefix.Length ?? 0))
                best = network;
        }

        return best;
    }

    internal sealed record Network(string Prefix, string Country, string MccMnc, string Name);
}
