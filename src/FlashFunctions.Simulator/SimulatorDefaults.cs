namespace FlashFunctions.Simulator;

/// <summary>Credentials that the simulated accounts have unless the options say otherwise. They open nothing real.</summary>
public static class SimulatorDefaults
{
    /// <summary>Port of the simulator when it is started alone.</summary>
    public const int Port = 7072;

    public const string UnibellAccessKey = "unibell-development-access-key";

    public const string UnibellAppKey = "unibell-development-app-key";

    public const string RevicomMessageToken = "cmV2aWNvbTpkZXZlbG9wbWVudA==";

    public const string RevicomConversionToken = "cmV2aWNvbTpjb252ZXJzaW9ucw==";

    public const string BirdAccessKey = "bird-development-access-key";

    public const string BirdWorkspaceId = "5a1d6f0e-3c52-4b6b-9a51-0d8f0c8f4a01";

    public const string BirdChannelId = "c7e1b2d4-8f0a-4c55-8a3e-6b1f7d2e9b02";

    public const string BirdSigningKey = "bird-development-signing-key";

    public const string LanckId = "lanck-development";

    public const string LanckSecret = "lanck-development-secret";
}

/// <summary>Names of the simulated providers, as in paths and in the control endpoints.</summary>
public static class SimulatedProviders
{
    public const string Unibell = "unibell";

    public const string Revicom = "revicom";

    /// <summary>Revicom's second host, for conversions.</summary>
    public const string RevicomConversion = "revicom-conversion";

    public const string Bird = "bird";

    public const string Lanck = "lanck";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Unibell, Revicom, RevicomConversion, Bird, Lanck];
}
