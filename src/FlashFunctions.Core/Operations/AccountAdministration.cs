using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Security;

namespace FlashFunctions.Core.Operations;

/// <summary>How an account was changed.</summary>
public abstract record AccountOutcome
{
    private AccountOutcome()
    {
    }

    /// <summary>The account as it is now; with it a callback secret that was made just now.</summary>
    public sealed record Done(Account Account, WebhookSecret? NewSecret = null) : AccountOutcome;

    public sealed record Deleted : AccountOutcome;

    public sealed record Refused(Problem Problem) : AccountOutcome;
}

/// <summary>
/// Creates, changes and deletes accounts. This instance sees a change at once, others within the minute for which they remember.
/// </summary>
public sealed class AccountAdministration(
    AccountInput input, AccountStore accounts, TokenStore tokens, OwnedNumbers numbers, AccountDirectory directory, TimeProvider time)
{
    private const int LiveSecrets = 2;

    /// <summary>Creates an account, with a callback secret.</summary>
    public async Task<AccountOutcome> CreateAsync(Fields fields, CancellationToken cancellationToken)
    {
        var (id, change, problem) = input.ReadNew(fields);
        if (problem is not null)
        {
            return new AccountOutcome.Refused(problem);
        }

        if (id == DevelopmentAccount.Id || await accounts.ReadAsync(id!, cancellationToken) is not null)
        {
            return new AccountOutcome.Refused(Problem.Invalid("id", "is taken"));
        }

        var secret = WebhookSecret.Generate();
        var account = change!.Apply(new Account { Id = id!, Name = id!, CreatedAt = time.GetUtcNow(), CallbackSecrets = [secret] });
        if (TooLarge(account) is { } tooLarge)
        {
            return new AccountOutcome.Refused(tooLarge);
        }

        if (await ClaimAsync(id!, account.Numbers, cancellationToken) is { } taken)
        {
            return new AccountOutcome.Refused(taken);
        }

        if (!await accounts.AddAsync(account, cancellationToken))
        {
            await GiveUpAsync(id!, account.Numbers, cancellationToken);
            return new AccountOutcome.Refused(Problem.Invalid("id", "is taken"));
        }

        directory.ForgetAccount(id!);
        return new AccountOutcome.Done(account, secret);
    }

    /// <summary>Changes the fields that came.</summary>
    public async Task<AccountOutcome> UpdateAsync(string id, Fields fields, CancellationToken cancellationToken)
    {
        var (change, problem) = input.ReadChange(fields);
        if (problem is not null)
        {
            return new AccountOutcome.Refused(problem);
        }

        if (await accounts.ReadAsync(id, cancellationToken) is not { } before)
        {
            return new AccountOutcome.Refused(Problem.AccountNotFound);
        }

        if (TooLarge(change!.Apply(before)) is { } tooLarge)
        {
            return new AccountOutcome.Refused(tooLarge);
        }

        if (await ClaimAsync(id, change.Numbers ?? [], cancellationToken) is { } taken)
        {
            return new AccountOutcome.Refused(taken);
        }

        var outcome = await ChangeAsync(id, change.Apply, null, cancellationToken);
        foreach (var number in change.Numbers is null ? [] : before.Numbers.Except(change.Numbers, StringComparer.Ordinal))
        {
            await numbers.ReleaseAsync(id, number, cancellationToken);
        }

        return outcome;
    }

    /// <summary>Deletes an account with its tokens. Its requests stay until they are past retention.</summary>
    public async Task<AccountOutcome> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        if (await accounts.ReadAsync(id, cancellationToken) is not { } account)
        {
            return new AccountOutcome.Refused(Problem.AccountNotFound);
        }

        foreach (var keyId in account.KeyIds)
        {
            await tokens.DeleteAsync(keyId, cancellationToken);
            directory.ForgetToken(keyId);
        }

        foreach (var number in account.Numbers)
        {
            await numbers.ReleaseAsync(id, number, cancellationToken);
        }

        await accounts.DeleteAsync(id, cancellationToken);
        directory.ForgetAccount(id);
        return new AccountOutcome.Deleted();
    }

    /// <summary>
    /// Makes a new callback secret. Callbacks are signed with it and with the one before, until that is retired or the next rotation
    /// comes; at once means that the ones before are dead now.
    /// </summary>
    public async Task<AccountOutcome> RotateSecretAsync(string id, Fields fields, CancellationToken cancellationToken)
    {
        var atOnce = fields.Flag("atOnce") ?? false;
        fields.RefuseOthers(new HashSet<string>(["atOnce"], StringComparer.Ordinal));
        if (fields.Problem is { } problem)
        {
            return new AccountOutcome.Refused(problem);
        }

        var secret = WebhookSecret.Generate();
        return await ChangeAsync(
            id,
            account => account with { CallbackSecrets = atOnce ? [secret] : [.. account.CallbackSecrets.Prepend(secret).Take(LiveSecrets)] },
            secret,
            cancellationToken);
    }

    /// <summary>Ends a rotation: callbacks are signed with the newest secret alone.</summary>
    public Task<AccountOutcome> RetireSecretAsync(string id, CancellationToken cancellationToken) =>
        ChangeAsync(id, account => account with { CallbackSecrets = [.. account.CallbackSecrets.Take(1)] }, null, cancellationToken);

    private async Task<AccountOutcome> ChangeAsync(
        string id, Func<Account, Account> change, WebhookSecret? newSecret, CancellationToken cancellationToken)
    {
        var account = await accounts.UpdateAsync(id, change, cancellationToken);
        directory.ForgetAccount(id);
        return account is null ? new AccountOutcome.Refused(Problem.AccountNotFound) : new AccountOutcome.Done(account, newSecret);
    }

    /// <summary>The refusal of more senders and numbers than an account's row holds, which names what there is more of.</summary>
    private static Problem? TooLarge(Account account) => AccountStore.Fits(account)
        ? null
        : Problem.Invalid(
            account.Senders.Sum(sender => sender.Length) >= account.Numbers.Sum(number => number.Length) ? "senders" : "numbers",
            "is more than an account can hold");

    /// <summary>Makes numbers the account's own: all of them, or none.</summary>
    private async Task<Problem?> ClaimAsync(string id, IReadOnlyList<string> wanted, CancellationToken cancellationToken)
    {
        for (var index = 0; index < wanted.Count; index++)
        {
            if (await numbers.ClaimAsync(id, wanted[index], cancellationToken))
            {
                continue;
            }

            await GiveUpAsync(id, wanted.Take(index), cancellationToken);
            return Problem.Invalid($"numbers[{index}]", "belongs to another account");
        }

        return null;
    }

    /// <summary>Gives numbers up that were claimed in vain; those that the stored account names stay its own.</summary>
    private async Task GiveUpAsync(string id, IEnumerable<string> claimed, CancellationToken cancellationToken)
    {
        var own = (await accounts.ReadAsync(id, cancellationToken))?.Numbers ?? [];
        foreach (var number in claimed.Except(own, StringComparer.Ordinal))
        {
            await numbers.ReleaseAsync(id, number, cancellationToken);
        }
    }
}
