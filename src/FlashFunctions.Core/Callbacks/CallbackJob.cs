using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Callbacks;

/// <summary>A job: deliver what is to be told of a request, or forward an inbound message. It refers to what is told and does not hold it.</summary>
public sealed record CallbackJob
{
    /// <summary>The request whose callbacks are due.</summary>
    public string? Request { get; init; }

    /// <summary>The key of the inbound message to forward.</summary>
    public string? Message { get; init; }

    /// <summary>The try that this job is for, by its time in unix milliseconds; null for a job that is not a retry.</summary>
    public long? At { get; init; }

    /// <summary>The callback that somebody wants delivered after all, by its number within the request.</summary>
    public int? Again { get; init; }

    /// <summary>How often a job for the same has failed for good.</summary>
    public int Failures { get; init; }

    /// <summary>How often it went back to the queue because there was no place to send in.</summary>
    public int PutBack { get; init; }

    /// <summary>W3C trace context of the change that it follows from.</summary>
    public string? Trace { get; init; }

    /// <summary>When it is to be handled, in unix milliseconds.</summary>
    public long? Due { get; init; }

    /// <summary>As a queue message.</summary>
    public string Write() => JsonSerializer.Serialize(this, CallbackJobJson.Default.CallbackJob);

    /// <summary>Reads a queue message.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static CallbackJob Read(string message) =>
        JsonSerializer.Deserialize(message, CallbackJobJson.Default.CallbackJob) is { } job && (job.Request ?? job.Message) is not null
            ? job
            : throw new JsonException("A job about nothing.");
}

/// <summary>The queue of callbacks.</summary>
public sealed class CallbackQueue([FromKeyedServices(QueueNames.Callbacks)] IWorkQueue queue, TimeProvider time)
{
    // A little less than the seven days that the queue can hold a message back.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(6.9);

    private static readonly TimeSpan LongestPutBack = TimeSpan.FromSeconds(30);

    /// <summary>Queues a job.</summary>
    public Task SendAsync(CallbackJob job, TimeSpan delay, CancellationToken cancellationToken) =>
        queue.SendAsync(
            (job with { Trace = job.Trace ?? Telemetry.Trace.Context, Due = (time.GetUtcNow() + delay).ToUnixTimeMilliseconds() }).Write(),
            delay,
            cancellationToken);

    /// <summary>Queues a job once more for which there was no place: behind the others, and further behind each time. Gives when it comes.</summary>
    public async Task<DateTimeOffset> PutBackAsync(CallbackJob job, CancellationToken cancellationToken)
    {
        var delay = TimeSpan.FromSeconds(1 << Math.Min(job.PutBack, 5));
        delay = delay < LongestPutBack ? delay : LongestPutBack;
        var jitter = delay * RandomNumberGenerator.GetInt32(250) / 1_000;
        await SendAsync(job with { PutBack = job.PutBack + 1 }, delay + jitter, cancellationToken);
        return time.GetUtcNow() + delay + jitter;
    }

    /// <summary>Queues the job of a later try. Where that is further off than the queue can wait, the job comes early and is queued once more.</summary>
    public Task SendAtAsync(CallbackJob job, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var delay = at - time.GetUtcNow();
        delay = delay < TimeSpan.Zero ? TimeSpan.Zero : delay < LongestDelay ? delay : LongestDelay;
        return SendAsync(job with { At = at.ToUnixTimeMilliseconds(), Again = null, PutBack = 0 }, delay, cancellationToken);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(CallbackJob))]
internal sealed partial class CallbackJobJson : JsonSerializerContext;
