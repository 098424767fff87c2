using System.Collections.ObjectModel;
using FlashFunctions.LocalHost.Storage;
using FlashFunctions.Simulator;

namespace FlashFunctions.LocalHost.Service;

/// <summary>How the service runs on one machine.</summary>
public sealed record ServiceSettings
{
    /// <summary>The port on 127.0.0.1; 0 is any free one.</summary>
    public int Port { get; init; }

    /// <summary>The address under which providers reach it.</summary>
    public required string PublicAddress { get; init; }

    /// <summary>The embedded store; null: Azure Storage as <see cref="Configuration"/> says.</summary>
    public EmbeddedStorageOptions? Embedded { get; init; }

    /// <summary>The simulated providers, which are then configured; null: the configuration names real ones, or none.</summary>
    public SimulatorApp? Simulator { get; init; }

    /// <summary>The same in another process, by its address.</summary>
    public Uri? SimulatorAddress { get; init; }

    /// <summary>Kills this process for a rehearsal, since another one then takes its place; null where nobody would start one.</summary>
    public Action? Kill { get; init; }

    /// <summary>True: it takes the place of a process that was killed in a rehearsal, which goes on. False by default.</summary>
    public bool IsBack { get; init; }

    /// <summary>True: queues and timers stand still until a test moves them.</summary>
    public bool Manual { get; init; }

    /// <summary>Development by default.</summary>
    public string Environment { get; init; } = Environments.Development;

    /// <summary>Settings that nothing overrides.</summary>
    public IReadOnlyDictionary<string, string?> Configuration { get; init; } = ReadOnlyDictionary<string, string?>.Empty;

    /// <summary>Last word on the services.</summary>
    public Action<IServiceCollection>? Services { get; init; }
}
