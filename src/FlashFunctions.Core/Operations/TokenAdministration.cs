using System.Buffers.Text;
using System.Security.Cryptography;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Operations;

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
        fields.RefuseOthers(new HashSet<string>(["label", "trusted"], StringComparer.Ordinal));
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

    /// <summary>The tokens of an account, the oldest first.</summary>
    public async Task<Result<IReadOnlyList<AccessToken>>> ListAsync(string id, CancellationToken cancellationToken)
    {
        if (await accounts.ReadAsync(id, cancellationToken) is not { } account)
        {
            return Problem.AccountNotFound;
        }

        var read = await Task.WhenAll(account.KeyIds.Select(keyId => tokens.ReadAsync(keyId, cancellationToken)));
        return Result.Of<IReadOnlyList<AccessToken>>([.. read.OfType<AccessToken>()]);
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
