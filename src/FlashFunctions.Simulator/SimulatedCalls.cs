using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json.Serialization;

namespace FlashFunctions.Simulator;

/// <summary>A call or message that a provider accepted, as it is listed and as the phone remembers it.</summary>
/// <param name="provider">One of <see cref="SimulatedProviders.All"/>.</param>
/// <param name="product">The operation: <c>calls.flash</c>, <c>verify.sms</c>, <c>messaging.push</c>, …</param>
/// <param name="kind">What the phone receives.</param>
/// <param name="number">The phone, E.164 digits.</param>
public sealed class SimulatedCall(string provider, string product, SimulatedCallKind kind, string number)
{
    /// <summary>Counts from 1 over all providers.</summary>
    public long Sequence { get; internal set; }

    public DateTimeOffset At { get; internal set; }

    public string Provider => provider;

    public string Product => product;

    public SimulatedCallKind Kind => kind;

    public string Number => number;

    /// <summary>The provider's id of the call or message.</summary>
    public string Reference { get; internal set; } = "";

    /// <summary>The caller number in E.164 digits, or the sender of a message.</summary>
    public string? From { get; internal init; }

    /// <summary>The text of a message, or the words that are spoken.</summary>
    public string? Text { get; internal init; }

    /// <summary>Title of a push message.</summary>
    public string? Title { get; internal init; }

    /// <summary>Language of a spoken or generated text.</summary>
    public string? Language { get; internal init; }

    /// <summary>True where the phone rang or showed the message.</summary>
    public bool Arrived => Outcome is not (
        SimulatedOutcome.Rejected or SimulatedOutcome.Unreachable or SimulatedOutcome.Forbidden or SimulatedOutcome.Swallowed);

    /// <summary>When the ringing ends by itself; null for messages and for calls that do not ring.</summary>
    public DateTimeOffset? RingsUntil { get; internal set; }

    /// <summary>Name of the behaviour that the number chose.</summary>
    public string Behaviour => Chosen.Name;

    /// <summary>How many calls and messages the phone had been sent, this one included.</summary>
    public int CountOfPhone { get; internal set; }

    /// <summary>The last status that the provider reported or would have reported; changes as callbacks become due, sent or not.</summary>
    public string? Status { get; internal set; }

    internal SimulatedBehaviour Chosen { get; } = SimulatedBehaviours.Of(number);

    /// <summary>How it ends, one of the outcomes that its kind knows.</summary>
    internal SimulatedOutcome Outcome => Chosen.Outcome.For(kind);

    internal bool IsCall => Kind is SimulatedCallKind.FlashCall or SimulatedCallKind.SpokenCall;
}

/// <summary>What a phone receives.</summary>
public enum SimulatedCallKind
{
    FlashCall,
    SpokenCall,
    Sms,
    Push,
    Viber,
    Rcs,
}

/// <summary>What a client reported to a provider about the outcome of a call or message.</summary>
/// <param name="At">When.</param>
/// <param name="Provider">One of <see cref="SimulatedProviders.All"/>; Revicom's conversions under <c>revicom</c>.</param>
/// <param name="Kind"><c>conversion</c> (Revicom), <c>goal</c> (Lanck), <c>end</c> (Bird by id) or <c>hangup</c> (Bird by numbers).</param>
/// <param name="Reference">The provider's id of the call or message; null where none was found.</param>
/// <param name="Number">The phone, E.164 digits, where known.</param>
/// <param name="Result">The result as it was reported.</param>
/// <param name="Detail">The code (Revicom) or the received caller number (Bird), where given.</param>
public sealed record SimulatedReport(
    DateTimeOffset At, string Provider, string Kind, string? Reference, string? Number, string Result, string? Detail);

/// <summary>What the providers share: accepted calls and messages, phones, reports, captured requests and outgoing callbacks.</summary>
internal sealed class SimulatedCalls(SimulatorOptions options, TimeProvider time, CancellationToken stopping)
{
    private const int MostReports = 10_000;
    private long _sequence;

    public SimulatorOptions Options => options;

    public TimeProvider Time => time;

    public DateTimeOffset Now => time.GetUtcNow();

    public CancellationToken Stopping => stopping;

    public SimulatedPhones Phones { get; } = new(options.Limits, time);

    public BoundedList<SimulatedCall> Accepted { get; } = new(options.Limits.Calls);

    public BoundedList<SimulatedReport> Reports { get; } = new(MostReports);

    public BoundedList<SimulatedRequest> Requests { get; } = new(options.Limits.Requests);

