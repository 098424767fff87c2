using System.Text.Json;
using System.Text.Json.Serialization;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Workflows;

/// <summary>A job: tell the providers how a request ended.</summary>
/// <param name="Request">The request's id.</param>
/// <param name="Tries">How often it has been tried.</param>
/// <param name="Trace">W3C trace context of the change that it follows from.</param>
/// <param name="Due">When it is to be handled, in unix milliseconds.</param>
public sealed record ReportJob(string Request, int Tries = 0, string? Trace = null, long? Due = null);

/// <summary>The queue of outcomes to report.</summary>
public sealed class ReportQueue([FromKeyedServices(QueueNames.Reports)] IWorkQueue queue, TimeProvider time)
{
    /// <summary>Queues a report.</summary>
    public Task SendAsync(ReportJob job, TimeSpan delay, CancellationToken cancellationToken)
    {
        var due = job with { Trace = job.Trace ?? Telemetry.Trace.Context, Due = (time.GetUtcNow() + delay).ToUnixTimeMilliseconds() };
        return queue.SendAsync(JsonSerializer.Serialize(due, ReportJobJson.Default.ReportJob), delay, cancellationToken);
    }

    /// <summary>A report that was given up, as operators see and retry it.</summary>
    public static DeadLetter DeadLetterOf(RequestId request, string account, string reason) => new()
    {
        Account = account,
        Kind = "report",
        Request = request.Text,
        Reason = reason,
        Queue = QueueNames.Reports,
        Message = JsonSerializer.Serialize(new ReportJob(request.Text), ReportJobJson.Default.ReportJob),
    };

    /// <summary>Reads a queue message.</summary>
    /// <exception cref="JsonException">It is no job; the queue's poison handling takes it.</exception>
    public static ReportJob Read(string message) =>
        JsonSerializer.Deserialize(message, ReportJobJson.Default.ReportJob) is { } job && RequestId.TryParse(job.Request, null, out _)
            ? job
            : throw new JsonException("A job of no request.");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReportJob))]
internal sealed partial class ReportJobJson : JsonSerializerContext;
