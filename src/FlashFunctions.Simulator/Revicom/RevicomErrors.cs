using System.Text;
using FlashFunctions.Simulator.Behaviours;
using FlashFunctions.Simulator.Http;

namespace FlashFunctions.Simulator.Revicom;

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
    public static Reply? Of(Refusal refusal) => refusal switch
    {
        Refusal.None or Refusal.Undocumented => null,
        Refusal.AuthenticationRequired => BadCredentials,
        Refusal.InactiveToken => NotAuthenticated,
        Refusal.InactiveAccount or Refusal.InsufficientFunds => AccessDenied,
        Refusal.TooManyRequests => Error(429, 4290, "Too Many Requests"),
        Refusal.TooManyRequestsRetryAfter => Error(429, 4290, "Too Many Requests") with { RetryAfter = 1 },
        Refusal.InvalidNumber => Invalid(InvalidMsisdn),
        Refusal.SenderNotAllowed => Invalid("Invalid senderName"),
        Refusal.NotFound => NotFound,
        _ => Failures.Of(refusal) ?? Invalid(InvalidContent),
    };

    private static Reply Error(int status, int code, string message) =>
        new(status, Encoding.UTF8.GetBytes($$$"""{"error":{"code":{{{code}}},"msg":"{{{message}}}"}}"""));
}
