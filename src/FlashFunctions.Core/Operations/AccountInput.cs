using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Workflows;

namespace FlashFunctions.Core.Operations;

/// <summary>What of an account is to change: only fields that came do, and one that came as null goes back to its default.</summary>
public sealed record AccountChange(Func<Account, Account> Apply, IReadOnlyList<string>? Numbers);

public sealed record NewAccount(string Id, AccountChange Change);

public sealed class AccountInput(WorkflowInput workflows, AddressGuard addresses, PriceTable prices)
{
    private const int CodeLength = 4;
    private const string Id = "id";
    private const string Name = "name";
    private const string Active = "active";
    private const string Rate = "ratePerSecond";
    private const string Senders = "senders";
    private const string Cap = "dailyCap";
    private const string Workflow = "workflow";
    private const string Numbers = "numbers";
    private const string Inbound = "inboundSmsAddress";
    private const string Fraud = "fraud";

    private static readonly string[] Known = [Name, Active, Rate, Senders, Cap, Workflow, Numbers, Inbound, Fraud];

    /// <summary>The id of an account to create, and what it is to be.</summary>
    public Result<NewAccount> ReadNew(Fields fields)
    {
        var id = fields.Text(
            Id, Account.LongestId, Account.IsId, "must be lower-case letters, digits and hyphens, the first no hyphen", required: true);
        return Read(fields, [.. Known, Id]).TryGet(out var change, out var problem) ? new NewAccount(id!, change) : problem;
    }

    public Result<AccountChange> ReadChange(Fields fields) => Read(fields, Known);

    /// <summary>The id of the account that a list is read for; null where it is absent or wrong.</summary>
    public static string? ReadFilter(Fields fields) =>
        fields.Text("account", Account.LongestId, Account.IsId, "must be an account's id");

    private Result<AccountChange> Read(Fields fields, string[] known)
    {
        fields.RefuseOthers(known);
        var name = fields.Text(Name, 100);
        var active = fields.Flag(Active) ?? true;
        var rate = fields.Integer(Rate, 1, Account.HighestRate) ?? Account.DefaultRate;
        var senders = fields.Texts(Senders, 100, 32) ?? [];
        var cap = ReadCap(fields);
        var steps = workflows.ReadOnly(fields, CodeLength) ?? [];
        var numbers = ReadNumbers(fields);
        var inbound = ReadInbound(fields);
        var fraud = FraudInput.Read(fields, Fraud);
        return fields.Problem is { } problem
            ? problem
            : new AccountChange(
                account => account with
                {
                    Name = fields.Has(Name) ? name ?? account.Id : account.Name,
                    IsActive = fields.Changes(Active) ? active : account.IsActive,
                    RatePerSecond = fields.Changes(Rate) ? rate : account.RatePerSecond,
                    Senders = fields.Changes(Senders) ? senders : account.Senders,
                    DailyCap = fields.Changes(Cap) ? cap : account.DailyCap,
                    Workflow = fields.Changes(Workflow) ? steps : account.Workflow,
                    Numbers = fields.Changes(Numbers) ? numbers : account.Numbers,
                    InboundSmsAddress = fields.Has(Inbound) ? inbound : account.InboundSmsAddress,
                    Fraud = fields.Changes(Fraud) ? fraud : account.Fraud,
                },
                fields.Changes(Numbers) ? numbers : null);
    }

    private SpendCap? ReadCap(Fields fields)
    {
        if (fields.Object(Cap) is not { } cap)
        {
            return null;
        }

        var amount = cap.Amount("amount", Money.IsCap, "must be 0 to 1,000,000,000 with at most 6 decimals");
        var currency = cap.Text("currency", 3, Money.IsCurrency, "must be three capital letters", required: true);
        if (currency is not null && !prices.Has(currency))
        {
            cap.Wrong("currency", "is the currency of no configured price, so nothing could be sent");
        }

        if (amount is null && !cap.IsWrong("amount"))
        {
            cap.Wrong("amount", "is required");
        }

        fields.TakeErrors(Cap, cap);
        return amount is { } limit && currency is not null ? new SpendCap(limit, currency) : null;
    }

    private static IReadOnlyList<string> ReadNumbers(Fields fields)
    {
        var numbers = fields.Texts(Numbers, 500, 16) ?? [];
        for (var index = 0; index < numbers.Count; index++)
        {
            if (!PhoneNumber.TryParse(numbers[index], null, out _))
            {
                fields.Wrong($"{Numbers}[{index}]", "must be a number in E.164 syntax");
            }
        }

        return numbers;
    }

    private string? ReadInbound(Fields fields)
    {
        var address = fields.Text(Inbound, 2_048);
        if (address is not null && addresses.Fault(address) is { } fault)
        {
            fields.Wrong(Inbound, fault);
        }

        return address;
    }
}
