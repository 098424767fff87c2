using System.Runtime.InteropServices;

namespace FlashFunctions.Core.Providers.Learning;

/// <summary>Attempts whose outcome became known in some minutes that follow each other.</summary>
/// <param name="First">The first of the minutes, since 1970.</param>
/// <param name="Last">The last of them.</param>
/// <param name="Known">Attempts.</param>
/// <param name="Verified">Those of them whose code was entered.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct EvidenceBucket(long First, long Last, int Known, int Verified);

/// <summary>Attempts and verified ones weighed by their age: all of them, and those since the last change.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct WeighedEvidence(double Known, double Verified, double KnownSince, double VerifiedSince);

/// <summary>
/// What one route (provider, method, operator) has shown: buckets of minutes that grow wider with their age, so that days fit into some
/// dozens. When its conversion changes significantly, what was before the change no longer speaks for the route: adaptive windowing
/// (Bifet and Gavaldà, 2007) with a likelihood ratio test at every border between two buckets.
/// </summary>
public sealed class RouteEvidence
{
    /// <summary>A bucket spans at most this share of its age.</summary>
    private const int SpansOfAge = 4;

    /// <summary>
    /// Log likelihood ratio from which a change counts: chance alone reaches 10 at one border in 130,000 (χ² of 20, one degree of freedom).
    /// A steady route that is looked at every minute of a day is thought to have changed about once in five days, which costs what it had
    /// shown.
    /// </summary>
    private const double Significant = 10;

    private readonly List<EvidenceBucket> _buckets;

    public RouteEvidence(IEnumerable<EvidenceBucket>? buckets = null, long since = 0) => (_buckets, Since) = ([.. buckets ?? []], since);

    /// <summary>The buckets, oldest first.</summary>
    public IReadOnlyList<EvidenceBucket> Buckets => _buckets;

    /// <summary>The minute from which on the evidence speaks for the route; 0: all of it.</summary>
    public long Since { get; private set; }

    /// <summary>
    /// Adds what became known in a minute, which is not before the last one; true where the conversion turns out to have changed.
    /// </summary>
    /// <param name="minute">Minutes since 1970.</param>
    /// <param name="known">Attempts.</param>
    /// <param name="verified">Those whose code was entered.</param>
    /// <param name="oldest">Buckets that end before this minute are forgotten.</param>
    public bool Add(long minute, int known, int verified, long oldest)
    {
        _buckets.RemoveAll(bucket => bucket.Last < oldest);
        _buckets.Add(new EvidenceBucket(minute, minute, known, verified));
        Merge(minute);
        var last = Since;
        Since = Change() ?? Since;
        return Since != last;
    }

    /// <summary>Attempts and verified ones, each weighed by its age.</summary>
    /// <param name="now">Minutes since 1970.</param>
    /// <param name="halfLife">Minutes after which an attempt weighs half.</param>
    public WeighedEvidence Weigh(double now, double halfLife)
    {
        var (known, verified, knownSince, verifiedSince) = (0.0, 0.0, 0.0, 0.0);
        foreach (var bucket in _buckets)
        {
            var age = Math.Max(0, now - ((bucket.First + bucket.Last) / 2.0));
            var weight = Math.Exp(-Math.Log(2) * age / halfLife);
            known += weight * bucket.Known;
            verified += weight * bucket.Verified;
            knownSince += bucket.First >= Since ? weight * bucket.Known : 0;
            verifiedSince += bucket.First >= Since ? weight * bucket.Verified : 0;
        }

        return new WeighedEvidence(known, verified, knownSince, verifiedSince);
    }

    private void Merge(long now)
    {
        for (var index = _buckets.Count - 1; index > 0; index--)
        {
            var (older, newer) = (_buckets[index - 1], _buckets[index]);
            var mayMerge = older.First >= Since || newer.Last < Since;
            if (older.Last == newer.Last || (mayMerge && (newer.Last - older.First) * SpansOfAge <= now - newer.Last))
            {
                _buckets[index - 1] = new EvidenceBucket(
                    older.First, newer.Last, older.Known + newer.Known, older.Verified + newer.Verified);
                _buckets.RemoveAt(index);
            }
        }
    }

    /// <summary>The first minute after the most likely change; null where there is no significant one.</summary>
    private long? Change()
    {
        var first = _buckets.FindIndex(bucket => bucket.First >= Since);
        var (known, verified) = (0L, 0L);
        for (var index = first; index < _buckets.Count; index++)
        {
            known += _buckets[index].Known;
            verified += _buckets[index].Verified;
        }

        var together = LogLikelihood(known, verified);
        var (best, change) = (Significant, (long?)null);
        var (knownBefore, verifiedBefore) = (0L, 0L);
        for (var index = first; index < _buckets.Count - 1; index++)
        {
            knownBefore += _buckets[index].Known;
            verifiedBefore += _buckets[index].Verified;
            var ratio = LogLikelihood(knownBefore, verifiedBefore)
                + LogLikelihood(known - knownBefore, verified - verifiedBefore)
                - together;
            (best, change) = ratio > best ? (ratio, _buckets[index + 1].First) : (best, change);
        }

        return change;
    }

    /// <summary>The greatest log likelihood of that many successes.</summary>
    private static double LogLikelihood(long tries, long successes) =>
        successes == 0 || successes == tries
            ? 0
            : (successes * Math.Log((double)successes / tries)) + ((tries - successes) * Math.Log((double)(tries - successes) / tries));
}