    public SimulatedCallbacks Callbacks { get; } = new(options, time);

    public SimulatedCallbackAddresses Addresses { get; set; } = options.Addresses;

    /// <summary>Records an accepted call or message; a call rings for at most <paramref name="longestRing"/>.</summary>
    public SimulatedCall Place(SimulatedCall call, string reference, TimeSpan? longestRing = null)
    {
        call.At = Now;
        call.Reference = reference;
        if (call is { IsCall: true, Arrived: true })
        {
            var ring = options.Delays.Ring;
            call.RingsUntil = call.At + (longestRing < ring ? longestRing.Value : ring);
        }

        call.Sequence = Interlocked.Increment(ref _sequence);
        Phones.Add(call);
        Accepted.Add(call);
        return call;
    }

    /// <summary>Captures a request; null when the limit is 0.</summary>
    public SimulatedRequest? Capture(string provider, HttpRequest request) =>
        options.Limits.Requests > 0 ? Requests.Add(SimulatedRequest.Of(provider, request, Now)) : null;

    public void Report(string provider, string kind, string? reference, string? number, string result, string? detail) =>
        Reports.Add(new SimulatedReport(Now, provider, kind, reference, number, result, detail));

    /// <summary>Forgets everything but the addresses.</summary>
    public void Clear()
    {
        Callbacks.Clear();
        Requests.Clear();
        Phones.Clear();
        Accepted.Clear();
        Reports.Clear();
        Interlocked.Exchange(ref _sequence, 0);
    }
}

/// <summary>A simulated phone at one moment.</summary>
/// <param name="Number">The number, with its plus.</param>
/// <param name="Calls">Calls placed to it, whether or not they rang.</param>
/// <param name="Messages">Messages sent to it, whether or not they arrived.</param>
/// <param name="Arrived">Calls that rang and messages that were shown.</param>
/// <param name="Ringing">The caller number that is ringing now, E.164 digits, or null.</param>
/// <param name="LastCaller">The number that rang last, E.164 digits, or null.</param>
/// <param name="History">The last calls and messages, oldest first; empty where they have been dropped to bound memory.</param>
public sealed record SimulatedPhone(
    string Number, int Calls, int Messages, int Arrived, string? Ringing, string? LastCaller, IReadOnlyList<SimulatedCall> History);

/// <summary>All simulated phones. Beyond the limit the oldest keep their counts and their last caller, but no history.</summary>
internal sealed class SimulatedPhones(SimulatorLimits limits, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Phone> _phones = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Phone> _withHistory = new();

    public void Add(SimulatedCall call)
    {
        var phone = _phones.GetOrAdd(call.Number, static number => new Phone(number));
        if (phone.Add(call, limits.EventsPerPhone))
        {
            _withHistory.Enqueue(phone);
            while (_withHistory.Count > limits.Phones && _withHistory.TryDequeue(out var oldest))
            {
                oldest.Forget();
            }
        }
    }

    /// <summary>The phone, or null when nothing was ever sent to it.</summary>
    public SimulatedPhone? Find(string number) =>
        _phones.TryGetValue(string.Concat(number.Where(char.IsAsciiDigit)), out var phone) ? phone.At(time.GetUtcNow()) : null;

    public static SimulatedPhone Unused(string digits) => new("+" + digits, 0, 0, 0, null, null, []);

    /// <summary>Phones with a history, the most recently used first.</summary>
    public IReadOnlyList<SimulatedPhone> Latest(int count)
    {
        var now = time.GetUtcNow();
        return [.. _withHistory.OrderByDescending(phone => phone.LastAt).Take(count).Select(phone => phone.At(now))];
    }

    public void Clear()
    {
        _phones.Clear();
        _withHistory.Clear();
    }

    private sealed class Phone(string number)
    {
        private readonly Lock _lock = new();
        private SimulatedPhone _phone = Unused(number);

        public DateTimeOffset LastAt { get; private set; }

        /// <summary>Adds a call or message; true where there was no history before.</summary>
        public bool Add(SimulatedCall call, int mostEvents)
        {
            lock (_lock)
            {
                var isFirst = _phone.History.Count == 0;
                _phone = _phone with
                {
                    Calls = _phone.Calls + (call.IsCall ? 1 : 0),
                    Messages = _phone.Messages + (call.IsCall ? 0 : 1),
                    Arrived = _phone.Arrived + (call.Arrived ? 1 : 0),
                    LastCaller = call is { IsCall: true, Arrived: true } ? call.From : _phone.LastCaller,
                    History = [.. _phone.History.TakeLast(mostEvents - 1), call],
                };
                LastAt = call.At;
                call.CountOfPhone = _phone.Calls + _phone.Messages;
                return isFirst;
            }
        }

        public void Forget()
        {
            lock (_lock)
            {
                _phone = _phone with { History = [] };
            }
        }

        public SimulatedPhone At(DateTimeOffset now)
        {
            var phone = _phone;
            return phone with { Ringing = phone.History.LastOrDefault(call => call.RingsUntil > now)?.From };
        }
    }
}

