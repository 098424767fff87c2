using System.Text.Json.Serialization;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;

namespace FlashFunctions.Core.Requests;

/// <summary>One try of one step with one provider.</summary>
public sealed record AttemptRecord
{
    public required int Step { get; init; }

    /// <summary>The provider asked; null for a step that was skipped.</summary>
    public string? Provider { get; init; }

    public required AttemptState State { get; init; }

    /// <summary>The transport status, null while nothing is known to have been sent.</summary>
    public TransportStatus? Status { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? PlacedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>How long the step waits on this attempt before the next one starts.</summary>
    public required TimeSpan Wait { get; init; }

    /// <summary>The provider's id of the call or message.</summary>
    public string? Reference { get; init; }

    /// <summary>Keyed hash of the tail of the number that rings, where that makes the code. Known before it rings where we choose the number.</summary>
    public string? TailHash { get; init; }

    /// <summary>Keyed hash of the whole caller number, where the provider tells it.</summary>
    public string? CallerHash { get; init; }

    /// <summary>The caller number with at least codeLength digits masked; whole for product calls.flash.</summary>
    public string? Caller { get; init; }

    /// <summary>What the provider told of a call besides its status.</summary>
    public CallDetails? Call { get; init; }

    /// <summary>Whether the provider said that the call was cancelled. It was delivered if it rang before, which may be reported later.</summary>
    public bool WasCancelled { get; init; }

    /// <summary>Whether the provider said that the call was answered.</summary>
    public bool WasAnswered { get; init; }

    /// <summary>Why it was not placed, or what is unclear.</summary>
    public string? Reason { get; init; }

    /// <summary>When the provider may be asked for the step again, where only its rate was used up.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>The outcome and the goals that were reported to the provider and that it took, in order.</summary>
    [JsonPropertyName("told")]
    public IReadOnlyList<UpstreamVerdict> ReportedVerdicts { get; init; } = [];

    /// <summary>The outcome that was reported to the provider first; of a request without one, its first goal.</summary>
    public UpstreamVerdict? ReportedOutcome => ReportedVerdicts
        .Where(verdict => verdict != UpstreamVerdict.LinkOpened)
        .Concat(ReportedVerdicts)
        .Select(verdict => (UpstreamVerdict?)verdict).FirstOrDefault();

    /// <summary>The price that was counted for it under the account's daily cap.</summary>
    [JsonPropertyName("charge")]
    public SpendReservation? CountedSpend { get; init; }

    /// <summary>When its send was counted against the number's budget, in unix ms; null where sends do not count or nothing was sent.</summary>
    [JsonPropertyName("send")]
    public long? SendReservedAt { get; init; }

    /// <summary>Whether the code is ours, so that it may be on the phone.</summary>
    public bool CarriesOurCode { get; init; }

    /// <summary>Whether the code is the provider's, which alone can check it.</summary>
    public bool IsDelegated { get; init; }

    /// <summary>Started, placed or unclear: from here on the step is never placed again.</summary>
    public bool MayHaveReachedThePhone => State is AttemptState.Starting or AttemptState.Placed or AttemptState.Unclear;
}
