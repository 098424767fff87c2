using System.Globalization;
using System.Text;

namespace FlashFunctions.Simulator;

/// <summary>A provider's answer to a request, and the callbacks that follow from it.</summary>
/// <param name="Status">The HTTP status; 0: the connection is cut instead.</param>
/// <param name="Body">The whole body.</param>
/// <param name="ContentType">Its media type.</param>
internal sealed record SimulatedReply(int Status, byte[] Body, string ContentType = "application/json")
{
    /// <summary>Seconds for Retry-After, or null.</summary>
    public int? RetryAfter { get; init; }

    public SimulatedAnswer Answer { get; init; }

    public IReadOnlyList<SimulatedScript> Scripts { get; init; } = [];

    /// <summary>The request is held open, and then the connection is cut.</summary>
    public static SimulatedReply Silence { get; } = new(0, []) { Answer = SimulatedAnswer.Never };

    private static SimulatedReply ServerError { get; } = FromText(500, """{"message":"Internal server error"}""");

    private static SimulatedReply Unavailable { get; } = FromText(503, """{"message":"Service unavailable"}""");

    public static SimulatedReply FromText(int status, string json) => new(status, Encoding.UTF8.GetBytes(json));

    public static SimulatedReply Json<T>(int status, T value) => new(status, SimulatedJson.Write(value));

    /// <summary>The reply to a refusal that looks the same at every provider, or null for others.</summary>
    public static SimulatedReply? ForFailure(SimulatedRefusal refusal) => refusal switch
    {
        SimulatedRefusal.ServerError => ServerError,
        SimulatedRefusal.BadGatewayPage => new SimulatedReply(
            502,
            "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"u8.ToArray(),
            "text/html"),
        SimulatedRefusal.Unavailable => Unavailable,
        SimulatedRefusal.UnavailableRetryAfter => Unavailable with { RetryAfter = 1 },
        SimulatedRefusal.UnavailableForLong => Unavailable with { RetryAfter = 120 },
        SimulatedRefusal.Reset => new SimulatedReply(0, []),
        _ => null,
    };

    /// <summary>Writes the answer as <see cref="Answer"/> says. Returns the status that was sent, or null when none was.</summary>
    public async Task<int?> WriteAsync(HttpContext context, SimulatorDelays delays, TimeProvider time)
    {
        var pause = Answer switch
        {
            SimulatedAnswer.Never => delays.HangLimit,
            SimulatedAnswer.Slow => delays.SlowAnswer,
            _ => TimeSpan.Zero,
        };
        await Task.Delay(pause, time, context.RequestAborted);
        if (Status == 0 || Answer is SimulatedAnswer.Reset or SimulatedAnswer.Never)
        {
            context.Abort();
            return null;
        }

        var (status, body) = Answer switch
        {
            SimulatedAnswer.ServerError => (ServerError.Status, ServerError.Body),
            SimulatedAnswer.Unreadable => (Status, Body[..(Body.Length / 2)]),
            SimulatedAnswer.Empty => (Status, "{}"u8.ToArray()),
            _ => (Status, Body),
        };
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = ContentType;
        response.ContentLength = body.Length;
        response.Headers.RetryAfter = RetryAfter?.ToString(CultureInfo.InvariantCulture);
        await response.BodyWriter.WriteAsync(body, context.RequestAborted);
        return status;
    }
}

/// <summary>The error table that Unibell's and Lanck's documents share.</summary>
internal static class SimulatedErrors
{
    public static SimulatedReply AuthenticationRequired { get; } = Error(401, 1, "Authentication required");

    public static SimulatedReply TooManyRequests { get; } = Error(429, 4, "Too many requests");

    public static SimulatedReply InvalidRequest { get; } = Error(400, 10, "Invalid request");

    public static SimulatedReply InvalidNumber { get; } = Error(400, 11, "Invalid number");

    public static SimulatedReply SenderNotAllowed { get; } = Error(400, 16, "Sender not allowed");

    /// <summary>Not documented: an unknown path or request id.</summary>
    public static SimulatedReply NotFound { get; } = Error(404, 10, "Invalid request");

    public static SimulatedReply? For(SimulatedRefusal refusal) => refusal switch
    {
        SimulatedRefusal.None => null,
        SimulatedRefusal.AuthenticationRequired => AuthenticationRequired,
        SimulatedRefusal.InactiveAccount => Error(400, 2, "Inactive account"),
        SimulatedRefusal.InactiveToken => Error(401, 5, "Inactive token"),
        SimulatedRefusal.TooManyRequests => TooManyRequests,
        SimulatedRefusal.TooManyRequestsRetryAfter => TooManyRequests with { RetryAfter = 1 },
        SimulatedRefusal.InsufficientFunds => Error(403, 6, "Insufficient funds"),
        SimulatedRefusal.InvalidNumber => InvalidNumber,
        SimulatedRefusal.SenderNotAllowed => SenderNotAllowed,
        SimulatedRefusal.NotFound => NotFound,
        SimulatedRefusal.Undocumented => Error(400, 77, "Route not available"), // An errorCode that the documents do not list.
        _ => SimulatedReply.ForFailure(refusal) ?? InvalidRequest,
    };

    private static SimulatedReply Error(int status, int code, string reason) =>
        SimulatedReply.FromText(status, $$"""{"errorCode":{{code}},"errorReason":"{{reason}}"}""");
}
