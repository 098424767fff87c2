using System.Globalization;
using FlashFunctions.AzuriteTests.Azurite;
using FlashFunctions.LocalHost.Azurite;

[assembly: AssemblyFixture(typeof(SharedAzurite))]

namespace FlashFunctions.AzuriteTests.Azurite;

/// <summary>One Azurite for all tests that do not end it. Tests that need it are skipped, saying so, where it cannot run.</summary>
public sealed class SharedAzurite : IAsyncLifetime
{
    /// <summary>Set to <c>off</c> by ./test where there is no Node.</summary>
    public const string Switch = "FLASHFUNCTIONS_AZURITE";

    private const int Accounts = 5_000;
    private const string Key = "c2NlbmFyaW8=";
    private const string WellKnown =
        "devstoreaccount1:Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly Lazy<Task<TemporaryAzurite>> One = new(() => TemporaryAzurite.StartAsync(inMemory: true, AccountList()));
    private static int _given;

    /// <summary>Why no test can run on Azurite here, or null.</summary>
    private static string? WhyNot { get; } = FindReason();

    public static void RequireAzurite() => Assert.SkipWhen(WhyNot is not null, WhyNot ?? "");

    /// <summary>The connection string of a storage account that nobody has used yet.</summary>
    public static async Task<string> NewAccountAsync()
    {
        RequireAzurite();
        var number = Interlocked.Increment(ref _given);
        return number <= Accounts
            ? (await One.Value).Server.ConnectionStringOf(Name(number), Key)
            : throw new InvalidOperationException($"More than {Accounts} accounts were asked for.");
    }

    public async Task<AzuriteServer> GetAsync()
    {
        RequireAzurite();
        return (await One.Value).Server;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (One.IsValueCreated)
        {
            await (await One.Value).DisposeAsync();
        }
    }

    private static string AccountList() =>
        string.Join(';', Enumerable.Range(1, Accounts).Select(number => $"{Name(number)}:{Key}").Prepend(WellKnown));

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"scenario{number}");

    private static string? FindReason() =>
        string.Equals(Environment.GetEnvironmentVariable(Switch), "off", StringComparison.OrdinalIgnoreCase)
            ? $"NOT RUN: {Switch} is off, nothing was tried on Azurite."
            : AzuriteServer.WhyNot() is { } reason ? $"NOT RUN: {reason}, nothing was tried on Azurite." : null;
}
