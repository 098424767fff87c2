using System.Diagnostics.Metrics;
using FlashFunctions.Core.Providers;
using Microsoft.Extensions.Hosting;

namespace FlashFunctions.Core.Telemetry;

/// <summary>Shows which providers are passed over at present, whenever somebody looks.</summary>
internal sealed class CircuitGauge(IEnumerable<IProvider> providers) : IHostedService, IDisposable
{
    private readonly Meter _meter = new(Meters.Name);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _meter.CreateObservableGauge("flashfunctions.circuit.open", Measure, "{circuit}", "1 while a provider's circuit is open, else 0, by provider.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> Measure() =>
        providers.Select(provider => new Measurement<int>(provider.IsCircuitOpen ? 1 : 0, new KeyValuePair<string, object?>("provider", provider.Name)));
}
