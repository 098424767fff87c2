using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Core.Requests;

/// <summary>Conditions of steps.</summary>
public static class StepConditions
{
    /// <summary>
    /// Whether an attempt meets the condition of its step. A flash call that was answered does not count as delivered: a screening service or
    /// voicemail may have taken it, so that nobody saw its number.
    /// </summary>
    public static bool IsMetBy(this WorkflowStep step, AttemptRecord attempt) => step.Condition switch
    {
        StepCondition.Delivered => attempt.Status is TransportStatus.Delivered or TransportStatus.Read
            && !(step.Channel == Channel.Call && attempt.WasAnswered),
        StepCondition.Read => attempt.Status is TransportStatus.Read,
        _ => false,
    };
}
