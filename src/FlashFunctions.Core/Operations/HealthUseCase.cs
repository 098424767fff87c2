using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Operations;

/// <summary>How the service is.</summary>
/// <param name="StorageAnswers">Whether the store answered within two seconds.</param>
/// <param name="SweepLag">
/// How far the timer is behind the clock. A timer that has never run is behind by the age of this instance, once that is five minutes;
/// null until then.
/// </param>
/// <param name="Providers">By name, the countries that it is not used for at present, since its circuit there is open.</param>
/// <param name="ShortCodes">The providers whose flash calls carry fewer than four digits of a code, and how many they carry.</param>
public sealed record Health(
    bool StorageAnswers, TimeSpan? SweepLag, IReadOnlyDictionary<string, IReadOnlyList<string>> Providers,
    IReadOnlyDictionary<string, int> ShortCodes);

/// <summary>GET /healthz and /manage/health. The answer is kept for a second, so that nobody can wear the store out with it.</summary>
public sealed class HealthUseCase(Watermarks watermarks, IEnumerable<IProvider> providers, TimeProvider time)
{
    private const int ShortestCode = 4;

    /// <summary>By then the timer has run five times, unless its function was not indexed or does not start.</summary>
    private static readonly TimeSpan FirstRunWithin = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, int> _shortCodes = providers
        .Select(provider => (provider.Name, Digits: provider.CapabilityFor(Channel.Call, ShortestCode)?.TailDigits))
        .Where(provider => provider.Digits < ShortestCode)
        .ToDictionary(provider => provider.Name, provider => provider.Digits!.Value, StringComparer.Ordinal);

    private readonly long _started = time.GetTimestamp();
    private volatile Answer? _last;

    /// <summary>Looks at the store, the timer and the providers.</summary>
    public async Task<Health> RunAsync(CancellationToken cancellationToken)
    {
        if (_last is { } last && time.GetElapsedTime(last.At) < Kept)
        {
            return last.Health;
        }

        var health = await LookAsync(cancellationToken);
        _last = new Answer(health, time.GetTimestamp());
        return health;
    }

    private async Task<Health> LookAsync(CancellationToken cancellationToken)
    {
        var states = providers.ToDictionary(provider => provider.Name, provider => provider.OpenCountries, StringComparer.Ordinal);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return new Health(true, await watermarks.LagAsync(time.GetUtcNow(), patience.Token) ?? NeverRun(), states, _shortCodes);
        }
        catch (Exception exception) when (exception is StorageUnavailableException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new Health(false, null, states, _shortCodes);
        }
    }

    private TimeSpan? NeverRun() => time.GetElapsedTime(_started) is var age && age >= FirstRunWithin ? age : null;

    private sealed record Answer(Health Health, long At);
}
