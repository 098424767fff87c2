using System.Net;
using System.Net.Sockets;
using FlashFunctions.LocalHost.Azurite;
using FlashFunctions.LocalHost.Storage;
using FlashFunctions.Simulator;

namespace FlashFunctions.LocalHost.Service;

/// <summary>The service and the simulated providers until the process is asked to end.</summary>
internal static class DevelopmentRun
{
    private const string AnyNumber = "+37253000001";

    public static async Task<int> RunAsync(int port, string dataDirectory, StorageKind storage, CancellationToken cancellationToken)
    {
        port = PortFor(port);
        var address = $"http://localhost:{port}";
        await using var simulator = SimulatorApp.Create(
            new SimulatorOptions { Port = IsFree(port + 1) ? port + 1 : 0, Addresses = ServiceHost.CallbackAddresses(address) });
        await simulator.StartAsync(cancellationToken);
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
        Greet(address, simulator.Address, storage == StorageKind.Azure ? "Azure Storage" : Path.GetFullPath(Folder(storage, dataDirectory)));
        await host.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    /// <summary>The port, a free one for 0.</summary>
    /// <exception cref="IOException">It is in use.</exception>
    public static int PortFor(int port)
    {
        if (port != 0 && !IsFree(port))
        {
            throw new IOException($"port {port} is in use; name another with --port.");
        }

        return port == 0 ? FreePort() : port;
    }

    /// <summary>A free port on the loopback interface.</summary>
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<AzuriteServer> StartAzuriteAsync(string dataDirectory, CancellationToken cancellationToken)
    {
        if (AzuriteServer.WhyNot() is { } reason)
        {
            throw new InvalidOperationException($"--storage azurite needs Node 20 or later, and {reason}.");
        }

        Console.WriteLine("Starting Azurite; the first time installs it ...");
        return await AzuriteServer.StartAsync(new AzuriteOptions { Folder = Folder(StorageKind.Azurite, dataDirectory) }, cancellationToken);
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

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, Math.Min(port, IPEndPoint.MaxPort));
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void Greet(string address, Uri phones, string store)
    {
        var credentials = $"{ServiceHost.KeyId}:{ServiceHost.Secret}";
        Console.WriteLine($"""

            FlashFunctions    {address}
            credentials       {credentials}
            simulated phones  {phones}   (the number that rings is shown there)
            data              {store}

            Start a verification:
              curl -u {credentials} {address}/v1/verify -d number={AnyNumber} -d method=call

            Look which number rings; its last 4 digits are the code:
              curl {new Uri(phones, $"control/phones/{AnyNumber[1..]}")}

            Check the code:
              curl -u {credentials} {address}/v1/verify/check -d requestId=ID -d code=CODE

            Ctrl+C ends it; the data stays.

            """);
    }
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
