using System.Buffers.Text;
using System.Security.Cryptography;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Operations;

/// <summary>An account as it is now, and the callback secret that was made for it just now, if any.</summary>
public sealed record ChangedAccount(Account Account, WebhookSecret? NewSecret = null);

/// <summary>
/// Creates, changes and deletes accounts. This instance sees a change at once, others within the minute for which they remember.
/// </summary>
public sealed class AccountAdministration(
    AccountInput input, AccountStore accounts, TokenStore tokens, OwnedNumbers numbers, AccountDirectory directory, TimeProvider time)
{
    private const int LiveSecrets = 2;

    /// <summary>A page of the accounts, in the order of their ids.</summary>
    public async Task<Result<Page<Account>>> ListAsync(Fields fields, CancellationToken cancellationToken)
    {
        var (limit, after) = Page.Read(fields, Account.IsId, Account.LongestId, usual: 1_000);
        return fields.Problem is { } problem
            ? problem
            : Page.Ascending(await accounts.ListAsync(cancellationToken), account => account.Id, after, limit);
    }

    /// <summary>Creates an account, with a callback secret.</summary>
    public async Task<Result<ChangedAccount>> CreateAsync(Fields fields, CancellationToken cancellationToken)
    {
        if (!input.ReadNew(fields).TryGet(out var wanted, out var problem))
        {
            return problem;
        }

        var id = wanted.Id;
        if (id == DevelopmentAccount.Id || await accounts.ReadAsync(id, cancellationToken) is not null)
        {
            return Problem.Invalid("id", "is taken");
        }

        var secret = WebhookSecret.Generate();
        var account = wanted.Change.Apply(new Account { Id = id, Name = id, CreatedAt = time.GetUtcNow(), CallbackSecrets = [secret] });
        if (TooLarge(account) is { } tooLarge)
        {
            return tooLarge;
        }

        if (await ClaimAsync(id, account.Numbers, cancellationToken) is { } taken)
        {
            return taken;
        }

        if (!await accounts.AddAsync(account, cancellationToken))
        {
            await GiveUpAsync(id, account.Numbers, cancellationToken);
            return Problem.Invalid("id", "is taken");
        }

        directory.ForgetAccount(id);
        return new ChangedAccount(account, secret);
    }

    /// <summary>Changes the fields that came.</summary>
    public async Task<Result<ChangedAccount>> UpdateAsync(string id, Fields fields, CancellationToken cancellationToken)
    {
        if (!input.ReadChange(fields).TryGet(out var change, out var problem))
        {
            return problem;
        }

        if (await accounts.ReadAsync(id, cancellationToken) is not { } before)
        {
            return Problem.AccountNotFound;
        }

        if (TooLarge(change.Apply(before)) is { } tooLarge)
        {
            return tooLarge;
        }

        if (await ClaimAsync(id, change.Numbers ?? [], cancellationToken) is { } taken)
        {
            return taken;
        }

        var outcome = await ChangeAsync(id, change.Apply, null, cancellationToken);
        foreach (var number in change.Numbers is null ? [] : before.Numbers.Except(change.Numbers, StringComparer.Ordinal))
        {
            await numbers.ReleaseAsync(id, number, cancellationToken);
        }

        return outcome;
    }

    /// <summary>Deletes an account with its tokens; null, or the problem. Its requests stay until they are past retention.</summary>
    public async Task<Problem?> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        if (await accounts.ReadAsync(id, cancellationToken) is not { } account)
        {
            return Problem.AccountNotFound;
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
        return null;
    }

    /// <summary>
    /// Makes a new callback secret. Callbacks are signed with it and with the previous one until that is retired or the next rotation; with
    /// <c>atOnce</c> the previous ones end now.
    /// </summary>
    public async Task<Result<ChangedAccount>> RotateSecretAsync(string id, Fields fields, CancellationToken cancellationToken)
    {
        var atOnce = fields.Flag("atOnce") ?? false;
        fields.RefuseOthers("atOnce");
        if (fields.Problem is { } problem)
        {
            return problem;
        }

        var secret = WebhookSecret.Generate();
        return await ChangeAsync(
            id,
            account =>
                account with { CallbackSecrets = atOnce ? [secret] : [.. account.CallbackSecrets.Prepend(secret).Take(LiveSecrets)] },
            secret,
            cancellationToken);
    }

    /// <summary>Ends a rotation: callbacks are signed with the newest secret alone.</summary>
    public Task<Result<ChangedAccount>> RetireSecretAsync(string id, CancellationToken cancellationToken) =>
        ChangeAsync(id, account => account with { CallbackSecrets = [.. account.CallbackSecrets.Take(1)] }, null, cancellationToken);

    private async Task<Result<ChangedAccount>> ChangeAsync(
        string id, Func<Account, Account> change, WebhookSecret? newSecret, CancellationToken cancellationToken)
    {
        var account = await accounts.UpdateAsync(id, change, cancellationToken);
        directory.ForgetAccount(id);
        return account is null ? Problem.AccountNotFound : new ChangedAccount(account, newSecret);
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

    /// <summary>Gives up numbers that were claimed for a change that failed; those that the stored account names stay its own.</summary>
    private async Task GiveUpAsync(string id, IEnumerable<string> claimed, CancellationToken cancellationToken)
    {
        var own = (await accounts.ReadAsync(id, cancellationToken))?.Numbers ?? [];
        foreach (var number in claimed.Except(own, StringComparer.Ordinal))
        {
            await numbers.ReleaseAsync(id, number, cancellationToken);
        }
    }
}

/// <summary>A token as it is now, and its secret where it was made just now: only its hash is stored.</summary>
public sealed record ChangedToken(AccessToken Token, string? Secret = null);

/// <summary>
/// The tokens of an account. The account lists their key ids: an id is listed before its token is stored and taken off after it was
/// deleted, so that no token is ever in force that is not on the list.
/// </summary>
public sealed class TokenAdministration(AccountStore accounts, TokenStore tokens, AccountDirectory directory, TimeProvider time)
{
    private const int SecretBytes = 32;
    private const int MostTokens = 20;

    /// <summary>Creates a token: a key id of 96 random bits and a checksum, and a random secret of 256.</summary>
    public async Task<Result<ChangedToken>> CreateAsync(string id, Fields fields, CancellationToken cancellationToken)
    {
        var (label, trusted) = (fields.Text("label", 100), fields.Flag("trusted") == true);
        fields.RefuseOthers("label", "trusted");
        if (fields.Problem is { } problem)
        {
            return problem;
        }

        var keyId = KeyIds.Make();
        var account = await accounts.UpdateAsync(
            id, current => current.KeyIds.Count < MostTokens ? current with { KeyIds = [.. current.KeyIds, keyId] } : current,
            cancellationToken);
        if (account?.KeyIds.Contains(keyId, StringComparer.Ordinal) != true)
        {
            return account is null
                ? Problem.AccountNotFound
                : Problem.Invalid("account", $"has {MostTokens} tokens already: delete one first");
        }

        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var token = new AccessToken
        {
            KeyId = keyId,
            Account = id,
            SecretHash = tokens.HashOf(keyId, secret),
            Label = label,
            MayTrust = trusted,
            CreatedAt = time.GetUtcNow(),
        };
        directory.ForgetAccount(id);
        return await tokens.AddAsync(token, cancellationToken)
            ? new ChangedToken(token, secret)
            : throw new StorageUnavailableException("A key id was taken.");
    }

    /// <summary>A page of the tokens of an account, the oldest first.</summary>
    public async Task<Result<Page<AccessToken>>> ListAsync(string id, Fields fields, CancellationToken cancellationToken)
    {
        var (limit, after) = Page.Read(fields, _ => true, usual: 1_000);
        if (fields.Problem is { } problem)
        {
            return problem;
        }

        if (await accounts.ReadAsync(id, cancellationToken) is not { } account)
        {
            return Problem.AccountNotFound;
        }

        var read = await Task.WhenAll(account.KeyIds.Select(keyId => tokens.ReadAsync(keyId, cancellationToken)));
        AccessToken[] all = [.. read.OfType<AccessToken>()];
        var shown = after is null ? 0 : Array.FindIndex(all, token => token.KeyId == after) + 1;
        return after is not null && shown == 0
            ? Problem.Invalid("after", Page.NoBeginning)
            : Page.Of(all[shown..], limit, token => token.KeyId);
    }

    /// <summary>Revokes a token (calls with it are refused with errorCode 5) or puts it in force again.</summary>
    public async Task<Result<ChangedToken>> SetActiveAsync(string id, string keyId, bool active, CancellationToken cancellationToken)
    {
        if (!await HasAsync(id, keyId, cancellationToken) || await tokens.SetActiveAsync(keyId, active, cancellationToken) is not { } token)
        {
            return Problem.TokenNotFound;
        }

        directory.ForgetToken(keyId);
        return new ChangedToken(token);
    }

    /// <summary>Deletes a token for good; null, or the problem.</summary>
    public async Task<Problem?> DeleteAsync(string id, string keyId, CancellationToken cancellationToken)
    {
        if (!await HasAsync(id, keyId, cancellationToken))
        {
            return Problem.TokenNotFound;
        }

        await tokens.DeleteAsync(keyId, cancellationToken);
        await accounts.UpdateAsync(
            id, account => account with { KeyIds = [.. account.KeyIds.Where(other => other != keyId)] }, cancellationToken);
        directory.ForgetToken(keyId);
        directory.ForgetAccount(id);
        return null;
    }

    private async Task<bool> HasAsync(string id, string keyId, CancellationToken cancellationToken) =>
        (await accounts.ReadAsync(id, cancellationToken))?.KeyIds.Contains(keyId, StringComparer.Ordinal) == true;
}
