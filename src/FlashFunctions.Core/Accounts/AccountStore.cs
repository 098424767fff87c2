using System.Text.Json.Serialization;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Accounts;

/// <summary>The table of accounts. Callback secrets are kept encrypted in a column of their own.</summary>
public sealed class AccountStore([FromKeyedServices(TableNames.Accounts)] ITable table, SealedText seal)
{
    private const string Secrets = "CallbackSecrets";

    /// <summary>What a property of a row holds, less the key ids that may yet come.</summary>
    private const int LongestData = (32 * 1_024) - 1_024;

    private static readonly RowFormat<Account> Json = RowFormat.Json(AccountJson.Default.Account);

    private readonly RowFormat<Account> _format = new(
        account => Json.Columns(account).Append((Secrets, Sealed(seal, account))),
        row => Opened(seal, Json.Read(row), row));

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

    /// <summary>Whether an account's row can hold it.</summary>
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
