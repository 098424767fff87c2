using System.Diagnostics;

namespace FlashFunctions.LocalHost.Rehearsal;

/// <summary>
/// The spans of the last traces, of the service and of its store. It listens for two minutes after somebody has looked, so that a service
/// which nobody watches traces nothing.
/// </summary>
internal sealed class RehearsalTraces(TimeProvider time) : IDisposable
{
    private const int MostTraces = 500;
    private const int MostSpans = 500;
    private static readonly TimeSpan ListensFor = TimeSpan.FromMinutes(2);

    private readonly Lock _lock = new();
    private readonly OrderedDictionary<ActivityTraceId, List<Activity>> _traces = [];
    private ActivityListener? _listener;
    private ITimer? _end;

    public void Listen()
    {
        lock (_lock)
        {
            if (_listener is null)
            {
                _listener = new ActivityListener
                {
                    ShouldListenTo = static source => source.Name is Core.Telemetry.Trace.SourceName or TracedStorage.SourceName,
                    Sample = static (ref _) => ActivitySamplingResult.AllData,
                    ActivityStarted = Keep,
                };
                ActivitySource.AddActivityListener(_listener);
            }

            _end ??= time.CreateTimer(_ => StopListening(), null, ListensFor, Timeout.InfiniteTimeSpan);
            _end.Change(ListensFor, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The spans of a trace in the order in which they began, those that are under way too.</summary>
    public IReadOnlyList<Activity> Of(ActivityTraceId trace)
    {
        lock (_traces)
        {
            return _traces.TryGetValue(trace, out var spans) ? [.. spans] : [];
        }
    }

    /// <summary>One span; null where it is not known any more.</summary>
    public Activity? Find(ActivityContext context) => Of(context.TraceId).FirstOrDefault(span => span.SpanId == context.SpanId);

    public void Dispose()
    {
        StopListening();
        _end?.Dispose();
    }

    private void StopListening()
    {
        lock (_lock)
        {
            _listener?.Dispose();
            _listener = null;
        }
    }

    private void Keep(Activity span)
    {
        lock (_traces)
        {
            if (!_traces.TryGetValue(span.TraceId, out var spans))
            {
                if (_traces.Count == MostTraces)
                {
                    _traces.RemoveAt(0);
                }

                _traces.Add(span.TraceId, spans = []);
            }

            if (spans.Count < MostSpans)
            {
                spans.Add(span);
            }
        }
    }
}
