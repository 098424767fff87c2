namespace FlashFunctions.Simulator;

/// <summary>A call or message that a provider accepted, as it is listed and as the phone remembers it.</summary>
public sealed class SimulatedCall
{
    internal SimulatedCall(string provider, string product, SimulatedCallKind kind, string number)
    {
        Provider = provider;
        Product = product;
        Kind = kind;
        Number = number;
        Chosen = SimulatedBehaviours.Of(number);
        Outcome = Chosen.Outcome.For(kind);
        Arrived = Outcome is not (
            SimulatedOutcome.Rejected or SimulatedOutcome.Unreachable or SimulatedOutcome.Forbidden or SimulatedOutcome.Swallowed);
    }

    /// <summary>Counts from 1 over all providers.</summary>
    public long Sequence { get; internal set; }

    public DateTimeOffset At { get; internal set; }

    /// <summary>One of <see cref="SimulatedProviders.All"/>.</summary>
    public string Provider { get; }

    /// <summary>The operation: <c>calls.flash</c>, <c>verify.sms</c>, <c>messaging.push</c>, …</summary>
    public string Product { get; }

    public SimulatedCallKind Kind { get; }

    /// <summary>The phone, E.164 digits.</summary>
    public string Number { get; }

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
    public bool Arrived { get; }

    /// <summary>When the ringing ends by itself; null for messages and for calls that do not ring.</summary>
    public DateTimeOffset? RingsUntil { get; internal set; }

    /// <summary>Name of the behaviour that the number chose.</summary>
    public string Behaviour => Chosen.Name;

    /// <summary>How many calls and messages the phone had been sent, this one included.</summary>
    public int CountOfPhone { get; internal set; }

    /// <summary>The last status that the provider reported or would have reported; changes as callbacks become due, sent or not.</summary>
    public string? Status { get; internal set; }

    internal SimulatedBehaviour Chosen { get; }

    /// <summary>How it ends, one of the outcomes that its kind knows.</summary>
    internal SimulatedOutcome Outcome { get; }

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
    private long _sequence;

    public SimulatorOptions Options => options;

    public TimeProvider Time => time;

    public DateTimeOffset Now => time.GetUtcNow();

    public CancellationToken Stopping => stopping;

    public SimulatedPhones Phones { get; } = new(options.Limits, time);

    public BoundedList<SimulatedCall> Accepted { get; } = new(options.Limits.Calls);

    public BoundedList<SimulatedReport> Reports { get; } = new(options.Limits.Reports);

    public SimulatedRequests Requests { get; } = new(options.Limits.Requests, time);

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
