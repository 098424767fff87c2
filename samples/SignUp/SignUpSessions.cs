using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace SignUp;

/// <summary>One person's sign-up. The request id stays here: a browser or an app has no use for it.</summary>
public sealed class SignUpSession
{
    public required string Id { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public string? Number { get; set; }

    public Started? Verification { get; set; }

    /// <summary>Wrong codes that are left; null: none was entered yet.</summary>
    public int? AttemptsLeft { get; set; }

    public bool IsVerified { get; set; }

    /// <summary>What the last callback said of the call or message: RINGING, DELIVERED, UNDELIVERED and so on.</summary>
    public string? Status { get; set; }
}

/// <summary>
/// The sign-ups under way, by the cookie of the browser. In memory, so that the sample needs no database: a real backend keeps them with
/// its users.
/// </summary>
public sealed class SignUpSessions(TimeProvider time)
{
    private const string Cookie = "sign-up";
    private const string DeviceCookie = "device";
    private const int Most = 10_000;
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<string, SignUpSession> _sessions = new(StringComparer.Ordinal);

    /// <summary>The session of a call; null where it has none.</summary>
    public SignUpSession? Find(HttpContext context) =>
        context.Request.Cookies[Cookie] is { } id && _sessions.TryGetValue(id, out var session)
        && session.CreatedAt > time.GetUtcNow() - Life
            ? session
            : null;

    /// <summary>The session with that id, which is the verification's reference.</summary>
    public SignUpSession? Find(string id) => _sessions.GetValueOrDefault(id);

    /// <summary>A new session in place of the call's own.</summary>
    public SignUpSession Begin(HttpContext context)
    {
        foreach (var old in _sessions.Values.Where(session => _sessions.Count >= Most || session.CreatedAt <= time.GetUtcNow() - Life))
        {
            _sessions.TryRemove(old.Id, out _);
        }

        var session = new SignUpSession { Id = RandomNumberGenerator.GetHexString(32, lowercase: true), CreatedAt = time.GetUtcNow() };
        _sessions[session.Id] = session;
        Set(context, Cookie, session.Id, Life);
        return session;
    }

    /// <summary>An id of the browser that outlives a session.</summary>
    public static string DeviceOf(HttpContext context)
    {
        if (context.Request.Cookies[DeviceCookie] is { Length: 32 } known)
        {
            return known;
        }

        var device = RandomNumberGenerator.GetHexString(32, lowercase: true);
        Set(context, DeviceCookie, device, TimeSpan.FromDays(365));
        return device;
    }

    private static void Set(HttpContext context, string name, string value, TimeSpan life) => context.Response.Cookies.Append(
        name, value,
        new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, MaxAge = life });
}
