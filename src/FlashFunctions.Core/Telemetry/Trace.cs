using System.Diagnostics;
using System.Text.Json;

namespace FlashFunctions.Core.Telemetry;

/// <summary>
/// Spans of our own. Queue messages and requests carry the context, so that one verification is one trace, from the call that starts
/// it to the last webhook. No tag holds a number, a code or an account; it costs nothing while nobody listens.
/// </summary>
public static class Trace
{
    public const string SourceName = "FlashFunctions";

    /// <summary>The source of the worker's span around each function, itself a child of the host's.</summary>
    public const string HostSource = "Microsoft.Azure.Functions.Worker";

    internal static readonly ActivitySource Source = new(SourceName);

    /// <summary>The W3C context to carry along; null when nobody listens.</summary>
    public static string? Context => Source.HasListeners() ? Activity.Current?.Id : null;

    /// <summary>
    /// A call from outside. For a known caller: below the host's span where the host has one, else in the trace that the caller names.
    /// For anybody else: a trace of its own, linked to the host's span, so that no stranger can write into another's trace.
    /// </summary>
    /// <param name="traceparent">The W3C header of the call, if any.</param>
    /// <param name="isKnown">Whether the caller has shown valid credentials, or is the host itself.</param>
    public static Activity? StartCall(string name, string? traceparent, bool isKnown)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        if (isKnown && HostSpan is not null)
        {
            return Source.StartActivity(name);
        }

        var links = LinksToHost();
        var caller = isKnown && ActivityContext.TryParse(traceparent, null, isRemote: true, out var context) ? context : default;
        var before = Activity.Current;
        Activity.Current = null;
        var span = Source.StartActivity(name, ActivityKind.Server, caller, links: links);
        Activity.Current = span ?? before;
        return span;
    }

    /// <summary>
    /// Goes on with the trace that a queue message carried, linked to the host's span of the delivery; null when nobody listens.
    /// </summary>
    public static Activity? Continue(string name, string? context) =>
        ActivityContext.TryParse(context, null, isRemote: true, out var parent)
            ? Source.StartActivity(name, ActivityKind.Consumer, parent, links: LinksToHost())
            : Source.StartActivity(name, ActivityKind.Consumer);

    /// <summary>A span within the current one.</summary>
    public static Activity? Start(string name, ActivityKind kind) => Source.StartActivity(name, kind);

    /// <summary>The name of an operation, by that of the method: “CheckAsync” is “check”.</summary>
    public static string NameOf(string method) =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(method.EndsWith("Async", StringComparison.Ordinal) ? method[..^5] : method);

    private static Activity? HostSpan => Activity.Current is { Source.Name: HostSource } span ? span : null;

    private static ActivityLink[]? LinksToHost() => HostSpan is { } span ? [new ActivityLink(span.Context)] : null;
}
