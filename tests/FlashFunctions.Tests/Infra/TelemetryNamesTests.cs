using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using FlashFunctions.Core.Providers.Resilience;
using FlashFunctions.Core.Telemetry;

namespace FlashFunctions.Tests.Infra;

/// <summary>What alerts and the documentation call a measurement is what the meter calls it.</summary>
public sealed partial class TelemetryNamesTests
{
    [Fact]
    public async Task The_documentation_names_every_instrument_and_no_other()
    {
        var documented = InstrumentName()
            .Matches(await File.ReadAllTextAsync(Repository.Path("docs", "telemetry.md"), TestContext.Current.CancellationToken));

        Assert.Equal(
            (await InstrumentsAsync()).Order(StringComparer.Ordinal),
            documented.Select(match => match.Groups["name"].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Templates_name_no_measurement_that_does_not_exist()
    {
        var instruments = await InstrumentsAsync();
        var templates = Directory.GetFiles(Repository.Path("infra"), "*.bicep", SearchOption.AllDirectories);

        Assert.NotEmpty(templates);
        Assert.All(templates, template => Assert.Subset(
            instruments, AnyName().Matches(File.ReadAllText(template)).Select(match => match.Value).ToHashSet(StringComparer.Ordinal)));
    }

    internal static async Task<ISet<string>> InstrumentsAsync()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var gauge = new CircuitGauge([]);
        await gauge.StartAsync(TestContext.Current.CancellationToken);
        RuntimeHelpers.RunClassConstructor(typeof(Meters).TypeHandle);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == Meters.Name)
                {
                    names.Add(instrument.Name);
                }
            },
        };
        listener.Start();
        return names;
    }

    [GeneratedRegex(
        @"^\| `(?<name>flashfunctions\.[a-z.]+)` \|",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex InstrumentName();

    [GeneratedRegex(@"\bflashfunctions\.[a-z]+(\.[a-z]+)*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex AnyName();
}
