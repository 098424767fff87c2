using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Operations;

/// <summary>A page of a list, the newest first, and where the next page begins; null on the last one.</summary>
public sealed record FraudListPage(IReadOnlyList<FraudListEntry> Entries, string? Next);

/// <summary>GET and POST /manage/fraud/lists/{allow|block}, DELETE …/{id}.</summary>
public sealed class FraudListAdministration(FraudLists lists, AccountStore accounts, NumberPlan plan, TimeProvider time)
{
    private const int Most = 1_000;
    private const int LongestNote = 200;
    private const string Value = "value";

    private static readonly FrozenDictionary<string, FraudScope> Scopes =
        new[] { FraudScope.Number, FraudScope.Prefix, FraudScope.Ip, FraudScope.Country }
            .ToFrozenDictionary(FraudFinding.NameOf, scope => scope, StringComparer.Ordinal);

    /// <summary>Whether a part of the address names a list: allow or block. Null where it names none.</summary>
    public static bool? Allows(string list) => list switch
    {
        "allow" => true,
        "block" => false,
        _ => null,
    };

    /// <summary>A page of a list.</summary>
    public async Task<Result<FraudListPage>> ListAsync(string list, Fields fields, CancellationToken cancellationToken)
    {
        var limit = fields.Integer("limit", 1, Most) ?? 100;
        var after = fields.Text("after", 64);
        if (after is not null && !IsId(after))
        {
            fields.Wrong("after", "is not the beginning of a page");
        }

        if (Allows(list) is not { } allows)
        {
            return Problem.ListNotFound;
        }

        if (fields.Problem is { } problem)
        {
            return problem;
        }

        var entries = (await lists.ListAsync(cancellationToken)).Where(entry => entry.Allows == allows)
            .OrderByDescending(entry => entry.Id, StringComparer.Ordinal)
            .SkipWhile(entry => after is not null && string.CompareOrdinal(entry.Id, after) >= 0).Take(limit + 1).ToArray();
        return entries.Length > limit ? new FraudListPage(entries[..limit], entries[limit - 1].Id) : new FraudListPage(entries, null);
    }

    /// <summary>Adds an entry to a list.</summary>
    public async Task<Result<FraudListEntry>> AddAsync(string list, Fields fields, CancellationToken cancellationToken)
    {
        if (Allows(list) is not { } allows)
        {
            return Problem.ListNotFound;
        }

        var scope = fields.OneOf("scope", Scopes, required: true);
        var value = ReadValue(fields, scope);
        var account = fields.Text("account", Account.LongestId);
        var until = fields.Moment("until");
        var note = fields.Text("note", LongestNote);
        fields.RefuseOthers(new HashSet<string>(["scope", Value, "account", "until", "note"], StringComparer.Ordinal));
        if (until <= time.GetUtcNow())
        {
            fields.Wrong("until", "must be later than now");
        }

        if (account is not null && account != DevelopmentAccount.Id && await accounts.ReadAsync(account, cancellationToken) is null)
        {
            fields.Wrong("account", "is not an account");
        }

        if (fields.Problem is { } problem)
        {
            return problem;
        }

        if ((await lists.ListAsync(cancellationToken)).Count >= Most)
        {
            return Problem.Invalid(Value, $"is one more than the {Most} entries that there may be: delete one first");
        }

        var now = time.GetUtcNow();
        var entry = new FraudListEntry
        {
            Id = NewId(now),
            Allows = allows,
            Scope = scope!.Value,
            Value = value!,
            Account = account,
            Until = until,
            Note = note,
            CreatedAt = now,
        };
        return await lists.AddAsync(entry, cancellationToken) ? entry : throw new StorageUnavailableException("An id was taken.");
    }

    /// <summary>Deletes an entry of a list; null, or the problem.</summary>
    public async Task<Problem?> DeleteAsync(string list, string id, CancellationToken cancellationToken) =>
        Allows(list) is { } allows
        && IsId(id)
        && (await lists.ListAsync(cancellationToken)).Any(entry => entry.Id == id && entry.Allows == allows)
        && await lists.DeleteAsync(id, cancellationToken)
            ? null
            : Problem.ListEntryNotFound;

    /// <summary>The value of an entry as it is compared; null where it is missing or wrong, which the fields say.</summary>
    private string? ReadValue(Fields fields, FraudScope? scope)
    {
        var text = fields.Caller(Value);
        if (text is null)
        {
            if (!fields.IsWrong(Value))
            {
                fields.Wrong(Value, "is required");
            }

            return null;
        }

        var (value, rule) = scope switch
        {
            FraudScope.Number => (NumberOf(text), "must be a phone number in E.164 syntax"),
            FraudScope.Prefix => (PrefixOf(text), "must be a prefix of 1 to 15 digits with its country calling code"),
            FraudScope.Ip => (FraudListEntry.NetworkOf(text) is null ? null : text, "must be an IP address or a network (192.0.2.0/24)"),
            FraudScope.Country =>
                (text.Length == 2 && text.All(char.IsAsciiLetterUpper) ? text : null, "must be a country of two capital letters"),
            _ => (null, null),
        };
        if (value is null && rule is not null)
        {
            fields.Wrong(Value, rule);
        }

        return value;
    }

    private string? NumberOf(string text) =>
        plan.Read(text, requireAssignedRange: false) is NumberReading.Valid valid ? valid.Number.E164 : null;

    internal static string? PrefixOf(string text)
    {
        var digits = text.TrimStart('+');
        return text.Length - digits.Length <= 1 && digits.Length is > 0 and <= 15 && digits[0] != '0' && digits.All(char.IsAsciiDigit)
            ? $"+{digits}"
            : null;
    }

    private static string NewId(DateTimeOffset now) => string.Create(
        CultureInfo.InvariantCulture, $"l{now.ToUnixTimeMilliseconds():D15}{RandomNumberGenerator.GetHexString(8, lowercase: true)}");

    private static bool IsId(string text) => text.Length == 24 && text[0] == 'l' && text.All(char.IsAsciiLetterOrDigit);
}
