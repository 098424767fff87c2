using System.Text.Json;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Operations;

/// <summary>
/// How long the jobs of each queue have been waiting for a worker: by how much the one that is most overdue is, of the first 32 that wait.
/// A job that is delayed waits from the time on for which it is meant. The answer is kept for a second; it costs a call for each queue.
/// </summary>
public sealed class QueueAges(
    [FromKeyedServices(QueueNames.Dispatch)] IWorkQueue dispatch,
    [FromKeyedServices(QueueNames.Reports)] IWorkQueue reports,
    [FromKeyedServices(QueueNames.Callbacks)] IWorkQueue callbacks,
    TimeProvider time)
{
    private const int Looked = 32;

    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private volatile Answer? _last;

    /// <summary>By queue, zero where nothing waits; null where the store does not answer within two seconds.</summary>
    public async Task<IReadOnlyDictionary<string, TimeSpan>?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_last is { } last && time.GetElapsedTime(last.At) < Kept)
        {
            return last.Ages;
        }

        var ages = await LookAsync(cancellationToken);
        _last = new Answer(ages, time.GetTimestamp());
        return ages;
    }

    private async Task<IReadOnlyDictionary<string, TimeSpan>?> LookAsync(CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Timeout);
        var (queues, now) = ((IWorkQueue[])[dispatch, reports, callbacks], time.GetUtcNow());
        try
        {
            var waiting = await Task.WhenAll(queues.Select(queue => queue.PeekAsync(Looked, late.Token)));
            return new Dictionary<string, TimeSpan>(StringComparer.Ordinal)
            {
                [QueueNames.Dispatch] = AgeOf(waiting[0], now),
                [QueueNames.Reports] = AgeOf(waiting[1], now),
                [QueueNames.Callbacks] = AgeOf(waiting[2], now),
            };
        }
        catch (Exception exception) when (exception is StorageUnavailableException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static TimeSpan AgeOf(IReadOnlyList<WaitingMessage> waiting, DateTimeOffset now) =>
        waiting.Select(message => now - DueOf(message)).Append(TimeSpan.Zero).Max();

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

    private sealed record Answer(IReadOnlyDictionary<string, TimeSpan>? Ages, long At);
}
