namespace FlashFunctions.Simulator;

/// <summary>Bird's errors; only 400, 404 and 422 are documented for flash calls.</summary>
internal static class BirdErrors
{
    public const string ToPath = "$.to";

    public static Reply Unauthorized { get; } = Error(401, "Unauthorized", "The access key is missing or not valid");

    public static Reply Forbidden { get; } = Error(403, "Forbidden", "The access key may not do this");

    public static Reply NotFound { get; } = Error(404, "NotFound", "The resource was not found");

    public static Reply NotJson { get; } = Error(400, "InvalidPayload", "The body is not JSON");

    private static Reply TooManyRequests { get; } = Error(429, "TooManyRequests", "Too many requests");

    /// <summary>A 422: the messages by JSON path.</summary>
    public static Reply Invalid(IReadOnlyDictionary<string, string[]> details) =>
        Reply.Json(422, new BirdError("InvalidPayload", "One or more fields are not valid", details), BirdJson.Default.BirdError);

    /// <summary>The answer to a refusal, or null for none.</summary>
    public static Reply? Of(SimulatedRefusal refusal) => refusal switch
    {
        SimulatedRefusal.None => null,
        SimulatedRefusal.AuthenticationRequired or SimulatedRefusal.InactiveToken => Unauthorized,
        SimulatedRefusal.InactiveAccount => Forbidden,
        SimulatedRefusal.TooManyRequests => TooManyRequests,
        SimulatedRefusal.TooManyRequestsRetryAfter => TooManyRequests with { RetryAfter = 1 },
        SimulatedRefusal.InsufficientFunds => Error(400, "InsufficientBalance", "The balance is too low"),
        SimulatedRefusal.InvalidNumber => Invalid(ToPath, "is not a phone number"),
        SimulatedRefusal.SenderNotAllowed => Invalid("$.from", "is not a number of this channel"),
        SimulatedRefusal.Undocumented => Error(400, "DestinationNotSupported", "The destination cannot be called", Details(ToPath, "cannot be called")),
        SimulatedRefusal.NotFound => NotFound,
        _ => Failures.Of(refusal) ?? Invalid("$.ringTimeout", "must be between 3 and 120"),
    };

    private static Reply Invalid(string path, string message) => Invalid(Details(path, message));

    private static Dictionary<string, string[]> Details(string path, string message) => new(StringComparer.Ordinal) { [path] = [message] };

    private static Reply Error(int status, string code, string message, IReadOnlyDictionary<string, string[]>? details = null) =>
        Reply.Json(status, new BirdError(code, message, details), BirdJson.Default.BirdError);
}
