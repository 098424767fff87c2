namespace FlashFunctions.Core.Providers;

/// <summary>What a provider tells of a call besides its status, by the source document's names. What it does not tell is null.</summary>
public sealed record CallDetails
{
    /// <summary>The SIP response that the call ended with, such as 200 or 486.</summary>
    public int? SipStatus { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? RingStartedAt { get; init; }

    public DateTimeOffset? AnsweredAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public bool? Billable { get; init; }

    /// <summary>Seconds.</summary>
    public int? Duration { get; init; }

    /// <summary>What is known after a further report: the newer where both say something; null where nothing is said.</summary>
    public static CallDetails? Merge(CallDetails? known, CallDetails? newer) => (known, newer) switch
    {
        (null, _) => newer == Nothing ? null : newer,
        (_, null) => known,
        _ => new CallDetails
        {
            SipStatus = newer.SipStatus ?? known.SipStatus,
            CreatedAt = newer.CreatedAt ?? known.CreatedAt,
            RingStartedAt = newer.RingStartedAt ?? known.RingStartedAt,
            AnsweredAt = newer.AnsweredAt ?? known.AnsweredAt,
            EndedAt = newer.EndedAt ?? known.EndedAt,
            Billable = newer.Billable ?? known.Billable,
            Duration = newer.Duration ?? known.Duration,
        },
    };

    private static CallDetails Nothing { get; } = new();
}
