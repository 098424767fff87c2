using System.Diagnostics;

namespace FlashFunctions.Core.Requests;

/// <summary>The spans of work on a request: they belong to the trace of the call that created it.</summary>
public static class RequestTrace
{
    private const string RequestTag = "flashfunctions.request";
    private const string ProductTag = "flashfunctions.product";

    /// <summary>
    /// Goes over into the trace of a request that somebody else's call is about, linked to that call; null when it is the current trace,
    /// or nobody listens.
    /// </summary>
    public static Activity? Join(string name, RequestRecord request)
    {
        if (!Telemetry.Trace.Source.HasListeners() || IsIn(request)
            || !ActivityContext.TryParse(request.Trace, null, isRemote: true, out var parent))
        {
            return null;
        }

        ActivityLink[] links = Activity.Current is { } call ? [new ActivityLink(call.Context)] : [];
        return About(Telemetry.Trace.Source.StartActivity(name, ActivityKind.Internal, parent, links: links), request);
    }

    /// <summary>The context for a job about a request: the current one, unless it belongs to another request's trace.</summary>
    public static string? ContextOf(RequestRecord request) =>
        request.Trace is null || IsIn(request) ? Telemetry.Trace.Context : request.Trace;

    public static Activity? About(Activity? span, RequestRecord request) =>
        span?.SetTag(RequestTag, request.Id.Text).SetTag(ProductTag, request.Product);

    private static bool IsIn(RequestRecord request) =>
        Activity.Current is { } current && request.Trace?.Contains(current.TraceId.ToHexString(), StringComparison.Ordinal) == true;
}
