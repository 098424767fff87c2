using FlashFunctions.Core.Accounts;
using FlashFunctions.LocalHost.Service;
using FlashFunctions.LocalHost.Storage;
using FlashFunctions.Simulator;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Options;

namespace FlashFunctions.LocalHost.Demo;

/// <summary>
/// One whole verification through each simulated provider, and one that fails over from a provider that is down: verify,
/// dispatch, the phone rings, webhook, check, upstream report.
/// </summary>
internal static class DemoRun
{
    /// <summary>Runs it: on a port, 0 for a free one, and in a new folder of a directory, which is deleted afterwards.</summary>
    public static async Task<int> RunAsync(int port, string? dataDirectory, TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(dataDirectory ?? Path.GetTempPath(), $"flashfunctions-demo-{Path.GetRandomFileName()}");
        try
        {
            return await StartAsync(DevelopmentRun.PortFor(port), folder, output, cancellationToken);
        }
        finally
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static async Task<int> StartAsync(int port, string folder, TextWriter output, CancellationToken cancellationToken)
    {
        var address = $"http://localhost:{port}";
        await using var simulator = SimulatorApp.Create(new SimulatorOptions { Addresses = ServiceHost.CallbackAddresses(address) });
        await simulator.StartAsync(cancellationToken);
        await using var host = ServiceHost.Create(new ServiceSettings
        {
            Port = port,
            PublicAddress = address,
            Embedded = new EmbeddedStorageOptions { DataDirectory = folder },
            Simulator = simulator,
            Configuration = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Logging:LogLevel:Default"] = "Error" },
        });
        await host.StartAsync(cancellationToken);
        try
        {
            using var client = new LocalClient(host.Services.GetRequiredService<IServer>());
            var account = host.Services.GetRequiredService<IOptions<DevelopmentAccountOptions>>().Value;
            var verification = new DemoVerification(client, $"{account.KeyId}:{account.Secret}", simulator);
            return await VerifyAsync(verification, simulator, output, cancellationToken);
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    private static async Task<int> VerifyAsync(
        DemoVerification verification, SimulatorApp simulator, TextWriter output, CancellationToken cancellationToken)
    {
        await verification.RunAsync("warm-up", "+37253000009", null, cancellationToken);
        var rows = new List<DemoRow>();
        foreach (var (provider, index) in ((string[])["unibell", "revicom", "bird", "lanck"]).Select((name, index) => (name, index)))
        {
            rows.Add(await verification.RunAsync(provider, $"+3725300001{index}", provider, cancellationToken));
        }

        await simulator.SetProviderModeAsync(SimulatedProviders.Unibell, SimulatedMode.Unavailable, cancellationToken);
        rows.Add(await verification.RunAsync("fail-over", "+37253000020", null, cancellationToken));
        DemoTable.Write(output, rows);
        return rows.TrueForAll(row => row.IsVerified) ? 0 : 1;
    }
}
