using System.Text;

namespace FlashFunctions.Simulator;

/// <summary>Revicom's error envelope.</summary>
internal static class RevicomErrors
{
    public const int InvalidCode = 4220;

    /// <summary>What the document says of a code that is not one.</summary>
    public const string InvalidContent = "Invalid content";

    /// <summary>What the document says of a bad number.</summary>
    public const string InvalidMsisdn = "Invalid msisdn";

    public static Reply NotAuthenticated { get; } = Error(401, 4010, "Not Authenticated");

    public static Reply BadCredentials { get; } = Error(401, 4012, "Bad credentials");

    public static Reply AccessDenied { get; } = Error(403, 4030, "Access Denied");

    /// <summary>Not documented: an unknown path.</summary>
    public static Reply NotFound { get; } = Error(404, 4040, "Not Found");

    public static Reply Invalid(string what) => Error(422, InvalidCode, what);

    /// <summary>The answer to a refusal; null for none and for one that shows in an item.</summary>
    public static Reply? Of(SimulatedRefusal refusal) => refusal switch
    {
        SimulatedRefusal.None or SimulatedRefusal.Undocumented => null,
        SimulatedRefusal.AuthenticationRequired => BadCredentials,
        SimulatedRefusal.InactiveToken => NotAuthenticated,
        SimulatedRefusal.InactiveAccount or SimulatedRefusal.InsufficientFunds => AccessDenied,
        SimulatedRefusal.TooManyRequests => Error(429, 4290, "Too Many Requests"),
        SimulatedRefusal.TooManyRequestsRetryAfter => Error(429, 4290, "Too Many Requests") with { RetryAfter = 1 },
        SimulatedRefusal.InvalidNumber => Invalid(InvalidMsisdn),
        SimulatedRefusal.SenderNotAllowed => Invalid("Invalid senderName"),
        SimulatedRefusal.NotFound => NotFound,
        _ => Failures.Of(refusal) ?? Invalid(InvalidContent),
    };

    private static Reply Error(int status, int code, string message) =>
        new(status, Encoding.UTF8.GetBytes($$$"""{"error":{"code":{{{code}}},"msg":"{{{message}}}"}}"""));
}
