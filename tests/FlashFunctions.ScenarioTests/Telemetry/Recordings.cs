using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using FlashFunctions.Core.Telemetry;

namespace FlashFunctions.ScenarioTests.Telemetry;

/// <summary>Listeners see the whole process, so these tests run while no others do.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TelemetryTests
{
    public const string Name = "Telemetry";
}

/// <summary>Every span of the service that ended.</summary>
internal sealed class SpanRecording : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;

    public SpanRecording()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Core.Telemetry.Trace.SourceName,
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyCollection<Activity> All => _spans;

    /// <summary>The names of the spans of a trace, in the order of their ends.</summary>
    public IReadOnlyList<string> NamesIn(ActivityTraceId trace) =>
        [.. _spans.Where(span => span.TraceId == trace).Select(span => span.OperationName)];

    public void Dispose() => _listener.Dispose();
}

/// <summary>One measurement.</summary>
internal sealed record Measured(string Name, double Value, IReadOnlyDictionary<string, object?> Tags)
{
    public string? Tag(string name) => Tags.GetValueOrDefault(name) as string;
}

/// <summary>Every measurement of the service.</summary>
internal sealed class MeterRecording : IDisposable
{
    private readonly ConcurrentQueue<Measured> _measured = new();
    private readonly MeterListener _listener = new();

    public MeterRecording()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Meters.Name)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public IReadOnlyCollection<Measured> All => _measured;

    /// <summary>What was measured by an instrument.</summary>
    public IReadOnlyList<Measured> Of(string name) => [.. _measured.Where(one => one.Name == name)];

    /// <summary>What was counted by an instrument, as “tag/tag”.</summary>
    public IReadOnlyList<string> Counted(string name, params string[] tags) =>
        [.. Of(name).Select(one => string.Join('/', tags.Select(one.Tag)))];

    /// <summary>Asks the instruments that are looked at.</summary>
    public IReadOnlyList<Measured> Look(string name)
    {
        _measured.Clear();
        _listener.RecordObservableInstruments();
        return Of(name);
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Enqueue(new Measured(instrument.Name, value, new Dictionary<string, object?>(tags.ToArray(), StringComparer.Ordinal)));
}
