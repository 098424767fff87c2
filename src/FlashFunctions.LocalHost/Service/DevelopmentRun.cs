using System.Globalization;
using FlashFunctions.LocalHost.Azurite;
using FlashFunctions.LocalHost.Storage;

namespace FlashFunctions.LocalHost.Service;

/// <summary>The service on this machine until the process is asked to end: alone, or as the child of a <see cref="Supervisor"/>.</summary>
internal sealed record DevelopmentRun
{
    /// <summary>The service's port; 0: a free one.</summary>
    public required int Port { get; init; }

    public required string DataDirectory { get; init; }

    public required StorageKind Storage { get; init; }

    /// <summary>The simulated providers in the parent process; null: those that the settings name.</summary>
    public Uri? Simulator { get; init; }

    /// <summary>The connection string of the Azurite in the parent process; null where there is none.</summary>
    public string? Azurite { get; init; }

    /// <summary>Whether it takes the place of a process that was killed.</summary>
    public bool IsBack { get; init; }

    public string Address => $"http://localhost:{Port}";

    public string DataFolder => Storage == StorageKind.Azurite ? Path.Combine(DataDirectory, "azurite") : DataDirectory;

    /// <summary>What <see cref="Parse"/> makes the same run of in another process.</summary>
    public IReadOnlyList<string> Arguments => [$"{Port}", DataDirectory, $"{Storage}", $"{Simulator}", Azurite ?? "", $"{IsBack}"];

    /// <summary>The run that <see cref="Arguments"/> came from.</summary>
    public static DevelopmentRun Parse(string[] arguments) => new()
    {
        Port = int.Parse(arguments[0], CultureInfo.InvariantCulture),
        DataDirectory = arguments[1],
        Storage = Enum.Parse<StorageKind>(arguments[2]),
        Simulator = arguments[3] is { Length: > 0 } address ? new Uri(address) : null,
        Azurite = arguments[4] is { Length: > 0 } connection ? connection : null,
        IsBack = bool.Parse(arguments[5]),
    };

    /// <summary>Runs it without simulated providers, and therefore without a parent; returns the exit code.</summary>
    public async Task<int> RunAloneAsync(CancellationToken cancellationToken)
    {
        var port = PortFor(Port);
        await using var azurite = await StartAzuriteAsync(cancellationToken);
        return await (this with { Port = port, Azurite = azurite?.ConnectionString }).RunAsync(null, cancellationToken);
    }

    /// <summary>Starts the Azurite that holds the data; null where something else does.</summary>
    /// <exception cref="InvalidOperationException">It cannot run here, or did not start.</exception>
    public async Task<AzuriteServer?> StartAzuriteAsync(CancellationToken cancellationToken)
    {
        if (Storage != StorageKind.Azurite)
        {
            return null;
        }

        if (AzuriteServer.WhyNot() is { } reason)
        {
            throw new InvalidOperationException($"--storage azurite needs Node 20 or later, and {reason}.");
        }

        Console.WriteLine("Starting Azurite; the first time installs it, which takes up to a minute ...");
        return await AzuriteServer.StartAsync(new AzuriteOptions { Folder = DataFolder }, cancellationToken);
    }

    /// <summary>Runs it; returns the exit code.</summary>
    /// <param name="parent">The parent process; null where there is none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<int> RunAsync(ParentLink? parent, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, parent?.Stopping ?? CancellationToken.None);
        await using var host = ServiceHost.Create(new ServiceSettings
        {
            Port = Port,
            PublicAddress = Address,
            Embedded = Storage == StorageKind.Embedded ? new EmbeddedStorageOptions { DataDirectory = DataDirectory } : null,
            SimulatorAddress = Simulator,
            Kill = parent is null ? null : parent.KillForRehearsal,
            IsBack = IsBack,
            Configuration = StorageSettings(),
        });
        await (parent?.Begun ?? Task.CompletedTask).WaitAsync(stopping.Token);
        await host.StartAsync(stopping.Token);
        var data = Storage == StorageKind.Azure ? "Azure Storage" : Path.GetFullPath(DataFolder);
        Console.WriteLine(IsBack
            ? $"FlashFunctions is back on {Address} as process {Environment.ProcessId}."
            : new Banner(host.Services, Port, Simulator, data).Text());
        await host.WaitForShutdownAsync(stopping.Token);
        return 0;
    }

    /// <summary>The port, a free one for 0.</summary>
    /// <exception cref="IOException">It is in use.</exception>
    public static int PortFor(int port) => port == 0 ? LocalPort.FindFree()
        : LocalPort.IsFree(port) ? port
        : throw new IOException($"port {port} is in use; name another with --port.");

    /// <summary>Azure Storage is where the settings say; with none, an Azurite at its usual ports.</summary>
    private Dictionary<string, string?> StorageSettings()
    {
        var storage = Azurite ?? (Storage == StorageKind.Azure && !IsConfigured() ? "UseDevelopmentStorage=true" : null);
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (storage is not null)
        {
            settings["Storage"] = storage;
        }

        return settings;
    }

    private static bool IsConfigured() => new ConfigurationBuilder().AddEnvironmentVariables().Build().GetSection("Storage") is { } section
        && (!string.IsNullOrEmpty(section.Value) || section["tableServiceUri"] is not null);
}

/// <summary>
/// Where the data is: in the embedded store, in an Azurite that is started and ended with the service, or in Azure Storage as the settings
/// say.
/// </summary>
internal enum StorageKind
{
    Embedded,
    Azurite,
    Azure,
}
