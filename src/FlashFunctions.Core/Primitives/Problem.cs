using System.Globalization;

namespace FlashFunctions.Core.Primitives;

/// <summary>
/// A refusal as the caller sees it: a stable errorCode with its HTTP status, a reason, and what is wrong by field. Every
/// one has a named factory here.
/// </summary>
/// <param name="ErrorCode">The source document's codes, and ours from 20.</param>
/// <param name="Details">By field, what is wrong.</param>
/// <param name="RetryAfter">When to come back; always set with 429 and 503.</param>
public sealed record Problem(
    int ErrorCode,
    int HttpStatus,
    string Reason,
    IReadOnlyDictionary<string, IReadOnlyList<string>>? Details = null,
    TimeSpan? RetryAfter = null)
{
    /// <summary>The limit, block or list that refused, in a word for the security log; null where it was none.</summary>
    public string? Limit => ErrorCode switch
    {
        4 => Details is null ? "rate" : Details.Keys.FirstOrDefault(),
        6 => "daily_cap",
        16 => "senders",
        20 when IsOfAnother => "other_account",
        22 => "wrong_codes",
        30 => Details?.GetValueOrDefault("reason") is [{ } reason, ..]
            && reason.All(letter => char.IsAsciiLetterLower(letter) || letter == '_')
                ? reason
                : "blocked",
        _ => null,
    };

    /// <summary>Whether what was not found is another account's: the caller is not told, the security log is.</summary>
    private bool IsOfAnother { get; init; }

    public static Problem AuthenticationRequired { get; } = new(1, 401, "Authentication required");
    public static Problem InactiveAccount { get; } = new(2, 400, "Inactive account");
    public static Problem InactiveToken { get; } = new(5, 401, "Inactive token");

    public static Problem RequestNotFound { get; } = new(20, 404, "Request not found");

    /// <summary>The same to the caller, for a request that is another account's.</summary>
    public static Problem RequestOfAnother { get; } = RequestNotFound with { IsOfAnother = true };

    public static Problem VerificationExpired { get; } = new(21, 410, "Verification expired");

    /// <summary>The fraud guard forbids it: the details say by which rule, what was seen and when it ends.</summary>
    public static Problem NumberBlocked(FraudFinding finding)
    {
        var details = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
        {
            ["reason"] = [finding.Reason],
            ["scope"] = [FraudFinding.NameOf(finding.Scope)],
            ["seen"] = [finding.Seen],
            ["limit"] = [finding.Limit],
        };
        if (finding.Until is { } until)
        {
            details["until"] = [until.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)];
        }

        return new Problem(30, 403, "Number blocked", details);
    }

    /// <summary>The account's daily spend cap forbids it; the details say why.</summary>
    public static Problem InsufficientFunds(string why) => new(6, 403, "Insufficient funds", Field("account", why));

    public static Problem AccountNotFound { get; } = new(20, 404, "Account not found");
    public static Problem TokenNotFound { get; } = new(20, 404, "Token not found");
    public static Problem ListNotFound { get; } = new(20, 404, "List not found");
    public static Problem ListEntryNotFound { get; } = new(20, 404, "List entry not found");
    public static Problem TestNumberNotFound { get; } = new(20, 404, "Test number not found");
    public static Problem BlockNotFound { get; } = new(20, 404, "Block not found");
    public static Problem DeadLetterNotFound { get; } = new(20, 404, "Dead letter not found");

    public static Problem BodyTooLarge { get; } = Invalid("body", "is larger than 64 KiB") with { HttpStatus = 413 };

    public static Problem BodyBrokenOff { get; } = Invalid("body", "broke off before its end");

    /// <summary>What is asked for would not fit into a row together with what becomes of it.</summary>
    public static Problem RequestTooLarge { get; } =
        Invalid("body", "asks for more than can be kept of one request") with { HttpStatus = 413 };

    public static Problem TooManyRequests(TimeSpan retryAfter, string? field = null, string? why = null) =>
        new(4, 429, "Too many requests", field is null ? null : Field(field, why!), retryAfter);

    public static Problem TooManyWrongCodes(TimeSpan retryAfter) => new(22, 429, "Too many wrong codes", RetryAfter: retryAfter);

    public static Problem Invalid(string field, string why) => new(10, 400, "Invalid request", Field(field, why));

    public static Problem Invalid(IReadOnlyDictionary<string, IReadOnlyList<string>> details) => new(10, 400, "Invalid request", details);

    public static Problem InvalidNumber(string field, string why) => new(11, 400, "Invalid number", Field(field, why));

    public static Problem SenderNotAllowed(string field) =>
        new(16, 400, "Sender not allowed", Field(field, "is not among the account's senders"));

    /// <summary>The body says how it ended.</summary>
    public static Problem VerificationFinished(string result) => new(23, 409, "Verification already finished", Field("result", result));

    public static Problem KeyInUse { get; } = new(31, 409, "Idempotency key in use with another body");

    public static Problem Unavailable(TimeSpan? retryAfter = null) =>
        new(50, 503, "Temporarily unavailable", RetryAfter: retryAfter ?? TimeSpan.FromSeconds(2));

    private static Dictionary<string, IReadOnlyList<string>> Field(string field, string why) =>
        new(StringComparer.Ordinal) { [field] = [why] };
}
