using System.Text;

namespace FlashFunctions.Simulator;

/// <summary>The error table that Unibell's and Lanck's documents share.</summary>
internal static class ErrorTable
{
    public static Reply AuthenticationRequired { get; } = Error(401, 1, "Authentication required");

    public static Reply InactiveAccount { get; } = Error(400, 2, "Inactive account");

    public static Reply TooManyRequests { get; } = Error(429, 4, "Too many requests");

    public static Reply InactiveToken { get; } = Error(401, 5, "Inactive token");

    public static Reply InsufficientFunds { get; } = Error(403, 6, "Insufficient funds");

    public static Reply InvalidRequest { get; } = Error(400, 10, "Invalid request");

    public static Reply InvalidNumber { get; } = Error(400, 11, "Invalid number");

    public static Reply SenderNotAllowed { get; } = Error(400, 16, "Sender not allowed");

    /// <summary>Not documented: an unknown path or request id.</summary>
    public static Reply NotFound { get; } = Error(404, 10, "Invalid request");

    /// <summary>An errorCode that the documents do not list.</summary>
    public static Reply Undocumented { get; } = Error(400, 77, "Route not available");

    /// <summary>The answer to a refusal, or null for none.</summary>
    public static Reply? Of(SimulatedRefusal refusal) => refusal switch
    {
        SimulatedRefusal.None => null,
        SimulatedRefusal.AuthenticationRequired => AuthenticationRequired,
        SimulatedRefusal.InactiveAccount => InactiveAccount,
        SimulatedRefusal.InactiveToken => InactiveToken,
        SimulatedRefusal.TooManyRequests => TooManyRequests,
        SimulatedRefusal.TooManyRequestsRetryAfter => TooManyRequests with { RetryAfter = 1 },
        SimulatedRefusal.InsufficientFunds => InsufficientFunds,
        SimulatedRefusal.InvalidNumber => InvalidNumber,
        SimulatedRefusal.SenderNotAllowed => SenderNotAllowed,
        SimulatedRefusal.NotFound => NotFound,
        SimulatedRefusal.Undocumented => Undocumented,
        _ => Failures.Of(refusal) ?? InvalidRequest,
    };

    private static Reply Error(int status, int code, string reason) =>
        new(status, Encoding.UTF8.GetBytes($$"""{"errorCode":{{code}},"errorReason":"{{reason}}"}"""));
}
