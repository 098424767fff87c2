using System.Collections.Frozen;
using System.Net;
using System.Security.Cryptography;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Operations;

/// <summary>
/// The fraud guard for operators: GET and POST /manage/fraud/lists/{allow|block} and /manage/fraud/blocks, DELETE …/{id} of both, and GET
/// /manage/fraud/decisions.
/// </summary>
public sealed class FraudAdministration(
    FraudLists lists, FraudBlocks blocks, FraudDecisions decisions, AccountStore accounts, NumberPlan plan, ServiceKey key,
    TimeProvider time)
{
    private const int Most = 1_000;
    private const int LongestNote = 200;
    private const string Value = "value";

    /// <summary>The longest that an operator blocks; a list has no end.</summary>
    private static readonly TimeSpan LongestBlock = TimeSpan.FromDays(30);

    private static readonly TimeSpan UsualBlock = TimeSpan.FromMinutes(15);

    private static readonly FrozenDictionary<string, FraudScope> Scopes = ApiNames.ByName<FraudScope>();

    private static readonly FrozenDictionary<string, FraudScope> ScopesOfLists =
        ApiNames.ByName([FraudScope.Number, FraudScope.Prefix, FraudScope.Ip, FraudScope.Country]);

    /// <summary>A device is known by a hash alone, so that an operator cannot name it.</summary>
    private static readonly FrozenDictionary<string, FraudScope> ScopesOfBlocks =
        ApiNames.ByName(Scopes.Values.Where(scope => scope != FraudScope.Device));

    private static readonly FrozenDictionary<string, FraudMode> Modes = ApiNames.ByName([FraudMode.Observe, FraudMode.Enforce]);

    /// <summary>A page of a list, the newest first.</summary>
    public async Task<Result<Page<FraudListEntry>>> ListAsync(string list, Fields fields, CancellationToken cancellationToken)
    {
        var (limit, after) = Page.Read(fields, IsEntryId);
        if (Allows(list) is not { } allows)
        {
            return Problem.ListNotFound;
        }

        if (fields.Problem is { } problem)
        {
            return problem;
        }

        var entries = (await lists.ListAsync(cancellationToken)).Where(entry => entry.Allows == allows);
        return Page.Descending(entries, entry => entry.Id, after, limit);
    }

    public async Task<Result<FraudListEntry>> AddEntryAsync(string list, Fields fields, CancellationToken cancellationToken)
    {
        if (Allows(list) is not { } allows)
        {
            return Problem.ListNotFound;
        }

        if (!(await ReadAsync(fields, isBlock: false, cancellationToken)).TryGet(out var named, out var problem))
        {
            return problem;
        }

        if ((await lists.ListAsync(cancellationToken)).Count >= Most)
        {
            return Problem.Invalid(Value, $"is one more than the {Most} entries that there may be: delete one first");
        }

        var entry = new FraudListEntry
        {
            Id = $"l{named.At.ToUnixTimeMilliseconds():D15}{RandomNumberGenerator.GetHexString(8, lowercase: true)}",
            Allows = allows,
            Scope = named.Scope,
            Value = named.Value,
            Account = named.Account,
            Until = named.Until,
            Note = named.Note,
            CreatedAt = named.At,
        };
        return await lists.AddAsync(entry, cancellationToken) ? entry : throw new StorageUnavailableException("An id was taken.");
    }

    /// <summary>Deletes an entry of a list; null, or the problem.</summary>
    public async Task<Problem?> DeleteEntryAsync(string list, string id, CancellationToken cancellationToken) =>
        Allows(list) is { } allows
        && IsEntryId(id)
        && (await lists.ListAsync(cancellationToken)).Any(entry => entry.Id == id && entry.Allows == allows)
        && await lists.DeleteAsync(id, cancellationToken)
            ? null
            : Problem.ListEntryNotFound;

    /// <summary>A page of the blocks that count now, of one account or of all, the newest first.</summary>
    public async Task<Result<Page<FraudBlock>>> BlocksAsync(Fields fields, CancellationToken cancellationToken)
    {
        var (limit, after) = Page.Read(fields, text => text.Length > 16 && text[15] == '-' && text[..15].All(char.IsAsciiDigit));
        var account = AccountInput.ReadFilter(fields);
        if (fields.Problem is { } problem)
        {
            return problem;
        }

        var now = time.GetUtcNow();
        var active = (await blocks.ListAsync(cancellationToken))
            .Where(block => block.IsActive(now) && block.Mode == FraudMode.Enforce && (account is null || block.Account == account));
        return Page.Descending(active, block => $"{block.CreatedAt.ToUnixTimeMilliseconds():D15}-{block.Id}", after, limit);
    }

    public async Task<Result<FraudBlock>> BlockAsync(Fields fields, CancellationToken cancellationToken)
    {
        if (!(await ReadAsync(fields, isBlock: true, cancellationToken)).TryGet(out var named, out var problem))
        {
            return problem;
        }

        if ((await blocks.ListAsync(cancellationToken)).Count(block => block.IsOperators) >= Most)
        {
            return Problem.Invalid(Value, $"is one more than the {Most} blocks that operators may have: lift one first");
        }

        return await blocks.AddAsync(
            new FraudBlock
            {
                Id = "",
                Account = named.Account,
                Rule = FraudRule.List,
                Scope = named.Scope,
                Value = named.Value,
                Shown = named.Shown,
                Mode = FraudMode.Enforce,
                Seen = named.Shown,
                Limit = "is blocked by an operator",
                CreatedAt = named.At,
                Until = named.Until ?? named.At + UsualBlock,
                Note = named.Note,
            },
            cancellationToken);
    }

    /// <summary>Lifts a block; null, or the problem.</summary>
    public async Task<Problem?> LiftAsync(string id, CancellationToken cancellationToken) =>
        id.Length is > 0 and <= 64 && id.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_')
        && await blocks.LiftAsync(id, cancellationToken)
            ? null
            : Problem.BlockNotFound;

    /// <summary>A page of the log of decisions, the latest first.</summary>
    public async Task<Result<Page<LoggedDecision>>> DecisionsAsync(Fields fields, CancellationToken cancellationToken)
    {
        var (limit, after) = Page.Read(fields, id => TableKeys.FraudDecision(id) is not null);
        var rule = fields.OneOf("rule", FraudPolicy.Rules);
        var scope = fields.OneOf("scope", Scopes);
        var mode = fields.OneOf("mode", Modes);
        var account = AccountInput.ReadFilter(fields);
        var (from, to, now) = (fields.Moment("from"), fields.Moment("to"), time.GetUtcNow());
        if (to < from)
        {
            fields.Wrong("to", "is before from");
        }

        if (fields.Problem is { } problem)
        {
            return problem;
        }

        // Nothing is kept for longer than the longest retention, a year.
        var earliest = now - TimeSpan.FromDays(366);
        var filter = new FraudDecisionFilter(
            rule, scope, mode, account,
            from > earliest ? from.Value : from is null ? now - TimeSpan.FromDays(30) : earliest,
            to < now ? to.Value : now);
        var place = after is null ? null : TableKeys.FraudDecision(after);
        var found = await decisions.ListAsync(filter, place, cancellationToken).Take(limit + 1).ToListAsync(cancellationToken);
        return Page.Of(found, limit, decision => decision.Id);
    }

    private static bool? Allows(string list) => list switch
    {
        "allow" => true,
        "block" => false,
        _ => null,
    };

    private static bool IsEntryId(string text) => text.Length == 24 && text[0] == 'l' && text.All(char.IsAsciiLetterOrDigit);

    /// <summary>What an operator puts on a list or blocks.</summary>
    private async Task<Result<Named>> ReadAsync(Fields fields, bool isBlock, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var scope = fields.OneOf("scope", isBlock ? ScopesOfBlocks : ScopesOfLists, required: true);
        var value = ReadValue(fields, scope, isBlock);
        var account = fields.Text("account", Account.LongestId);
        var until = fields.Moment("until");
        var note = fields.Text("note", LongestNote);
        fields.RefuseOthers("scope", Value, "account", "until", "note");
        if (until <= now || (isBlock && until > now + LongestBlock))
        {
            fields.Wrong("until", isBlock ? "must be later than now, and within 30 days" : "must be later than now");
        }

        if (account is not null && !await IsAccountAsync(account, cancellationToken))
        {
            fields.Wrong("account", "is not an account");
        }

        if (scope == FraudScope.Account && value is { } named && !await IsAccountAsync(named.Value, cancellationToken))
        {
            fields.Wrong(Value, "is not an account");
        }

        return fields.Problem is { } problem
            ? problem
            : new Named(scope!.Value, value!.Value.Value, value.Value.Shown, account, until, note, now);
    }

    /// <summary>The value as it is compared and as it is shown; null where it is missing or wrong, which the fields say.</summary>
    private (string Value, string Shown)? ReadValue(Fields fields, FraudScope? scope, bool isBlock)
    {
        if (fields.Caller(Value) is not { } text)
        {
            if (!fields.IsWrong(Value))
            {
                fields.Wrong(Value, "is required");
            }

            return null;
        }

        ((string, string)? Value, string Rule) read = scope switch
        {
            FraudScope.Number => (
                plan.Read(text, requireAssignedRange: false) is not NumberReading.Valid { Number: var number } ? null
                    : isBlock ? (FraudSubject.HashOf(key, number), number.ToString()) : Same(number.E164),
                "must be a phone number in E.164 syntax"),
            FraudScope.Prefix => (Same(PrefixOf(text)), "must be a prefix of 1 to 15 digits with its country calling code"),
            FraudScope.Ip when isBlock =>
                (NetworkOf(text), "must be an IPv4 address, the /24 of one (192.0.2.0/24), or an IPv6 address or /64"),
            FraudScope.Ip =>
                (Same(IsAddressOrNetwork(text) ? text : null), "must be an IP address or a network (192.0.2.0/24)"),
            FraudScope.Country => (Same(plan.IsCountry(text) ? text : null), FraudInput.CountryRule),
            _ => (Same(text), ""),
        };
        if (read.Value is null)
        {
            fields.Wrong(Value, read.Rule);
        }

        return read.Value;
    }

    private static string? PrefixOf(string text)
    {
        var digits = text.TrimStart('+');
        return text.Length - digits.Length <= 1 && digits.Length is > 0 and <= 15 && digits[0] != '0' && digits.All(char.IsAsciiDigit)
            ? $"+{digits}"
            : null;
    }

    private static bool IsAddressOrNetwork(string text) =>
        FraudSubject.IsAddress(text.Split('/', 2)[0]) && FraudListEntry.NetworkOf(text) is not null;

    /// <summary>An address of IPv6 means its /64, as it is counted.</summary>
    private (string, string)? NetworkOf(string text)
    {
        if (!IsAddressOrNetwork(text))
        {
            return null;
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var networks = FraudSubject.Networks(slash < 0 ? text : text[..slash]);
        return networks.Where(network => slash < 0 || (IPNetwork.TryParse(text, out var given) && given.Equals(network)))
            .Select(network => ((string, string)?)(FraudSubject.HashOf(key, network), network.ToString()))
            .FirstOrDefault();
    }

    private static (string, string)? Same(string? value) => value is null ? null : (value, value);

    private async Task<bool> IsAccountAsync(string account, CancellationToken cancellationToken) =>
        account == DevelopmentAccount.Id || await accounts.ReadAsync(account, cancellationToken) is not null;

    private sealed record Named(
        FraudScope Scope, string Value, string Shown, string? Account, DateTimeOffset? Until, string? Note, DateTimeOffset At);
}
