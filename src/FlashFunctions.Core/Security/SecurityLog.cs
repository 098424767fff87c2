namespace FlashFunctions.Core.Security;

/// <summary>
/// The log of who authenticated, who was refused, and what operators changed and read: one category, with the events that
/// docs/security-log.md describes. The first of a kind is written at once; its repeats within a minute become one more line, with their
/// count. No event contains a phone number or a secret.
/// </summary>
public sealed partial class SecurityLog : IDisposable
{
    public const string Category = "FlashFunctions.Security";

    /// <summary>What is written where something is not known.</summary>
    public const string Unknown = "-";

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>The same for successes: of each token's, one line an hour and their count.</summary>
    public static readonly TimeSpan SuccessWindow = TimeSpan.FromHours(1);

    /// <summary>With more kinds than this under way, callers are counted together wherever they come from.</summary>
    private const int MostKinds = 1_000;

    /// <summary>With more than this, each is a line of its own, and is not remembered.</summary>
    private const int MostRemembered = 2_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<Entry, Repeats> _entries = [];
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    public SecurityLog(ILoggerFactory loggers, TimeProvider time)
    {
        (_logger, _time) = (loggers.CreateLogger(Category), time);
        _timer = time.CreateTimer(_ => WriteRepeats(everything: false), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A caller of the API was not let in.</summary>
    /// <param name="reason">One of no_credentials, unknown_key, wrong_secret, inactive_token, inactive_account.</param>
    /// <param name="account">The account of the token, where there is such a token.</param>
    /// <param name="keyId">The key id, where there is such a token.</param>
    /// <param name="from">Here and below: the caller's address, as far as the host says.</param>
    public void AuthenticationFailed(string reason, string? account, string? keyId, string? from) => Write(
        new Entry(
            static (log, it, count) => Log.AuthenticationFailed(log, it.First, it.Second, it.Third, it.From, count),
            from ?? Unknown, reason, account ?? Unknown, keyId ?? Unknown),
        Window);

    public void AuthenticationSucceeded(string account, string keyId) => Write(
        new Entry(static (log, it, count) => Log.AuthenticationSucceeded(log, it.First, it.Second, count), Unknown, account, keyId),
        SuccessWindow);

    /// <summary>A call of an account was refused by a limit, a block or a list: <paramref name="limit"/> says in a word by which.</summary>
    public void RequestRefused(string account, string operation, int errorCode, string limit, string? from) => Write(
        new Entry(
            static (log, it, count) => Log.RequestRefused(log, it.First, it.Second, it.ErrorCode, it.Third, it.From, count),
            from ?? Unknown, account, operation, limit, errorCode),
        Window);

    /// <summary>An operator changed something, or tried to.</summary>
    /// <param name="who">The keyed fingerprint of the function key.</param>
    /// <param name="what">Method and path, without anything that may be a number.</param>
    /// <param name="fields">The names of the fields that came.</param>
    /// <param name="outcome">done, or error_ and the errorCode.</param>
    public void OperatorChanged(string who, string what, string fields, string outcome, string? from) => Write(
        new Entry(
            static (log, it, count) => Log.OperatorChanged(log, it.First, it.Second, it.Third, it.Outcome, it.From, count),
            from ?? Unknown, who, what, fields, Outcome: outcome),
        Window);

    /// <summary>An operator looked at something: as for <see cref="OperatorChanged"/>; the outcome may be failed too.</summary>
    public void OperatorRead(string who, string what, string outcome, string? from) => Write(
        new Entry(
            static (log, it, count) => Log.OperatorRead(log, it.First, it.Second, it.Outcome, it.From, count),
            from ?? Unknown, who, what, Outcome: outcome),
        Window);

    /// <summary>A call for operators came without the function key.</summary>
    public void OperatorKeyRefused(string? from) => Write(
        new Entry(static (log, it, count) => Log.OperatorKeyRefused(log, it.From, count), from ?? Unknown, Unknown), Window);

    public void WebhookRefused(string provider, string reason) => Write(
        new Entry(static (log, it, count) => Log.WebhookRefused(log, it.First, it.Second, count), Unknown, provider, reason), Window);

    public void Dispose()
    {
        _timer.Dispose();
        WriteRepeats(everything: true);
    }

    private void Write(Entry entry, TimeSpan window)
    {
        lock (_lock)
        {
            if (_entries.Count >= MostKinds && !_entries.ContainsKey(entry))
            {
                entry = entry with { From = "many" };
            }

            if (_entries.TryGetValue(entry, out var repeats))
            {
                repeats.Count++;
                return;
            }

            if (_entries.Count < MostRemembered)
            {
                _entries[entry] = new Repeats(_time.GetUtcNow() + window);
                Arm();
            }
        }

        entry.Line(_logger, entry, 1);
    }

    private void WriteRepeats(bool everything)
    {
        KeyValuePair<Entry, Repeats>[] over;
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            over = [.. _entries.Where(pair => everything || pair.Value.Until <= now)];
            Array.ForEach(over, pair => _entries.Remove(pair.Key));
            if (!everything)
            {
                Arm();
            }
        }

        foreach (var (entry, repeats) in over.Where(pair => pair.Value.Count > 0))
        {
            entry.Line(_logger, entry, repeats.Count);
        }
    }

    private void Arm()
    {
        if (_entries.Count > 0)
        {
            var wait = _entries.Values.Min(repeats => repeats.Until) - _time.GetUtcNow();
            _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>A kind of event, of which repeats are counted, and how a line of it is written.</summary>
    private sealed record Entry(
        Action<ILogger, Entry, int> Line,
        string From,
        string First,
        string Second = "",
        string Third = "",
        int ErrorCode = 0,
        string Outcome = "");

    private sealed class Repeats(DateTimeOffset until)
    {
        public DateTimeOffset Until => until;

        public int Count { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Authentication failed: {Reason}, account {Account}, key {KeyId}, from {From}, count {Count}")]
        public static partial void AuthenticationFailed(
            ILogger logger, string reason, string account, string keyId, string from, int count);

        [LoggerMessage(2, LogLevel.Information, "Authenticated: account {Account}, key {KeyId}, count {Count}")]
        public static partial void AuthenticationSucceeded(ILogger logger, string account, string keyId, int count);

        [LoggerMessage(
            3,
            LogLevel.Warning,
            "Refused: account {Account}, {Operation}, errorCode {ErrorCode}, limit {Limit}, from {From}, count {Count}")]
        public static partial void RequestRefused(
            ILogger logger, string account, string operation, int errorCode, string limit, string from, int count);

        [LoggerMessage(
            4, LogLevel.Warning, "Changed by an operator: key {Who}, {What}, fields {Fields}, {Outcome}, from {From}, count {Count}")]
        public static partial void OperatorChanged(
            ILogger logger, string who, string what, string fields, string outcome, string from, int count);

        [LoggerMessage(5, LogLevel.Warning, "An operator's call without the function key, from {From}, count {Count}")]
        public static partial void OperatorKeyRefused(ILogger logger, string from, int count);

        [LoggerMessage(6, LogLevel.Warning, "A webhook of {Provider} was not authentic: {Reason}, count {Count}")]
        public static partial void WebhookRefused(ILogger logger, string provider, string reason, int count);

        [LoggerMessage(7, LogLevel.Information, "Read by an operator: key {Who}, {What}, {Outcome}, from {From}, count {Count}")]
        public static partial void OperatorRead(ILogger logger, string who, string what, string outcome, string from, int count);
    }
}
