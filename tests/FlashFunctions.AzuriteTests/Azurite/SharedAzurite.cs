using System.ComponentModel;
using System.Diagnostics;
using FlashFunctions.AzuriteTests.Azurite;

[assembly: AssemblyFixture(typeof(SharedAzurite))]

namespace FlashFunctions.AzuriteTests.Azurite;

/// <summary>One Azurite for all tests that do not end it. Tests that need it are skipped, saying so, where it cannot run.</summary>
public sealed class SharedAzurite : IAsyncLifetime
{
    /// <summary>Set to <c>off</c> by whoever knows that there is no Node here.</summary>
    public const string Switch = "FLASHFUNCTIONS_AZURITE";

    private readonly Lazy<Task<AzuriteServer>> _server = new(() => AzuriteServer.StartAsync(CancellationToken.None));

    /// <summary>Why no test can run on Azurite here, or null.</summary>
    private static string? WhyNot { get; } = FindReason();

    public static void RequireAzurite() => Assert.SkipWhen(WhyNot is not null, WhyNot ?? "");

    public Task<AzuriteServer> GetAsync()
    {
        RequireAzurite();
        return _server.Value;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
        {
            await (await _server.Value).DisposeAsync();
        }
    }

    private static string? FindReason()
    {
        if (string.Equals(Environment.GetEnvironmentVariable(Switch), "off", StringComparison.OrdinalIgnoreCase))
        {
            return $"NOT RUN: {Switch} is off, nothing was tried on Azurite.";
        }

        try
        {
            using var node = Process.Start(new ProcessStartInfo("node", ["--version"]) { RedirectStandardOutput = true, UseShellExecute = false });
            node?.WaitForExit();
            return node?.ExitCode == 0 ? null : "NOT RUN: node does not work, nothing was tried on Azurite.";
        }
        catch (Win32Exception)
        {
            return "NOT RUN: node is not installed, nothing was tried on Azurite.";
        }
    }
}
