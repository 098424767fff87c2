using System.Text.Json;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Requests;

/// <summary>A job: start a step of a request. It holds no code, no number and nothing else that is personal.</summary>
/// <param name="Trace">W3C trace context of the call that it follows from.</param>
/// <param name="Due">When it is to be handled, in unix milliseconds.</param>
/// <param name="Indexed">True where the request's rows in the index were written before.</param>
/// <param name="Turn">Of a step that waits for its turn: which waiting this is, so that no second job waits for the same.</param>
public sealed record StepJob(
    string Request, int Step, StepCause Cause, string? Trace = null, long? Due = null, bool? Indexed = null, int? Turn = null);

public enum StepCause
{
    Accepted,

    Asked,

    WaitPassed,

    /// <summary>The step before was reported undelivered or rejected.</summary>
    StepFailed,

    /// <summary>The outcome of a step to a test number is due.</summary>
    TestReport,

    /// <summary>The step had to wait for a provider's rate.</summary>
    TurnCame,

    /// <summary>The step before could not be placed. No job says so: the same job goes on with the next step.</summary>
    NotPlaced,
}

public sealed class StepQueue([FromKeyedServices(QueueNames.Dispatch)] IWorkQueue queue, TimeProvider time)
{
    /// <summary>Queues the start of a step after a delay.</summary>
    public Task SendAsync(
        RequestId request, int step, StepCause cause, TimeSpan delay, CancellationToken cancellationToken, bool indexed = false,
        int? turn = null)
    {
        delay = delay < TimeSpan.Zero ? TimeSpan.Zero : delay;
        var due = (time.GetUtcNow() + delay).ToUnixTimeMilliseconds();
        var job = new StepJob(request.Text, step, cause, Telemetry.Trace.Context, due, indexed ? true : null, turn);
        return queue.SendAsync(JsonSerializer.Serialize(job, RequestJson.Default.StepJob), delay, cancellationToken);
    }

    /// <summary>Reads a queue message.</summary>
    /// <exception cref="JsonException">It is no job; the queue's poison handling takes it.</exception>
    public static StepJob Read(string message) =>
        JsonSerializer.Deserialize(message, RequestJson.Default.StepJob) is { } job && RequestId.TryParse(job.Request, null, out _)
            ? job
            : throw new JsonException("A job of no request.");
}
