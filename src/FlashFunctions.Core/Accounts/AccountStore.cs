using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Accounts;

/// <summary>The table of accounts. Callback secrets stand beside the document, sealed.</summary>
public sealed class AccountStore([FromKeyedServices(TableNames.Accounts)] ITable table, SealedText seal)
{
    private const string Data = "Data";
    private const string Secrets = "CallbackSecrets";
    private const int PageSize = 1_000;
    private const int MaxTries = 10;

    /// <summary>What a property of a row holds, less the key ids that may yet come.</summary>
    private const int LongestData = (32 * 1_024) - 1_024;

    /// <summary>Reads an account. Secrets that were sealed under a service key before are sealed anew.</summary>
    public async Task<Account?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        if (await ReadRowAsync(id, cancellationToken) is not { } row)
        {
            return null;
        }

        return SealsOf(row).Any(sealedText => !seal.IsCurrent(id, sealedText))
            ? await ChangeAsync(id, account => account, cancellationToken)
            : FromRow(row);
    }

    /// <summary>Every account, by id. There are few.</summary>
    public async Task<IReadOnlyList<Account>> ListAsync(CancellationToken cancellationToken)
    {
        var accounts = new List<Account>();
        string? continuation = null;
        do
        {
            var page = await table.QueryAsync(TableKeys.AccountPartition, continuation, PageSize, cancellationToken);
            accounts.AddRange(page.Rows.Select(FromRow));
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return accounts;
    }

    /// <summary>Whether an account's row can hold it.</summary>
    public static bool Fits(Account account) => DataOf(account with { KeyIds = [] }).Length <= LongestData;

    /// <summary>Adds an account; false when the id is taken.</summary>
    public async Task<bool> AddAsync(Account account, CancellationToken cancellationToken) =>
        await table.InsertAsync(ToRow(account, null), cancellationToken) is not null;

    /// <summary>
    /// Changes an account under its ETag; a lost race reads again and applies the change again. The account as it is now, or null
    /// where there is none.
    /// </summary>
    public async Task<Account?> ChangeAsync(string id, Func<Account, Account> change, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            if (await ReadStoredAsync(id, cancellationToken) is not { } stored)
            {
                return null;
            }

            var after = change(stored.Value);
            if (await table.ReplaceAsync(ToRow(after, stored.ETag), cancellationToken) is not null)
            {
                return after;
            }
        }

        throw new StorageUnavailableException("An account stayed contended.");
    }

    /// <summary>Deletes an account; false when there is none.</summary>
    public Task<bool> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        var at = TableKeys.Account(id);
        return table.DeleteAsync(at, null, cancellationToken);
    }

    private async Task<Stored<Account>?> ReadStoredAsync(string id, CancellationToken cancellationToken) =>
        await ReadRowAsync(id, cancellationToken) is { } row ? new Stored<Account>(FromRow(row), row.ETag!) : null;

    private async Task<Row?> ReadRowAsync(string id, CancellationToken cancellationToken)
    {
        var at = TableKeys.Account(id);
        return Account.IsId(id) ? await table.ReadAsync(at, cancellationToken) : null;
    }

    private static string[] SealsOf(Row row) => row.Text(Secrets)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static string DataOf(Account account) => Encoding.UTF8.GetString(ReadableJson.ToUtf8(account, AccountJson.Default.Account));

    private Row ToRow(Account account, string? etag)
    {
        var at = TableKeys.Account(account.Id);
        return new Row(
            at,
            new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                [Data] = DataOf(account),
                [Secrets] = string.Join(' ', account.CallbackSecrets.Select(secret => seal.Seal(account.Id, secret.Reveal()))),
            },
            etag);
    }

    private Account FromRow(Row row)
    {
        var account = JsonSerializer.Deserialize(row.Text(Data)!, AccountJson.Default.Account)!;
        return account with { CallbackSecrets = [.. SealsOf(row).Select(secret => WebhookSecret.Parse(seal.Open(account.Id, secret), null))] };
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Account))]
[JsonSerializable(typeof(AccessToken))]
internal sealed partial class AccountJson : JsonSerializerContext;
