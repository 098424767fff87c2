using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;

namespace FlashFunctions.Core.Requests;

/// <summary>What becomes of what is sent to a test number.</summary>
public enum TestOutcome
{
    /// <summary>Delivered; its code verifies it.</summary>
    Verified,

    /// <summary>Reported as undelivered.</summary>
    Undelivered,

    /// <summary>It rings and is declined: delivered, as at the providers.</summary>
    Busy,

    /// <summary>The call is answered, as by voicemail or a screening service.</summary>
    Answered,

    /// <summary>Delivered after its delay.</summary>
    Late,

    /// <summary>No provider can be reached: nothing is placed.</summary>
    Down,

    /// <summary>Refused as a number that is blocked.</summary>
    Blocked,
}

/// <summary>Rule 10: what a request to a test number goes by, fixed when it is accepted, so that it ends as it began.</summary>
/// <param name="Outcome">What becomes of what is sent.</param>
/// <param name="Delay">After how many seconds that is reported.</param>
/// <param name="Code">The fixed code, encrypted, while the request is open; null where it has none.</param>
public sealed record TestRun(TestOutcome Outcome, int Delay, string? Code = null)
{
    /// <summary>What a provider would report of an attempt.</summary>
    public ProviderEvent Report(Channel channel, DateTimeOffset now)
    {
        var isCall = channel is Channel.Call or Channel.Voice or Channel.Speech;
        var status = Outcome == TestOutcome.Undelivered ? TransportStatus.Undelivered : TransportStatus.Delivered;
        return new ProviderEvent(TestProvider.ProviderName, null, null, status, Outcome.ToString(), now, Call: Outcome switch
        {
            TestOutcome.Busy when isCall => new CallDetails { SipStatus = 486 },
            TestOutcome.Answered when isCall => new CallDetails { SipStatus = 200, AnsweredAt = now },
            _ => null,
        });
    }
}
