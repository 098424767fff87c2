namespace FlashFunctions.Core.Primitives;

/// <summary>One entry of a workflow.</summary>
/// <param name="Provider">By whom; null leaves it to routing.</param>
/// <param name="Wait">How long to wait before the next step; null leaves it to the provider that is chosen.</param>
/// <param name="Condition">What makes the next step unnecessary.</param>
/// <param name="Text">The step's own text, in a message flow.</param>
/// <param name="From">The step's own sender, in a message flow.</param>
/// <param name="Options">The step's own further parameters, in a message flow.</param>
public sealed record WorkflowStep(
    Channel Channel,
    string? Provider = null,
    TimeSpan? Wait = null,
    StepCondition Condition = StepCondition.Verified,
    string? Text = null,
    string? From = null,
    IReadOnlyDictionary<string, string>? Options = null)
{
    /// <summary>How long a step of a message flow waits that names no wait.</summary>
    public static readonly TimeSpan DefaultFlowWait = TimeSpan.FromSeconds(60);

    /// <summary>The steps of a flow that the provider goes through by itself; such a step is its request's only one.</summary>
    public IReadOnlyList<WorkflowStep>? Flow { get; init; }
}

/// <summary>What makes the next step unnecessary when the wait has passed.</summary>
public enum StepCondition
{
    /// <summary>The verification has ended: the next step starts whatever was delivered.</summary>
    Verified,

    /// <summary>The attempt was delivered; a flash call without being answered.</summary>
    Delivered,

    Read,
}