/// <summary>A request as a simulated provider received it, without the values of its credentials.</summary>
public sealed class SimulatedRequest
{
    private const string QueryCredentials = "X-Authorization";
    private static readonly HashSet<string> Hidden = new(["Authorization", QueryCredentials], StringComparer.OrdinalIgnoreCase);

    public required DateTimeOffset At { get; init; }

    /// <summary>One of <see cref="SimulatedProviders.All"/>.</summary>
    public required string Provider { get; init; }

    public required string Method { get; init; }

    /// <summary>Path below the provider's base address.</summary>
    public required string Path { get; init; }

    /// <summary>Query without credentials, or empty.</summary>
    public required string Query { get; init; }

    /// <summary>Headers by name, without credentials.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The scheme of the credentials that were sent, or null.</summary>
    public required string? Scheme { get; init; }

    /// <summary>True where the credentials were part of the address, which ends up in logs.</summary>
    public required bool CredentialsInAddress { get; init; }

    /// <summary>Whether the credentials were right; null where they were not checked.</summary>
    public bool? CredentialsRight { get; internal set; }

    /// <summary>The HTTP status that was answered; null until then and where the connection was cut.</summary>
    public int? Status { get; internal set; }

    /// <summary>The body as text.</summary>
    public string Body => Encoding.UTF8.GetString(RawBody.Span);

    [JsonIgnore]
    public ReadOnlyMemory<byte> RawBody { get; internal set; }

    /// <summary>Captures a request, whose body and answer are added later.</summary>
    internal static SimulatedRequest Of(string provider, HttpRequest request, DateTimeOffset at)
    {
        var path = request.Path.Value ?? "";
        var prefix = "/" + provider;
        var credentials = request.Headers[QueryCredentials] is [{ } own] ? own : request.Headers.Authorization.ToString();
        return new SimulatedRequest
        {
            At = at,
            Provider = provider,
            Method = request.Method,
            Path = path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? path[prefix.Length..] : path,
            Query = string.Join('&', request.Query.Where(item => !Hidden.Contains(item.Key)).Select(item => $"{item.Key}={item.Value}")),
            Headers = request.Headers.Where(header => !Hidden.Contains(header.Key))
                .ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            Scheme = credentials.IndexOf(' ', StringComparison.Ordinal) is > 0 and var space ? credentials[..space] : null,
            CredentialsInAddress = request.Query.ContainsKey(QueryCredentials),
        };
    }
}

/// <summary>The last <paramref name="capacity"/> items, and how many were ever added. A capacity of 0 keeps none.</summary>
internal sealed class BoundedList<T>(int capacity)
{
    private readonly ConcurrentQueue<T> _items = new();
    private long _total;

    public long Total => Interlocked.Read(ref _total);

    public T Add(T item)
    {
        Interlocked.Increment(ref _total);
        _items.Enqueue(item);
        while (_items.Count > capacity && _items.TryDequeue(out _))
        {
            // The oldest are dropped.
        }

        return item;
    }

    public IReadOnlyList<T> Snapshot() => [.. _items];

    public void Clear()
    {
        _items.Clear();
        Interlocked.Exchange(ref _total, 0);
    }
}

/// <summary>What was set last under a key, for the last <paramref name="capacity"/> keys.</summary>
internal sealed class BoundedMap<TValue>(int capacity)
{
    private readonly ConcurrentDictionary<string, TValue> _items = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _order = new();

    public bool TryGet(string key, [MaybeNullWhen(false)] out TValue value) => _items.TryGetValue(key, out value);

    public void Set(string key, TValue value)
    {
        if (!_items.TryAdd(key, value))
        {
            _items[key] = value;
            return;
        }

        _order.Enqueue(key);
        while (_order.Count > capacity && _order.TryDequeue(out var oldest))
        {
            _items.TryRemove(oldest, out _);
        }
    }
}
