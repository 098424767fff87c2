using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Accounts;

/// <summary>Whose number it is: a row a number, by its keyed hash, so that an inbound message finds its account with one read.</summary>
public sealed class OwnedNumbers([FromKeyedServices(TableNames.Accounts)] ITable table, ServiceKey key)
{
    private const string Owner = "Account";
    private const string Purpose = "owned number";

    /// <summary>The id of the account that owns a number, or null.</summary>
    /// <param name="number">In E.164 syntax; a plus that a provider left out is added.</param>
    public async Task<string?> OwnerOfAsync(string number, CancellationToken cancellationToken)
    {
        var keys = KeysOf(number.StartsWith('+') ? number : $"+{number}");
        var row = await table.ReadFirstAsync(keys, cancellationToken);
        if (row is not null && row.Key != keys[0])
        {
            await table.InsertAsync(new Row(keys[0], row.Properties), cancellationToken);
        }

        return row?.Text(Owner);
    }

    /// <summary>Makes a number an account's own; false when it is another account's.</summary>
    public async Task<bool> ClaimAsync(string account, string number, CancellationToken cancellationToken)
    {
        var keys = KeysOf(number);
        if (await table.ReadFirstAsync(keys.Skip(1), cancellationToken) is { } earlier && earlier.Text(Owner) != account)
        {
            return false;
        }

        return await table.InsertAsync(Row.Of(keys[0], (Owner, account)), cancellationToken) is not null
            || await OwnerOfAsync(number, cancellationToken) == account;
    }

    /// <summary>Gives a number up, if it is the account's.</summary>
    public async Task ReleaseAsync(string account, string number, CancellationToken cancellationToken)
    {
        foreach (var at in KeysOf(number))
        {
            if (await table.ReadAsync(at, cancellationToken) is { } row && row.Text(Owner) == account)
            {
                await table.DeleteAsync(at, row.ETag, cancellationToken);
            }
        }
    }

    private TableKey[] KeysOf(string number)
    {
        var sent = NumberPlan.Instance.OneForm(number);
        return [.. key.Hashes(Purpose, sent).Select(TableKeys.OwnedNumber)];
    }
}
