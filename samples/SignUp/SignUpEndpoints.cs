namespace SignUp;

/// <summary>What the page is shown. Times are unix milliseconds; <paramref name="Error"/> is a sentence for the person.</summary>
public sealed record View(
    string State,
    string? Method = null,
    int? CodeLength = null,
    string? Hint = null,
    string? NextMethod = null,
    long? NextAllowedAt = null,
    long? ExpiresAt = null,
    int? AttemptsLeft = null,
    string? Status = null,
    string? Error = null);

/// <summary>What the page asks of this backend.</summary>
public static class SignUpEndpoints
{
    private const string Enter = "enter";
    private const string Waiting = "waiting";
    private const string Verified = "verified";
    private const string Over = "over";

    public static void MapSignUp(this WebApplication app)
    {
        app.MapGet("/api/state", (HttpContext context, SignUpSessions sessions) => Show(sessions.Find(context)));
        app.MapPost("/api/start", StartAsync);
        app.MapPost("/api/check", CheckAsync);
        app.MapPost("/api/next", NextAsync);
        app.MapPost("/api/again", (HttpContext context, SignUpSessions sessions) => Show(sessions.Begin(context)));
    }

    private static async Task<View> StartAsync(
        StartForm form, HttpContext context, SignUpSessions sessions, FlashFunctionsClient client, CancellationToken cancellationToken)
    {
        var session = sessions.Begin(context);
        session.Number = InE164(form.Number);
        var language = context.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(accepted => accepted.Quality ?? 1)
            .Select(accepted => accepted.Value.Value).FirstOrDefault() ?? "en";
        var answer = await client.StartAsync(
            session.Number ?? "",
            session.Id,
            language,
            context.Connection.RemoteIpAddress?.ToString(),
            SignUpSessions.DeviceOf(context),
            cancellationToken);
        session.Verification = answer.Value;
        return Show(session, answer.Problem, answer.RetryAfter);
    }

    private static async Task<View> CheckAsync(
        CheckForm form, HttpContext context, SignUpSessions sessions, FlashFunctionsClient client, CancellationToken cancellationToken)
    {
        if (sessions.Find(context) is not { Verification: { } verification } session)
        {
            return new View(Enter);
        }

        var answer = await client.CheckAsync(verification.RequestId, form.Code?.Trim() ?? "", cancellationToken);
        if (answer.Value is { } result)
        {
            session.IsVerified = result.Verified;
            session.AttemptsLeft = result.AttemptsLeft;
            return Show(session) with { Error = result.Verified ? null : "That code is not right." };
        }

        return Show(session, answer.Problem, answer.RetryAfter);
    }

    private static async Task<View> NextAsync(
        HttpContext context, SignUpSessions sessions, FlashFunctionsClient client, CancellationToken cancellationToken)
    {
        if (sessions.Find(context) is not { Verification: { } verification } session)
        {
            return new View(Enter);
        }

        var answer = await client.NextAsync(verification.RequestId, cancellationToken);
        session.Verification = answer.Value ?? verification;
        return Show(session, answer.Problem, answer.RetryAfter);
    }

    /// <summary>People write numbers with spaces, hyphens and brackets, and 00 for the plus; the service takes E.164 alone.</summary>
    private static string InE164(string? written)
    {
        var number = string.Concat(
            (written ?? "").Where(character => !char.IsWhiteSpace(character) && character is not ('-' or '(' or ')' or '.')));
        return number.StartsWith("00", StringComparison.Ordinal) ? $"+{number[2..]}" : number;
    }

    private static View Show(SignUpSession? session, Refused? problem = null, TimeSpan? retryAfter = null)
    {
        var error = problem is null ? null : Sentence(problem, retryAfter);
        if (session?.Verification is not { } verification)
        {
            return new View(Enter, Error: error);
        }

        var state = session.IsVerified ? Verified
            : session.AttemptsLeft == 0 || problem?.ErrorCode is 21 or 22 or 23 ? Over
            : Waiting;
        return new View(
            state,
            verification.Method,
            verification.CodeLength,
            verification.Hint,
            verification.NextMethod,
            verification.NextAllowedAt,
            verification.ExpiresAt,
            session.AttemptsLeft,
            session.Status,
            error);
    }

    /// <summary>A refusal in words for a person; errorCodes are stable, reasons are for developers.</summary>
    private static string Sentence(Refused problem, TimeSpan? retryAfter)
    {
        var later = retryAfter is { } wait ? $" Try again in {Math.Ceiling(wait.TotalSeconds):0} seconds." : "";
        return problem.ErrorCode switch
        {
            4 => $"That was too soon.{later}",
            11 => "That is not a phone number that we can call. Write it with its country, such as +372 5300 0001.",
            21 => "The code has expired. Ask for a new one.",
            22 => $"Too many wrong codes.{later}",
            23 => "This verification is over. Ask for a new one.",
            30 => "We cannot call or text this number. Please contact support.",
            10 => problem.Details is { Count: > 0 }
                ? $"Please check what you entered ({string.Join(", ", problem.Details.Keys)})."
                : "Please check what you entered.",
            _ => $"Something went wrong on our side.{later}",
        };
    }

    private sealed record StartForm(string? Number);

    private sealed record CheckForm(string? Code);
}
