using FlashFunctions.Core.Input;
using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Core.Workflows;

/// <summary>Reads one step of a verification's workflow as it is written, without asking whether a provider can do it.</summary>
internal static class StepFields
{
    /// <summary>The most steps that a workflow has.</summary>
    public const int Most = 5;

    /// <summary>The step; null where its method is missing or wrong. What is wrong is said of the fields.</summary>
    public static WorkflowStep? Read(Fields step)
    {
        var method = step.OneOf("method", ApiNames.VerifyMethods, required: true);
        var provider = step.Text("provider", 32);
        var wait = step.Integer("wait", 5, 600);
        var condition = step.OneOf("condition", ApiNames.VerifyConditions);
        return method is not { } channel ? null : new WorkflowStep(
            channel, provider, wait is { } seconds ? TimeSpan.FromSeconds(seconds) : null, condition ?? StepCondition.Verified);
    }
}
