using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Workflows;

/// <summary>What a step job comes to, decided from the record alone.</summary>
public abstract record StepPlan
{
    private StepPlan()
    {
    }

    /// <summary>The request has ended, or the step is no longer needed.</summary>
    public sealed record Nothing : StepPlan;

    /// <summary>The step has been started already: whoever did may have died, so its time-out is set again.</summary>
    public sealed record Resume(int Attempt) : StepPlan;

    /// <summary>Start this step.</summary>
    public sealed record Start(int Step) : StepPlan;

    /// <summary>Decides.</summary>
    public static StepPlan For(RequestRecord request, StepJob job, DateTimeOffset now)
    {
        var last = request.Attempts.Count > 0 ? request.Attempts[^1] : null;
        if (!request.IsOpen(now) || job.Step >= request.Steps.Count || last?.State == AttemptState.Rejected)
        {
            return new Nothing();
        }

        if (job.Cause == StepCause.TurnCame && (job.Step < request.CurrentStep || request.Waiting is not { } waiting || waiting.Step != job.Step || waiting.Turn != job.Turn))
        {
            return new Nothing();
        }

        if (job.Step > request.CurrentStep)
        {
            return job.Cause == StepCause.WaitPassed && ConditionMet(request) ? new Nothing() : new Start(job.Step);
        }

        return last switch
        {
            { MayHaveReachedThePhone: true } => new Resume(request.Attempts.Count - 1),
            { State: AttemptState.Skipped } => new Start(request.CurrentStep + 1),
            _ => new Start(request.CurrentStep),
        };
    }

    private static bool ConditionMet(RequestRecord request) =>
        request is { CurrentStep: >= 0, Attempts.Count: > 0 }
        && request.Steps[request.CurrentStep].IsMetBy(request.Attempts[^1]);
}
