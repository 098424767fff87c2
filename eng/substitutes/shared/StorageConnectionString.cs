namespace Azure.Substitutes;

/// <summary>What a storage connection string says of one service: where it is and the key that signs.</summary>
internal sealed class StorageConnectionString
{
    private const string DevelopmentAccount = "devstoreaccount1";

    // The emulators' published key: it opens nothing else.
    private const string DevelopmentKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private StorageConnectionString(Uri endpoint, string account, string key)
    {
        Endpoint = endpoint;
        Account = account;
        Key = key;
    }

    public Uri Endpoint { get; }

    public string Account { get; }

    public string Key { get; }

    /// <summary>Reads the settings that matter to one service.</summary>
    /// <param name="text">The connection string.</param>
    /// <param name="service">table or queue.</param>
    /// <param name="developmentPort">The port of that service in the emulators.</param>
    public static StorageConnectionString Parse(string text, string service, int developmentPort)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        var settings = Settings(text);
        if (string.Equals(settings.GetValueOrDefault("UseDevelopmentStorage"), "true", StringComparison.OrdinalIgnoreCase))
        {
            return Development(settings.GetValueOrDefault("DevelopmentStorageProxyUri") ?? "http://127.0.0.1", developmentPort);
        }

        if (!settings.TryGetValue("AccountName", out var account) || !settings.TryGetValue("AccountKey", out var key))
        {
            throw new FormatException("No valid combination of account information found.");
        }

        return new StorageConnectionString(Address(settings, account, service), account, key);
    }

    private static StorageConnectionString Development(string host, int port) =>
        new(new Uri($"{host.TrimEnd('/')}:{port}/{DevelopmentAccount}"), DevelopmentAccount, DevelopmentKey);

    private static Uri Address(Dictionary<string, string> settings, string account, string service)
    {
        if (settings.TryGetValue(service + "Endpoint", out var explicitly))
        {
            return new Uri(explicitly);
        }

        var scheme = settings.GetValueOrDefault("DefaultEndpointsProtocol", "https");
        var suffix = settings.GetValueOrDefault("EndpointSuffix", "core.windows.net");
        return new Uri($"{scheme}://{account}.{service}.{suffix}");
    }

    private static Dictionary<string, string> Settings(string text)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !settings.TryAdd(part[..equals].Trim(), part[(equals + 1)..].Trim()))
            {
                throw new FormatException("Settings must be of the form \"name=value\", each name once.");
            }
        }

        return settings;
    }
}
