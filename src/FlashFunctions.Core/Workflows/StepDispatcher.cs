using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;

namespace FlashFunctions.Core.Workflows;

/// <summary>
/// Processes step jobs. A job may come twice or after a crash at any point: a step that has been claimed is never placed
/// again, and the job that starts the next step is queued again, so that no workflow stops halfway.
/// </summary>
public sealed partial class StepDispatcher(
    RequestStore store, RequestChanges changes, StepRunner runner, SendPermission permission, Routing routing, TestReports tests,
    StepQueue queue, TimeProvider time, ILogger<StepDispatcher> logger)
{
    private const int MostDoublings = 6;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// A step that has begun is placed and saved although the host stops: it cancels its functions and then waits for them, and a claim
    /// that is given up looks like a call that may have rung.
    /// </summary>
    private static readonly CancellationToken UntilDone = CancellationToken.None;

    /// <summary>Processes one job. An exception lets the queue deliver it again.</summary>
    public async Task RunAsync(StepJob job, CancellationToken cancellationToken)
    {
        Meters.Handled(QueueNames.Dispatch, job.Due, time.GetUtcNow());
        if (!RequestId.TryParse(job.Request, null, out var id) || await store.ReadAsync(id, cancellationToken) is not { } stored)
        {
            Log.NoSuchRequest(logger, job.Request);
            return;
        }

        stored = job.Indexed is true && !stored.Value.IsIndexed ? stored with { Value = stored.Value with { IsIndexed = true } } : stored;
        if (job.Cause == StepCause.TestReport)
        {
            var (reported, next) = await tests.ApplyAsync(stored, job.Step, cancellationToken);
            if (next is { } starts)
            {
                await StartAsync(reported, starts, cancellationToken, StepCause.StepFailed);
            }

            return;
        }

        var plan = StepPlan.For(stored.Value, job, time.GetUtcNow());
        if (plan is StepPlan.Start && job.Cause == StepCause.WaitPassed)
        {
            stored = await AskForReportAsync(stored, cancellationToken);
            plan = StepPlan.For(stored.Value, job, time.GetUtcNow());
        }

        switch (plan)
        {
            case StepPlan.Start start:
                await StartAsync(stored, start.Step, cancellationToken, job.Cause);
                break;
            case StepPlan.Resume resume:
                await ResumeAsync(stored, resume.Attempt, cancellationToken);
                break;
        }
    }

    /// <summary>
    /// Asks the provider for the status of an attempt before the next step starts only because no report came: the report may have got
    /// lost, and a person who has the first message needs no second one. Where the provider can be asked, applies what it says.
    /// </summary>
    private async Task<Stored<RequestRecord>> AskForReportAsync(Stored<RequestRecord> stored, CancellationToken cancellationToken)
    {
        var number = stored.Value.Attempts.Count - 1;
        if (number < 0
            || stored.Value.Steps[stored.Value.CurrentStep].Condition == StepCondition.Verified
            || stored.Value.Attempts[number] is not { MayHaveReachedThePhone: true, Provider: { } name, Reference: { } reference }
            || routing.Find(name) is not IReadAttempts provider
            || await provider.ReadAsync(reference, cancellationToken) is not { } read)
        {
            return stored;
        }

        var change = await changes.UpdateAsync(
            stored, request => AttemptLife.TakeReport(request, number, read, time.GetUtcNow()), cancellationToken);
        return change.After;
    }

    /// <summary>Starts a step of a request that was just read or stored, and the steps after it while they cannot be placed.</summary>
    public async Task<Stored<RequestRecord>> StartAsync(
        Stored<RequestRecord> stored, int step, CancellationToken cancellationToken, StepCause cause = StepCause.Accepted)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var allowed = await permission.LookAsync(stored.Value, UntilDone);
        stored = stored with { Value = allowed.Request };
        if (allowed.WhyNot is { } refusal)
        {
            return await runner.RefuseAsync(stored, step, refusal);
        }

        var outcome = new StepOutcome(await runner.LeaveBehindAsync(stored, step), StepEnd.NotPlaced);
        var first = step;
        while (outcome.End == StepEnd.NotPlaced && step < stored.Value.Steps.Count)
        {
            outcome = allowed.WhyNotStep(step) is { } whyNot
                ? await runner.SkipAsync(outcome.Stored, step++, whyNot)
                : await runner.RunAsync(outcome.Stored, step, step++ == first ? cause : StepCause.NotPlaced);
        }

        return outcome.End switch
        {
            StepEnd.MustWait => await ComeBackAsync(outcome, cause),
            StepEnd.Placed => await WaitForNextAsync(outcome.Stored, UntilDone),
            StepEnd.NotPlaced => (await changes.UpdateAsync(
                outcome.Stored, request => RequestLife.EndWithoutSteps(request, time.GetUtcNow()), UntilDone)).After,
            _ => outcome.Stored,
        };
    }

    /// <summary>
    /// Queues the job that starts the step again when its turn comes, a little later each time; before that the job that starts the next
    /// step in case its turn does not come by then. A job that came for its turn finds the latter queued; any other may have come because
    /// the host that was to queue it died.
    /// </summary>
    private async Task<Stored<RequestRecord>> ComeBackAsync(StepOutcome outcome, StepCause cause)
    {
        var (request, waiting, now) = (outcome.Stored.Value, outcome.Stored.Value.Waiting!, time.GetUtcNow());
        if (waiting.Until is { } next && (waiting.Turn == 1 || cause != StepCause.TurnCame))
        {
            await queue.SendAsync(request.Id, waiting.Step + 1, StepCause.WaitPassed, next - now, UntilDone);
        }

        var atLeast = FirstPause * (1 << Math.Min(waiting.Turn, MostDoublings));
        var wait = outcome.ComeBackIn > atLeast ? outcome.ComeBackIn : atLeast;

        // It comes back before its life ends; where that is near, the timer takes over.
        var latest = (request.Id.DueAt - now) / 2;
        if (latest > FirstPause)
        {
            wait = wait < latest ? wait : latest;
            await queue.SendAsync(request.Id, waiting.Step, StepCause.TurnCame, wait, UntilDone, turn: waiting.Turn);
        }

        return outcome.Stored;
    }

    /// <summary>Queues the job that starts the next step when the wait of the current one has passed.</summary>
    private async Task<Stored<RequestRecord>> WaitForNextAsync(Stored<RequestRecord> stored, CancellationToken cancellationToken)
    {
        var request = stored.Value;
        var attempt = request.Attempts[^1];
        var passes = attempt.StartedAt + attempt.Wait;
        if (attempt.Step + 1 < request.Steps.Count && passes < request.Id.DueAt && request.EndedAt is null)
        {
            await queue.SendAsync(request.Id, attempt.Step + 1, StepCause.WaitPassed, passes - time.GetUtcNow(), cancellationToken);
        }

        await tests.QueueAsync(request, cancellationToken);
        return stored;
    }

    private async Task ResumeAsync(Stored<RequestRecord> stored, int number, CancellationToken cancellationToken)
    {
        if (stored.Value.Attempts[number] is { State: AttemptState.Starting } attempt
            && time.GetUtcNow() >= attempt.StartedAt + Deadlines.AnswerTime)
        {
            Log.FoundStarting(logger, stored.Value.Id, number);
            stored = (await changes.UpdateAsync(
                stored, request => AttemptLife.AnswerLost(request, number, time.GetUtcNow()), cancellationToken)).After;
        }

        await WaitForNextAsync(stored, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A step of {RequestId} was to start, and there is no such request")]
        public static partial void NoSuchRequest(ILogger logger, string requestId);

        [LoggerMessage(2, LogLevel.Warning, "Attempt {Attempt} of {RequestId} was claimed and never finished; it is not placed again")]
        public static partial void FoundStarting(ILogger logger, RequestId requestId, int attempt);
    }
}

/// <summary>What a step job comes to, decided from the record alone.</summary>
public abstract record StepPlan
{
    private StepPlan() { }

    /// <summary>The request has ended, or the step is no longer needed.</summary>
    public sealed record Nothing : StepPlan;

    /// <summary>
    /// The step has been started already: the host that did may have died, so the job that its wait ends with is queued again.
    /// </summary>
    public sealed record Resume(int Attempt) : StepPlan;

    public sealed record Start(int Step) : StepPlan;

    public static StepPlan For(RequestRecord request, StepJob job, DateTimeOffset now)
    {
        var last = request.Attempts.Count > 0 ? request.Attempts[^1] : null;
        if (!request.IsOpen(now) || job.Step >= request.Steps.Count || last?.State == AttemptState.Rejected)
        {
            return new Nothing();
        }

        if (job.Cause == StepCause.TurnCame
            && (job.Step < request.CurrentStep || request.Waiting?.Step != job.Step || request.Waiting?.Turn != job.Turn))
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
