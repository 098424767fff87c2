using System.Diagnostics;

namespace FlashFunctions.Core.Telemetry;

/// <summary>Spans of our own. A queue message carries the context, so that one verification is one trace.</summary>
public static class Trace
{
    public const string SourceName = "FlashFunctions";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Goes on with the trace that a queue message carried; null when nobody listens.</summary>
    public static Activity? Continue(string name, string? context) =>
        ActivityContext.TryParse(context, null, isRemote: true, out var parent)
            ? Source.StartActivity(name, ActivityKind.Consumer, parent)
            : Source.StartActivity(name, ActivityKind.Consumer);

    /// <summary>A span within the current one.</summary>
    public static Activity? Start(string name, ActivityKind kind = ActivityKind.Internal) => Source.StartActivity(name, kind);
}
