using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Workflows;

/// <summary>What may be sent for a request now.</summary>
/// <param name="Request">The request with the cap that its account has now.</param>
/// <param name="WhyNot">Why nothing further may be sent for it; null where it may.</param>
/// <param name="Fraud">What the fraud guard says of its steps.</param>
public sealed record SendAllowance(RequestRecord Request, StepRefusal? WhyNot, FraudJudgement Fraud)
{
    /// <summary>Why a step may not be sent though another may; null where it may.</summary>
    public StepRefusal? WhyNotStep(int step) => Fraud.BlockOf(Request.Steps[step]) is { } finding ? StepRefusal.Blocked(finding) : null;
}

/// <summary>
/// Rule 7: what an account is not allowed any more is not sent by a later step either. Looked at whenever a step starts; accounts and
/// tokens are cached, so that this costs no round trip and is at most a minute late. A flow that was handed to a provider is out of reach.
/// </summary>
public sealed class SendPermission(AccountDirectory accounts, FraudGuard fraud)
{
    /// <summary>Why a request ends whose account was stopped.</summary>
    public const string StoppedByOperator = "An operator stopped what the account had open.";

    public async ValueTask<SendAllowance> LookAsync(RequestRecord request, CancellationToken cancellationToken)
    {
        var account = await accounts.FindAsync(request.Account, cancellationToken);
        var judgement = await fraud.LookAsync(account, request, cancellationToken);
        var whyNot = account switch
        {
            null => StepRefusal.AccountDeleted,
            { IsActive: false } => StepRefusal.AccountInactive,
            { StoppedAt: { } at } when request.CreatedAt <= at => StepRefusal.Stopped,
            _ when !await IsInForceAsync(request.KeyId, cancellationToken) => StepRefusal.TokenRevoked,
            _ when judgement.BlockOf(request) is { } finding => StepRefusal.Blocked(finding),
            _ => null,
        };
        return new SendAllowance(
            account is null || account.DailyCap == request.Cap ? request : request with { Cap = account.DailyCap }, whyNot, judgement);
    }

    private async ValueTask<bool> IsInForceAsync(string? keyId, CancellationToken cancellationToken) =>
        keyId is null || await accounts.FindTokenAsync(keyId, cancellationToken) is { IsActive: true };
}

/// <summary>A limit or block that keeps a step from being sent, as the attempt says it and as the security log does.</summary>
/// <param name="ErrorCode">What a call would have been refused with.</param>
/// <param name="Limit">Which limit or block, in a word.</param>
/// <param name="Fraud">What the fraud guard found; null where it is not that.</param>
public sealed record StepRefusal(string Why, int ErrorCode, string Limit, FraudFinding? Fraud = null)
{
    public static StepRefusal AccountDeleted { get; } = new("The account was deleted.", 2, "inactive_account");

    public static StepRefusal AccountInactive { get; } = new("The account is inactive.", 2, "inactive_account");

    public static StepRefusal Stopped { get; } = new(SendPermission.StoppedByOperator, 2, "stopped");

    public static StepRefusal TokenRevoked { get; } = new("The token that it was asked for with was revoked.", 5, "inactive_token");

    public static StepRefusal Blocked(FraudFinding finding) =>
        new($"Blocked by the fraud guard: {finding.Reason}.", 30, finding.Reason, finding);

    public static StepRefusal SendBudget { get; } = new("The number's send budget is used up.", 4, "number");

    /// <summary>The account's cap forbids it.</summary>
    /// <param name="why">As the cap says it, after “The account”.</param>
    public static StepRefusal Cap(string why) => new($"The account {why}.", 6, "daily_cap");
}
