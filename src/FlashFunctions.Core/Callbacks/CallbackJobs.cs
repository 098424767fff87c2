using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;

namespace FlashFunctions.Core.Callbacks;

/// <summary>
/// A queue message: deliver the callbacks of a request, or forward an inbound SMS. It names the record and does not hold its content.
/// </summary>
/// <param name="Request">The request whose callbacks are due.</param>
/// <param name="Message">The key of the inbound SMS to forward.</param>
/// <param name="At">The time of the try that this job is for, in unix milliseconds; null for a job that is not a retry.</param>
/// <param name="Again">The number of a dead delivery that an operator wants tried again.</param>
/// <param name="Failures">How many times a job for the same record has reached the poison queue.</param>
/// <param name="PutBack">How many times this job went back to the queue because there was no place to send in.</param>
/// <param name="Trace">W3C trace context of the change that queued it.</param>
/// <param name="Due">When it should be handled, in unix milliseconds; null in a message of an older version.</param>
public sealed record CallbackJob(
    string? Request = null,
    string? Message = null,
    long? At = null,
    int? Again = null,
    int Failures = 0,
    int PutBack = 0,
    string? Trace = null,
    long? Due = null)
{
    public string Write() => JsonSerializer.Serialize(this, CallbackJobJson.Default.CallbackJob);

    /// <summary>Reads a queue message.</summary>
    /// <exception cref="JsonException">The message is not a job.</exception>
    public static CallbackJob Read(string message) =>
        JsonSerializer.Deserialize(message, CallbackJobJson.Default.CallbackJob) is { } job && (job.Request ?? job.Message) is not null
            ? job
            : throw new JsonException("A job about nothing.");
}

public sealed class CallbackQueue([FromKeyedServices(QueueNames.Callbacks)] IWorkQueue queue, TimeProvider time)
{
    // A little less than the seven days that the queue can hold a message back.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(6.9);

    private static readonly TimeSpan LongestPutBack = TimeSpan.FromSeconds(30);

    public Task SendAsync(CallbackJob job, TimeSpan delay, CancellationToken cancellationToken) =>
        queue.SendAsync(
            (job with { Trace = job.Trace ?? Telemetry.Trace.Context, Due = (time.GetUtcNow() + delay).ToUnixTimeMilliseconds() }).Write(),
            delay,
            cancellationToken);

    /// <summary>Queues the callbacks of a request, in its trace.</summary>
    public Task SendAsync(RequestRecord request, TimeSpan delay, CancellationToken cancellationToken) =>
        SendAsync(new CallbackJob(request.Id.Text, Trace: RequestTrace.ContextOf(request)), delay, cancellationToken);

    /// <summary>
    /// Queues a job again that found no place to send in: in 1, 2, 4, 8, 16 and then always 30 seconds, and up to a quarter more. Returns
    /// when it is due.
    /// </summary>
    public async Task<DateTimeOffset> PutBackAsync(CallbackJob job, CancellationToken cancellationToken)
    {
        var delay = TimeSpan.FromSeconds(1 << Math.Min(job.PutBack, 5));
        delay = delay < LongestPutBack ? delay : LongestPutBack;
        var jitter = delay * RandomNumberGenerator.GetInt32(250) / 1_000;
        await SendAsync(job with { PutBack = job.PutBack + 1 }, delay + jitter, cancellationToken);
        return time.GetUtcNow() + delay + jitter;
    }

    /// <summary>
    /// Queues the job of a later try. Where that is further off than the queue can hold a message back, the job comes early and is queued
    /// again.
    /// </summary>
    public Task SendAtAsync(CallbackJob job, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var delay = at - time.GetUtcNow();
        delay = delay < TimeSpan.Zero ? TimeSpan.Zero : delay < LongestDelay ? delay : LongestDelay;
        return SendAsync(job with { At = at.ToUnixTimeMilliseconds(), Again = null, PutBack = 0 }, delay, cancellationToken);
    }
}

/// <summary>Processes the queue of callbacks and its poison queue.</summary>
public sealed partial class CallbackJobs(
    RequestCallbacks requests, InboundForwarder inbound, CallbackQueue queue, DeadLetters letters, ILogger<CallbackJobs> logger)
{
    private const string Reason = "Its job failed for good.";
    private const int MostFailures = 6;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMinutes(5);

    /// <summary>Processes one message. An exception makes the queue deliver it again.</summary>
    public async Task RunAsync(string message, CancellationToken cancellationToken)
    {
        var job = CallbackJob.Read(message);
        using var span = Trace.Continue("callback", job.Trace);
        await (job.Message is null ? requests.RunAsync(job, cancellationToken) : inbound.RunAsync(job, cancellationToken));
    }

    /// <summary>
    /// Processes one message of the poison queue. Most often the store was away for longer than a queue's tries last, so the job is queued
    /// again with growing delays for about five hours; then the callback is given up.
    /// </summary>
    public async Task RunPoisonAsync(string message, CancellationToken cancellationToken)
    {
        Meters.Poisoned(QueueNames.Callbacks);
        if (TryRead(message) is not { } job)
        {
            Log.Unreadable(logger);
            await letters.AddUnreadableAsync(QueueNames.Callbacks, message, cancellationToken);
        }
        else if (job.Failures < MostFailures)
        {
            Log.Again(logger, job.Request ?? job.Message ?? "");
            await queue.SendAsync(job with { Failures = job.Failures + 1 }, FirstDelay * (1 << job.Failures), cancellationToken);
        }
        else
        {
            Log.GivenUp(logger, job.Request ?? job.Message ?? "");
            await (job.Message is null
                ? requests.GiveUpAsync(job, Reason, cancellationToken)
                : inbound.GiveUpAsync(job, Reason, cancellationToken));
        }
    }

    private static CallbackJob? TryRead(string message)
    {
        try
        {
            return CallbackJob.Read(message);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A callback job of {Subject} failed; it is queued again with a delay")]
        public static partial void Again(ILogger logger, string subject);

        [LoggerMessage(2, LogLevel.Error, "A callback job of {Subject} failed for good")]
        public static partial void GivenUp(ILogger logger, string subject);

        [LoggerMessage(3, LogLevel.Error, "A message that is not a callback job failed for good")]
        public static partial void Unreadable(ILogger logger);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(CallbackJob))]
internal sealed partial class CallbackJobJson : JsonSerializerContext;
