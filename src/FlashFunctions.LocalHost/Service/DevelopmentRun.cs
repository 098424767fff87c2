using System.Net;
using System.Net.Sockets;
using FlashFunctions.LocalHost.Storage;
using FlashFunctions.Simulator;

namespace FlashFunctions.LocalHost.Service;

/// <summary>The service and the simulated providers until the process is asked to end.</summary>
internal static class DevelopmentRun
{
    private const string AnyNumber = "+37253000001";

    public static async Task<int> RunAsync(int port, string dataDirectory, bool azure, CancellationToken cancellationToken)
    {
        port = port == 0 ? FreePort() : port;
        RefuseUsedPort(port);
        var address = $"http://localhost:{port}";
        await using var simulator = SimulatorApp.Create(
            new SimulatorOptions { Port = IsFree(port + 1) ? port + 1 : 0, Addresses = ServiceHost.CallbackAddresses(address) });
        await simulator.StartAsync(cancellationToken);
        await using var host = ServiceHost.Create(new ServiceSettings
        {
            Port = port,
            PublicAddress = address,
            Embedded = azure ? null : new EmbeddedStorageOptions { DataDirectory = dataDirectory },
            Simulator = simulator,
            Configuration = azure ? AzureSettings() : new Dictionary<string, string?>(StringComparer.Ordinal),
        });
        await host.StartAsync(cancellationToken);
        Greet(address, simulator.Address, azure ? "Azure Storage" : Path.GetFullPath(dataDirectory));
        await host.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    /// <summary>A free port on the loopback interface.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Azurite's well-known connection, unless the environment names another.</summary>
    private static Dictionary<string, string?> AzureSettings() => new(StringComparer.Ordinal)
    {
        ["Storage"] = Environment.GetEnvironmentVariable("Storage") ?? "UseDevelopmentStorage=true",
    };

    private static void RefuseUsedPort(int port)
    {
        if (!IsFree(port))
        {
            throw new IOException($"port {port} is in use; name another with --port.");
        }
    }

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
