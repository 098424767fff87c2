namespace FlashFunctions.Core.Workflows;

/// <summary>A limit or block that keeps a step from being sent, as the attempt says it and as the security log does.</summary>
/// <param name="Why">One sentence.</param>
/// <param name="ErrorCode">What a call would have been refused with.</param>
/// <param name="Limit">Which limit or block, in a word.</param>
public sealed record StepRefusal(string Why, int ErrorCode, string Limit)
{
    public static StepRefusal AccountDeleted { get; } = new("The account was deleted.", 2, "inactive_account");

    public static StepRefusal AccountInactive { get; } = new("The account is inactive.", 2, "inactive_account");

    public static StepRefusal Stopped { get; } = new(SendPermission.StoppedByOperator, 2, "stopped");

    public static StepRefusal TokenRevoked { get; } = new("The token that it was asked for with was revoked.", 5, "inactive_token");

    public static StepRefusal NumberBlocked { get; } = new("The number is blocked.", 30, "blocked");

    public static StepRefusal SendBudget { get; } = new("The number's send budget is used up.", 4, "number");

    /// <summary>The account's cap forbids it.</summary>
    /// <param name="why">As the cap says it, after “The account”.</param>
    public static StepRefusal Cap(string why) => new($"The account {why}.", 6, "daily_cap");
}
