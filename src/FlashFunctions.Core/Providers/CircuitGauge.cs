using System.Diagnostics.Metrics;
using FlashFunctions.Core.Telemetry;
using Microsoft.Extensions.Hosting;

namespace FlashFunctions.Core.Providers;

/// <summary>Shows which providers are passed over at present, whenever somebody looks.</summary>
internal sealed class CircuitGauge(IEnumerable<IProvider> providers) : IHostedService, IDisposable
{
    private readonly Meter _meter = new(Meters.Name);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _meter.CreateObservableGauge("flashfunctions.circuit.open", Measure, "{circuit}", "1 for a provider and country while their circuit is open; 0 for a provider without an open one.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> Measure() => providers.SelectMany(provider => provider.OpenCountries is { Count: > 0 } open
        ? open.Select(country => new Measurement<int>(1, new("provider", provider.Name), new("country", country)))
        : [new Measurement<int>(0, new KeyValuePair<string, object?>("provider", provider.Name))]);
}
