using System.Text.Json.Serialization;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Accounts;

/// <summary>The table of accounts. Callback secrets are kept encrypted in a column of their own.</summary>
public sealed class AccountStore([FromKeyedServices(TableNames.Accounts)] ITable table, SealedText seal)
{
    private const string Secrets = "CallbackSecrets";

    /// <summary>What a property of a row holds, less the key ids that may yet come.</summary>
    private const int LongestData = (32 * 1_024) - 1_024;

    private static readonly RowFormat<Account> Json = RowFormat.Json(AccountJson.Default.Account);

    private readonly RowFormat<Account> _format = new(
        account => Json.Columns(account).Append((Secrets, Sealed(seal, account))), row => Opened(seal, Json.Read(row), row));

    /// <summary>Reads an account. Secrets that were sealed under an earlier service key are sealed again.</summary>
    public async Task<Account?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        if (!Account.IsId(id) || await table.ReadAsync(TableKeys.Account(id), cancellationToken) is not { } row)
        {
            return null;
        }

        return SealsOf(row).Any(sealedText => !seal.IsCurrent(id, sealedText))
            ? await UpdateAsync(id, account => account with { }, cancellationToken)
            : _format.Read(row);
    }

    /// <summary>Every account, by id. There are few.</summary>
    public async Task<IReadOnlyList<Account>> ListAsync(CancellationToken cancellationToken) =>
        await table.ReadAllAsync(TableKeys.AccountPartition, cancellationToken).Select(_format.Read).ToListAsync(cancellationToken);

    public static bool Fits(Account account) =>
        ReadableJson.ToText(account with { KeyIds = [] }, AccountJson.Default.Account).Length <= LongestData;

    /// <summary>Adds an account; false when the id is taken.</summary>
    public async Task<bool> AddAsync(Account account, CancellationToken cancellationToken) =>
        await table.InsertAsync(_format.ToRow(TableKeys.Account(account.Id), account), cancellationToken) is not null;

    /// <summary>Changes an account. The account as it is now, or null where there is none.</summary>
    public Task<Account?> UpdateAsync(string id, Func<Account, Account> change, CancellationToken cancellationToken) =>
        Account.IsId(id) ? table.UpdateAsync(_format, TableKeys.Account(id), change, cancellationToken) : Task.FromResult<Account?>(null);

    /// <summary>Deletes an account; false when there is none.</summary>
    public Task<bool> DeleteAsync(string id, CancellationToken cancellationToken) =>
        table.DeleteAsync(TableKeys.Account(id), null, cancellationToken);

    private static string[] SealsOf(Row row) => row.Text(Secrets)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static string Sealed(SealedText seal, Account account) =>
        string.Join(' ', account.CallbackSecrets.Select(secret => seal.Seal(account.Id, secret.Reveal())));

    private static Account Opened(SealedText seal, Account account, Row row) =>
        account with { CallbackSecrets = [.. SealsOf(row).Select(secret => WebhookSecret.Parse(seal.Open(account.Id, secret), null))] };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Account))]
[JsonSerializable(typeof(AccessToken))]
internal sealed partial class AccountJson : JsonSerializerContext;

/// <summary>The table of tokens, by key id.</summary>
public sealed class TokenStore([FromKeyedServices(TableNames.Tokens)] ITable table, ServiceKey key)
{
    private const string Purpose = "token";

    private static readonly RowFormat<AccessToken> Format = RowFormat.Json(AccountJson.Default.AccessToken);

    public async Task<AccessToken?> ReadAsync(string keyId, CancellationToken cancellationToken) =>
        (await table.ReadAsync(Format, TableKeys.Token(keyId), cancellationToken))?.Value;

    /// <summary>Adds a token; false when the key id is taken.</summary>
    public async Task<bool> AddAsync(AccessToken token, CancellationToken cancellationToken) =>
        await table.InsertAsync(Format.ToRow(TableKeys.Token(token.KeyId), token), cancellationToken) is not null;

    /// <summary>Turns a token on or off. The token as it is now, or null where there is none.</summary>
    public Task<AccessToken?> SetActiveAsync(string keyId, bool active, CancellationToken cancellationToken) =>
        table.UpdateAsync(Format, TableKeys.Token(keyId), token => token with { IsActive = active }, cancellationToken);

    public Task DeleteAsync(string keyId, CancellationToken cancellationToken) =>
        table.DeleteAsync(TableKeys.Token(keyId), null, cancellationToken);

    /// <summary>The keyed hash under which a secret is kept.</summary>
    public string HashOf(string keyId, string secret) => key.Hash(Purpose, keyId, secret);

    /// <summary>Whether it is the token's secret, in constant time.</summary>
    public bool IsSecret(AccessToken token, string secret) => key.Matches(token.SecretHash, Purpose, token.KeyId, secret);

    /// <summary>Stores the secret's hash under the current service key, where it is under an earlier one; false where it is not.</summary>
    public async Task<bool> RenewAsync(AccessToken token, string secret, CancellationToken cancellationToken)
    {
        if (!key.IsReplacing)
        {
            return false;
        }

        var hash = HashOf(token.KeyId, secret);
        if (token.SecretHash == hash)
        {
            return false;
        }

        var (_, isRenewed) = await table.UpdateAsync(
            Format,
            TableKeys.Token(token.KeyId),
            current => current?.SecretHash == token.SecretHash ? (current with { SecretHash = hash }, true) : (current, false),
            cancellationToken);
        return isRenewed;
    }
}
