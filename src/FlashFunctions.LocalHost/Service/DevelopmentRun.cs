using FlashFunctions.LocalHost.Azurite;
using FlashFunctions.LocalHost.Storage;
using FlashFunctions.Simulator;

namespace FlashFunctions.LocalHost.Service;

/// <summary>The service, with or without the simulated providers, until the process is asked to end.</summary>
internal static class DevelopmentRun
{
    /// <summary>Runs them; returns the exit code.</summary>
    /// <param name="port">The service's port, 0 for a free one; the simulated providers take the next one, or any.</param>
    /// <param name="dataDirectory">Where the embedded store or Azurite keeps its data.</param>
    /// <param name="storage">Where the data is.</param>
    /// <param name="simulated">False: the service alone, with the providers that the settings name.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<int> RunAsync(
        int port, string dataDirectory, StorageKind storage, bool simulated, CancellationToken cancellationToken)
    {
        port = PortFor(port);
        var address = $"http://localhost:{port}";
        await using var simulator = simulated ? await StartSimulatorAsync(port, address, cancellationToken) : null;
        await using var azurite = storage == StorageKind.Azurite ? await StartAzuriteAsync(dataDirectory, cancellationToken) : null;
        await using var host = ServiceHost.Create(new ServiceSettings
        {
            Port = port,
            PublicAddress = address,
            Embedded = storage == StorageKind.Embedded ? new EmbeddedStorageOptions { DataDirectory = dataDirectory } : null,
            Simulator = simulator,
            Configuration = StorageSettings(storage, azurite),
        });
        await host.StartAsync(cancellationToken);
        var data = storage == StorageKind.Azure ? "Azure Storage" : Path.GetFullPath(Folder(storage, dataDirectory));
        Console.WriteLine(new Banner(host.Services, port, simulator?.Address, data).Text());
        await host.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    /// <summary>The port, a free one for 0.</summary>
    /// <exception cref="IOException">It is in use.</exception>
    public static int PortFor(int port)
    {
        if (port != 0 && !LocalPort.IsFree(port))
        {
            throw new IOException($"port {port} is in use; name another with --port.");
        }

        return port == 0 ? LocalPort.FindFree() : port;
    }

    private static async Task<SimulatorApp> StartSimulatorAsync(int port, string address, CancellationToken cancellationToken)
    {
        var simulator = SimulatorApp.Create(new SimulatorOptions
        {
            Port = LocalPort.IsFree(port + 1) ? port + 1 : 0,
            Addresses = ServiceHost.CallbackAddresses(address),
        });
        await simulator.StartAsync(cancellationToken);
        return simulator;
    }

    private static async Task<AzuriteServer> StartAzuriteAsync(string dataDirectory, CancellationToken cancellationToken)
    {
        if (AzuriteServer.WhyNot() is { } reason)
        {
            throw new InvalidOperationException($"--storage azurite needs Node 20 or later, and {reason}.");
        }

        Console.WriteLine("Starting Azurite; the first time installs it, which takes up to a minute ...");
        return await AzuriteServer.StartAsync(
            new AzuriteOptions { Folder = Folder(StorageKind.Azurite, dataDirectory) }, cancellationToken);
    }

    private static string Folder(StorageKind storage, string dataDirectory) =>
        storage == StorageKind.Azurite ? Path.Combine(dataDirectory, "azurite") : dataDirectory;

    /// <summary>Azure Storage is where the settings say; with none, an Azurite at its usual ports.</summary>
    private static Dictionary<string, string?> StorageSettings(StorageKind storage, AzuriteServer? azurite)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (azurite is not null)
        {
            settings["Storage"] = azurite.ConnectionString;
        }
        else if (storage == StorageKind.Azure && !IsConfigured())
        {
            settings["Storage"] = "UseDevelopmentStorage=true";
        }

        return settings;
    }

    private static bool IsConfigured() => new ConfigurationBuilder().AddEnvironmentVariables().Build().GetSection("Storage") is { } section
        && (!string.IsNullOrEmpty(section.Value) || section["tableServiceUri"] is not null);
}

/// <summary>Where the data is.</summary>
internal enum StorageKind
{
    /// <summary>In the embedded store.</summary>
    Embedded,

    /// <summary>In an Azurite that is started and ended with the service.</summary>
    Azurite,

    /// <summary>In Azure Storage as the settings say.</summary>
    Azure,
}
