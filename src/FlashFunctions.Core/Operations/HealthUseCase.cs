using System.Text.Json;
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

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, int> _shortCodes = providers
        .Select(provider => (provider.Name, Digits: provider.CapabilityFor(Channel.Call, ShortestCode)?.TailDigits))
        .Where(provider => provider.Digits < ShortestCode)
        .ToDictionary(provider => provider.Name, provider => provider.Digits!.Value, StringComparer.Ordinal);

    private readonly long _started = time.GetTimestamp();
    private readonly Kept<Health> _health = new(TimeSpan.FromSeconds(1), time);

    public async Task<Health> RunAsync(CancellationToken cancellationToken) =>
        await _health.GetAsync(LookAsync, cancellationToken);

    private async Task<Health> LookAsync(CancellationToken cancellationToken)
    {
        var states = providers.ToDictionary(provider => provider.Name, provider => provider.OpenCountries, StringComparer.Ordinal);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return new Health(true, await watermarks.LagAsync(time.GetUtcNow(), patience.Token) ?? NeverRun(), states, _shortCodes);
        }
        catch (Exception exception) when (exception is StorageUnavailableException or OperationCanceledException)
        {
            return new Health(false, null, states, _shortCodes);
        }
    }

    private TimeSpan? NeverRun() => time.GetElapsedTime(_started) is var age && age >= FirstRunWithin ? age : null;
}

/// <summary>
/// How long the jobs of each queue have been waiting for a worker: by how much the one that is most overdue is, of the first 32 that wait.
/// A job that is delayed waits from the time on for which it is meant. The answer is kept for a second; it costs a call for each queue.
/// </summary>
public sealed class QueueAges(
    [FromKeyedServices(QueueNames.Dispatch)] IWorkQueue dispatch, [FromKeyedServices(QueueNames.Reports)] IWorkQueue reports,
    [FromKeyedServices(QueueNames.Callbacks)] IWorkQueue callbacks, TimeProvider time)
{
    private const int Looked = 32;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly Kept<IReadOnlyDictionary<string, TimeSpan>?> _ages = new(TimeSpan.FromSeconds(1), time);

    /// <summary>By queue, zero where nothing waits; null where the store does not answer within two seconds.</summary>
    public async Task<IReadOnlyDictionary<string, TimeSpan>?> ReadAsync(CancellationToken cancellationToken) =>
        await _ages.GetAsync(LookAsync, cancellationToken);

    private async Task<IReadOnlyDictionary<string, TimeSpan>?> LookAsync(CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Timeout);
        var now = time.GetUtcNow();
        async Task<(string Name, TimeSpan Age)> AgeOfAsync(string name, IWorkQueue queue) =>
            (name, (await queue.PeekAsync(Looked, late.Token)).Select(message => now - DueOf(message)).Append(TimeSpan.Zero).Max());

        try
        {
            var ages = await Task.WhenAll(
                AgeOfAsync(QueueNames.Dispatch, dispatch),
                AgeOfAsync(QueueNames.Reports, reports),
                AgeOfAsync(QueueNames.Callbacks, callbacks));
            return ages.ToDictionary(queue => queue.Name, queue => queue.Age, StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is StorageUnavailableException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>
    /// When a job should have been handled: never before its message was sent, since a dead letter's job may be sent again.
    /// </summary>
    private static DateTimeOffset DueOf(WaitingMessage message)
    {
        try
        {
            using var job = JsonDocument.Parse(message.Text);
            return job.RootElement.ValueKind == JsonValueKind.Object
                && job.RootElement.TryGetProperty("due", out var value) && value.TryGetInt64(out var due)
                && due > message.SentAt.ToUnixTimeMilliseconds()
                ? DateTimeOffset.FromUnixTimeMilliseconds(due)
                : message.SentAt;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            return message.SentAt;
        }
    }
}
