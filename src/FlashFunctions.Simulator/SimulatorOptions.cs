namespace FlashFunctions.Simulator;

/// <summary>Settings of a simulator. The defaults are for development; nothing here is secret.</summary>
public sealed class SimulatorOptions
{
    /// <summary>TCP port on 127.0.0.1; 0 takes a free one. Default 0.</summary>
    public int Port { get; init; }

    /// <summary>
    /// True: every provider also listens on a free port of its own, which <see cref="SimulatorApp.AddressOf(string)"/> then returns and
    /// which can really refuse connections. Default false: all share <see cref="Port"/>.
    /// </summary>
    public bool OwnPorts { get; init; }

    /// <summary>
    /// True: callbacks wait until <see cref="SimulatorApp.DeliverCallbacksAsync"/> is called, and their usual delays are zero, so that
    /// one call delivers them in order. False, the default: they are sent automatically.
    /// </summary>
    public bool Manual { get; init; }

    /// <summary>Events that Revicom's <c>callbackEvents</c> may name; any other is a 422. Default: the two documented.</summary>
    public IReadOnlyList<string> RevicomEvents { get; init; } = ["sent", "delivered"];

    /// <summary>Numbers of Bird's channel, E.164 digits: only they may be <c>from</c>. Empty, the default: any number may.</summary>
    public IReadOnlyList<string> BirdNumbers { get; init; } = [];

    public SimulatedLanckOptions Lanck { get; init; } = new();

    public SimulatorDelays Delays { get; init; } = new();

    public SimulatorLimits Limits { get; init; } = new();

    /// <summary>Where account-level callbacks and inbound messages go. Can be changed while running.</summary>
    public SimulatedCallbackAddresses Addresses { get; init; } = new();

    /// <summary>How much is reported back. Default <see cref="SimulatedCallbackDetail.All"/>; a load test may want less.</summary>
    public SimulatedCallbackDetail Callbacks { get; init; } = SimulatedCallbackDetail.All;

    /// <summary>Sends the callbacks; null makes a pooled one. It is not disposed.</summary>
    public HttpMessageHandler? CallbackHandler { get; init; }
}

/// <summary>How much of what happens to a call or message is reported by callback.</summary>
public enum SimulatedCallbackDetail
{
    /// <summary>Every status.</summary>
    All,
    /// <summary>The last status only.</summary>
    FinalOnly,
    /// <summary>Nothing.</summary>
    None,
}

/// <summary>Lanck's account.</summary>
public sealed class SimulatedLanckOptions
{
    /// <summary>Requests a second beyond which errorCode 4 is answered; documented as 30. Default 0: no limit, for load tests.</summary>
    public int RequestsPerSecond { get; init; }

    /// <summary>Sender ids and caller numbers that were validated; another <c>from</c> is errorCode 16. Empty, the default: any.</summary>
    public IReadOnlyList<string> AllowedSenders { get; init; } = [];
}

/// <summary>Addresses that the providers hold for the account.</summary>
public sealed record SimulatedCallbackAddresses
{
    /// <summary>Unibell's callback address, path token included. Null: no callbacks.</summary>
    public Uri? Unibell { get; init; }

    /// <summary>Bird's webhook subscription, exactly as signed. Null: no callbacks.</summary>
    public Uri? Bird { get; init; }

    /// <summary>Where Lanck delivers inbound messages. Null: they are refused.</summary>
    public Uri? InboundSms { get; init; }
}

/// <summary>How long things take.</summary>
public sealed class SimulatorDelays
{
    /// <summary>From one status of a call or message to the next. Default 20 ms; zero in manual mode.</summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Before the first callback of a number that asks for late ones. Default 60 s.</summary>
    public TimeSpan Late { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Before a slow answer. Default 1.5 s.</summary>
    public TimeSpan SlowAnswer { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long a request that is never answered is held open at most. Default 5 minutes.</summary>
    public TimeSpan HangLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a simulated phone rings, unless the request says less. Default 15 s.</summary>
    public TimeSpan Ring { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>What bounds the simulator's memory and its connections.</summary>
public sealed class SimulatorLimits
{
    /// <summary>Phones with a history; beyond it the oldest keep only their counts. Default 100,000.</summary>
    public int Phones { get; init; } = 100_000;

    /// <summary>Calls and messages kept per phone. Default 50.</summary>
    public int EventsPerPhone { get; init; } = 50;

    /// <summary>Calls and messages listed by the control endpoint, and references that can be reported on. Default 100,000.</summary>
    public int Calls { get; init; } = 100_000;

    /// <summary>Captured requests; 0 captures none. Default 2,000.</summary>
    public int Requests { get; init; } = 2_000;

    /// <summary>Callbacks listed with their answer; 0 lists none. Default 2,000.</summary>
    public int Callbacks { get; init; } = 2_000;

    /// <summary>Tries of a callback that gets no 2xx. Default 4.</summary>
    public int CallbackTries { get; init; } = 4;
}

/// <summary>The simulated accounts; their credentials are not valid anywhere else.</summary>
public static class SimulatorDefaults
{
    /// <summary>Port of the simulator when it is started alone.</summary>
    public const int Port = 7072;
    /// <summary>Expected in <c>X-Authorization: AccessKey {key}</c>.</summary>
    public const string UnibellAccessKey = "unibell-development-access-key";
    /// <summary>Sent in every callback of Unibell as <c>appKey</c>.</summary>
    public const string UnibellAppKey = "unibell-development-app-key";
    /// <summary>Expected in <c>Authorization: Basic {token}</c> of messages, as given.</summary>
    public const string RevicomMessageToken = "cmV2aWNvbTpkZXZlbG9wbWVudA==";
    /// <summary>Expected in <c>Authorization: Bearer {token}</c> of conversions.</summary>
    public const string RevicomConversionToken = "cmV2aWNvbTpjb252ZXJzaW9ucw==";
    /// <summary>Expected in <c>Authorization: AccessKey {key}</c>.</summary>
    public const string BirdAccessKey = "bird-development-access-key";
    public const string BirdWorkspaceId = "5a1d6f0e-3c52-4b6b-9a51-0d8f0c8f4a01";
    public const string BirdChannelId = "c7e1b2d4-8f0a-4c55-8a3e-6b1f7d2e9b02";
    /// <summary>Signs Bird's webhook.</summary>
    public const string BirdSigningKey = "bird-development-signing-key";
    /// <summary>User name of Lanck's Basic credentials, whose password is <see cref="LanckSecret"/>.</summary>
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

    public static IReadOnlyList<string> All { get; } = [Unibell, Revicom, RevicomConversion, Bird, Lanck];
}
