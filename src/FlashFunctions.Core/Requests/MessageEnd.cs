namespace FlashFunctions.Core.Requests;

/// <summary>
/// When a call, message or flow that is no verification is over: its aim is met, or nothing that is under way can change it any more.
/// The end is part of the write that brings it.
/// </summary>
public static class MessageEnd
{
    /// <summary>Ends the request if it is over; the same record where it is not, and for a verification.</summary>
    public static RequestRecord Settle(RequestRecord request, DateTimeOffset now) =>
        request is { Verification: null, EndedAt: null } && (IsMet(request) || IsOver(request))
            ? AttemptTransitions.Close(request, now)
            : request;

    /// <summary>Whether an attempt met the condition of its step, so that no further step is needed.</summary>
    private static bool IsMet(RequestRecord request) => request.Attempts.Any(attempt =>
        attempt.MayHaveReachedThePhone && request.Steps[attempt.Step].IsMetBy(attempt));

    /// <summary>Whether the last step was started and has its final report, or could not be placed and nothing before it is awaited.</summary>
    private static bool IsOver(RequestRecord request)
    {
        var last = request.Attempts.Count > 0 ? request.Attempts[^1] : null;
        var isLastStep = request.CurrentStep >= request.Steps.Count - 1;
        return last switch
        {
            { MayHaveReachedThePhone: true } => isLastStep && StatusTable.IsFinal(last.Status),
            { State: AttemptState.Rejected } => NothingIsAwaited(request),
            { State: AttemptState.Skipped } => isLastStep && NothingIsAwaited(request),
            _ => false,
        };
    }

    private static bool NothingIsAwaited(RequestRecord request) =>
        request.Attempts.All(attempt => !attempt.MayHaveReachedThePhone || StatusTable.IsFinal(attempt.Status));
}
