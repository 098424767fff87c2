using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Operations;

/// <summary>What the statistics are kept by.</summary>
public readonly record struct TallyKey(string Provider, string Method, string Country);

/// <summary>What is counted.</summary>
public sealed class TallyCounts
{
    /// <summary>Attempts placed or unclear.</summary>
    public long Placed { get; set; }

    public long Unclear { get; set; }

    public long NotSent { get; set; }

    public long Delivered { get; set; }

    public long Undelivered { get; set; }

    /// <summary>Attempts of verifications that ended verified.</summary>
    public long Verified { get; set; }
}

/// <summary>Counts the attempts of a minute's requests per provider, method and country.</summary>
public sealed class Tally
{
    private readonly Dictionary<TallyKey, TallyCounts> _counts = [];

    /// <summary>The counts.</summary>
    public IReadOnlyDictionary<TallyKey, TallyCounts> Counts => _counts;

    /// <summary>Counts a request that is over. Test numbers do not count.</summary>
    public void Add(RequestRecord request)
    {
        foreach (var attempt in request.IsTest ? [] : request.Attempts.Where(attempt => attempt.Provider is not null))
        {
            var key = new TallyKey(attempt.Provider!, ApiNames.Of(request.Steps[attempt.Step].Channel), request.Country);
            if (!_counts.TryGetValue(key, out var counts))
            {
                _counts[key] = counts = new TallyCounts();
            }

            Count(counts, attempt, request.Verification?.Result == VerificationResult.Verified);
        }
    }

    private static void Count(TallyCounts counts, AttemptRecord attempt, bool verified)
    {
        counts.Placed += attempt.MayHaveReachedThePhone ? 1 : 0;
        counts.Unclear += attempt.State is AttemptState.Unclear or AttemptState.Starting ? 1 : 0;
        counts.NotSent += attempt.State is AttemptState.NotSent or AttemptState.Rejected ? 1 : 0;
        counts.Delivered += attempt.Status is TransportStatus.Delivered or TransportStatus.Read ? 1 : 0;
        counts.Undelivered += attempt.MayHaveReachedThePhone && AttemptLife.IsFailure(attempt.Status) ? 1 : 0;
        counts.Verified += verified && attempt.MayHaveReachedThePhone ? 1 : 0;
    }
}
