using System.Diagnostics;
using System.Text.Json;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Telemetry;

/// <summary>
/// Spans of our own. Queue messages and requests carry the context, so that one verification is one trace, from the call that starts
/// it to the last webhook. No tag holds a number, a code or an account; all of it costs nothing while nobody listens.
/// </summary>
public static class Trace
{
    /// <summary>The name of the source.</summary>
    public const string SourceName = "FlashFunctions";

    /// <summary>The source of the worker's span around each function, itself a child of the host's.</summary>
    public const string HostSource = "Microsoft.Azure.Functions.Worker";

    private const string RequestTag = "flashfunctions.request";
    private const string ProductTag = "flashfunctions.product";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The W3C context to carry along; null when nobody listens.</summary>
    public static string? Context => Source.HasListeners() ? Activity.Current?.Id : null;

    /// <summary>
    /// A call from outside. Of a caller who is known: below the host's span where the host has one, else in the trace that the caller names.
    /// Of anybody else: a trace of its own, linked to the host's span, so that no stranger writes into another's trace.
    /// </summary>
    /// <param name="name">The operation.</param>
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

    /// <summary>Goes on with the trace that a queue message carried, linked to the host's span of the delivery; null when nobody listens.</summary>
    public static Activity? Continue(string name, string? context) =>
        ActivityContext.TryParse(context, null, isRemote: true, out var parent)
            ? Source.StartActivity(name, ActivityKind.Consumer, parent, links: LinksToHost())
            : Source.StartActivity(name, ActivityKind.Consumer);

    /// <summary>A span within the current one.</summary>
    public static Activity? Start(string name, ActivityKind kind = ActivityKind.Internal) => Source.StartActivity(name, kind);

    /// <summary>
    /// Goes over into the trace of a request that somebody else's call is about, linked to that call; null when it is the current trace,
    /// or nobody listens.
    /// </summary>
    public static Activity? Join(string name, RequestRecord request)
    {
        if (!Source.HasListeners() || IsIn(request) || !ActivityContext.TryParse(request.Trace, null, isRemote: true, out var parent))
        {
            return null;
        }

        ActivityLink[] links = Activity.Current is { } call ? [new ActivityLink(call.Context)] : [];
        return About(Source.StartActivity(name, ActivityKind.Internal, parent, links: links), request);
    }

    /// <summary>The context for a job about a request: the current one, unless it belongs to another request's trace.</summary>
    public static string? ContextOf(RequestRecord request) => request.Trace is null || IsIn(request) ? Context : request.Trace;

    /// <summary>Says on a span which request it is about.</summary>
    public static Activity? About(Activity? span, RequestRecord request) =>
        span?.SetTag(RequestTag, request.Id.Text).SetTag(ProductTag, request.Product);

    /// <summary>The name of an operation, by that of the method: “CheckAsync” is “check”.</summary>
    public static string NameOf(string method) =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(method.EndsWith("Async", StringComparison.Ordinal) ? method[..^5] : method);

    private static Activity? HostSpan => Activity.Current is { Source.Name: HostSource } span ? span : null;

    private static ActivityLink[]? LinksToHost() => HostSpan is { } span ? [new ActivityLink(span.Context)] : null;

    private static bool IsIn(RequestRecord request) =>
        Activity.Current is { } current && request.Trace?.Contains(current.TraceId.ToHexString(), StringComparison.Ordinal) == true;
}
