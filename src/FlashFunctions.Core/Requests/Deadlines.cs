namespace FlashFunctions.Core.Requests;

/// <summary>The job that continues a request where the job that should have done so died with its host.</summary>
/// <param name="At">When the job is late.</param>
public sealed record OverdueStep(int Step, StepCause Cause, DateTimeOffset At);

/// <summary>
/// By when something should have happened to a request: its job taken, an answer saved, the next step started, the outcome reported, a
/// callback tried. It is worked out from the record alone, so that no change can forget it, and is a column of the row that the timer
/// queries. The queue hides a job whose host died for ten minutes, longer than a verification lives.
/// </summary>
public static class Deadlines
{
    /// <summary>A job is late when it is this much later than it should be.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(20);

    /// <summary>How long after a request's due time the timer still looks for it. Anything later is left to the queue.</summary>
    public static readonly TimeSpan Reach = TimeSpan.FromMinutes(15);

    /// <summary>When a provider's answer is late: longer than any call waits for it.</summary>
    public static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The earliest time by which something should have happened; null where nothing is expected. Where the timer has queued its job again
    /// without effect, it waits as long again as it had waited by then, so that it does not fill a queue that has a backlog.
    /// </summary>
    public static DateTimeOffset? Earliest(RequestRecord request)
    {
        var at = Earlier(Earlier(StepOf(request)?.At, ReportAt(request)), CallbackAt(request));
        if (at is not { } late || request.RequeuedAt is not { } requeued || requeued < late)
        {
            return at;
        }

        return requeued + (requeued - late > Margin ? requeued - late : Margin);
    }

    /// <summary>The step whose job is expected next; null where none is before the due time.</summary>
    public static OverdueStep? StepOf(RequestRecord request) =>
        request.EndedAt is null && request.Steps.Count > 0 && Next(request) is { } next && next.At < request.Id.DueAt ? next : null;

    /// <summary>When the report of its outcome, or of a goal, is late.</summary>
    public static DateTimeOffset? ReportAt(RequestRecord request) =>
        UpstreamVerdicts.IsAnythingDue(request) ? (request.ReportAt ?? request.EndedAt ?? request.CreatedAt) + Margin : null;

    /// <summary>When the next try of the first callback that waits is late.</summary>
    public static DateTimeOffset? CallbackAt(RequestRecord request)
    {
        if (CallbackEvents.Head(request) is not { } head)
        {
            return null;
        }

        var callback = request.Callbacks[head];
        var at = callback.Delivery.TryingUntil ?? ((callback.Delivery.NextTryAt ?? callback.At) + Margin);
        at = request.CallbackWaitsUntil + Margin is { } waits && waits > at ? waits : at;
        return at <= request.Id.DueAt + Reach ? at : null;
    }

    private static OverdueStep? Next(RequestRecord request)
    {
        if (request.Asked is { } asked && asked.Step > request.CurrentStep)
        {
            return new OverdueStep(asked.Step, StepCause.Asked, asked.At + Margin);
        }

        if (request.Waiting is { } waiting && waiting.Step >= request.CurrentStep
            && !request.Attempts.Any(attempt =>
                attempt.Step == waiting.Step && (attempt.MayHaveReachedThePhone || attempt.State == AttemptState.Skipped)))
        {
            return new OverdueStep(waiting.Step, StepCause.TurnCame, (request.WaitsUntil ?? request.CreatedAt) + Margin);
        }

        if (request.Attempts.Count == 0)
        {
            return new OverdueStep(0, StepCause.Accepted, request.CreatedAt + Margin);
        }

        var last = request.Attempts[^1];
        var hasNext = last.Step + 1 < request.Steps.Count;
        return last switch
        {
            { State: AttemptState.Starting } => new OverdueStep(last.Step, StepCause.Accepted, last.StartedAt + AnswerTime),
            { State: AttemptState.NotSent } => new OverdueStep(last.Step, StepCause.Accepted, (last.UpdatedAt ?? last.StartedAt) + Margin),

            // The next step starts at once; where there is none, the request ends unless something was placed.
            { State: AttemptState.Skipped } when hasNext || !request.AnythingPlaced =>
                new OverdueStep(last.Step, StepCause.StepFailed, last.StartedAt + Margin),
            { MayHaveReachedThePhone: true } when hasNext && AttemptLife.IsFailure(last.Status) =>
                new OverdueStep(last.Step + 1, StepCause.StepFailed, (last.UpdatedAt ?? last.StartedAt) + Margin),
            { MayHaveReachedThePhone: true } when hasNext && !request.Steps[last.Step].IsMetBy(last) =>
                new OverdueStep(last.Step + 1, StepCause.WaitPassed, last.StartedAt + last.Wait + Margin),
            _ => null,
        };
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => other is null || one < other ? one : other;
}
