using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Workflows;

/// <summary>
/// Reports on what was sent to a test number, as a provider's webhook would: at once with the answer, or after the number's delay.
/// </summary>
public sealed class TestReports(RequestChanges changes, StepQueue queue, TimeProvider time)
{
    /// <summary>The report that comes with the answer; the same request where it comes later, or where the number is real.</summary>
    public static RequestRecord AtOnce(RequestRecord request, int number, DateTimeOffset now) =>
        request.Test is { Delay: 0 } ? Report(request, number, now) : request;

    /// <summary>Queues the report that comes after the delay. Twice does no harm.</summary>
    public async Task QueueAsync(RequestRecord request, CancellationToken cancellationToken)
    {
        if (request is { Test: { Delay: > 0 } test, EndedAt: null, Attempts: [.., { MayHaveReachedThePhone: true } attempt] }
            && attempt.StartedAt + TimeSpan.FromSeconds(test.Delay) is var due
            && due < request.Id.DueAt)
        {
            await queue.SendAsync(request.Id, attempt.Step, StepCause.TestReport, due - time.GetUtcNow(), cancellationToken);
        }
    }

    /// <summary>Applies the report on a step. Gives the step that it starts at once, if it starts one.</summary>
    public async Task<(Stored<RequestRecord> Stored, int? Next)> ApplyAsync(
        Stored<RequestRecord> stored, int step, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var change = await changes.UpdateAsync(
            stored, request => Report(RequestLife.ExpireVerificationIfDue(request, now), AttemptOf(request, step), now), cancellationToken);
        var request = change.After.Value;
        var starts = request.IsOpen(now) && request.CurrentStep == step && step + 1 < request.Steps.Count
            && AttemptOf(request, step) is >= 0 and var number && AttemptLife.IsFailure(request.Attempts[number].Status);
        return (change.After, starts ? step + 1 : null);
    }

    private static RequestRecord Report(RequestRecord request, int number, DateTimeOffset now) =>
        request.Test is { } test && number >= 0
            ? AttemptLife.Reported(request, number, test.Report(request.Steps[request.Attempts[number].Step].Channel, now), now)
            : request;

    /// <summary>The step's last attempt that may have reached the phone; -1 where there is none.</summary>
    private static int AttemptOf(RequestRecord request, int step) =>
        request.Attempts.ToList().FindLastIndex(attempt => attempt.Step == step && attempt.MayHaveReachedThePhone);
}
