using System.Collections.ObjectModel;
using System.Reflection;

namespace FlashFunctions.LocalHost;

/// <summary>
/// How a function app is run. Its configuration is, each over the one before: <see cref="Defaults"/>, the environment's variables
/// (not in manual mode), <see cref="Configuration"/>.
/// </summary>
public sealed record LocalHostSettings
{
    /// <summary>The assembly that holds the functions.</summary>
    public required Assembly Functions { get; init; }

    /// <summary>The port on 127.0.0.1, 0 to 65535; 0, the default, is any free one.</summary>
    public int Port { get; init; }

    /// <summary>True: queues and timers stand still until the members of <see cref="LocalHostApp"/> move them. False by default.</summary>
    public bool Manual { get; init; }

    /// <summary>Path of host.json; by default the one beside the program. A file that is not there counts as empty.</summary>
    public string HostJson { get; init; } = Path.Combine(AppContext.BaseDirectory, "host.json");

    /// <summary>The name of the environment: Development by default.</summary>
    public string Environment { get; init; } = Environments.Development;

    /// <summary>Settings that anything overrides, by their names with colons.</summary>
    public IReadOnlyDictionary<string, string?> Defaults { get; init; } = ReadOnlyDictionary<string, string?>.Empty;

    /// <summary>Settings that nothing overrides, by their names with colons.</summary>
    public IReadOnlyDictionary<string, string?> Configuration { get; init; } = ReadOnlyDictionary<string, string?>.Empty;

    /// <summary>Maps endpoints of the host's own beside the functions, which are marked as <see cref="Http.HostEndpoint"/>.</summary>
    internal Action<WebApplication>? Endpoints { get; init; }
}
