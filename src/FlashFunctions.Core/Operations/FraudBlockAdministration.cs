using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Operations;

/// <summary>A page of the blocks that count now, the newest first, and where the next page begins; null on the last one.</summary>
public sealed record FraudBlockPage(IReadOnlyList<FraudBlock> Blocks, string? Next);

/// <summary>A page of the log of decisions, the latest first, and where the next page begins; null on the last one.</summary>
public sealed record FraudDecisionPage(IReadOnlyList<LoggedDecision> Decisions, string? Next);

/// <summary>GET and POST /manage/fraud/blocks, DELETE …/{id}, and GET /manage/fraud/decisions.</summary>
public sealed class FraudBlockAdministration(
    FraudBlocks blocks, FraudDecisions decisions, AccountStore accounts, NumberPlan plan, ServiceKey key, TimeProvider time)
{
    private const int Most = 1_000;
    private const int LongestNote = 200;
    private const string Value = "value";

    /// <summary>The longest that an operator blocks; a list has no end.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(15);

    private static readonly FrozenDictionary<string, FraudScope> Scopes = NamesOf<FraudScope>();

    /// <summary>The scopes that an operator can name: a device is known by a hash alone.</summary>
    private static readonly FrozenDictionary<string, FraudScope> OperatorsScopes =
        Scopes.Where(scope => scope.Value != FraudScope.Device).ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, FraudMode> Modes =
        NamesOf<FraudMode>().Where(mode => mode.Value != FraudMode.Off).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>A page of the blocks that count now, of one account or of all.</summary>
    public async Task<Result<FraudBlockPage>> ListAsync(Fields fields, CancellationToken cancellationToken)
    {
        var limit = fields.Integer("limit", 1, Most) ?? 100;
        var account = AccountInput.ReadFilter(fields);
        var after = fields.Text("after", 64);
        if (after is not null && (after.Length <= 16 || after[15] != '-' || !after.AsSpan(0, 15).ToString().All(char.IsAsciiDigit)))
        {
            fields.Wrong("after", "is not the beginning of a page");
        }

        if (fields.Problem is { } problem)
        {
            return problem;
        }

        var now = time.GetUtcNow();
        var page = (await blocks.ListAsync(cancellationToken))
            .Where(block => block.IsActive(now) && block.Mode == FraudMode.Enforce && (account is null || block.Account == account))
            .OrderByDescending(Place, StringComparer.Ordinal)
            .SkipWhile(block => after is not null && string.CompareOrdinal(Place(block), after) >= 0)
            .Take(limit + 1).ToArray();
        return page.Length > limit ? new FraudBlockPage(page[..limit], Place(page[limit - 1])) : new FraudBlockPage(page, null);
    }

    /// <summary>Blocks a scope for some time.</summary>
    public async Task<Result<FraudBlock>> AddAsync(Fields fields, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var scope = fields.OneOf("scope", OperatorsScopes, required: true);
        var value = ReadValue(fields, scope);
        var account = fields.Text("account", Account.LongestId);
        var until = fields.Moment("until");
        var note = fields.Text("note", LongestNote);
        fields.RefuseOthers(new HashSet<string>(["scope", Value, "account", "until", "note"], StringComparer.Ordinal));
        if (until <= now || until > now + Longest)
        {
            fields.Wrong("until", "must be later than now, and within 30 days");
        }

        if (account is not null && !await IsAccountAsync(account, cancellationToken))
        {
            fields.Wrong("account", "is not an account");
        }

        if (scope == FraudScope.Account && value is { } named && !await IsAccountAsync(named.Value, cancellationToken))
        {
            fields.Wrong(Value, "is not an account");
        }

        if (fields.Problem is { } problem)
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
                Account = account,
                Rule = FraudRule.List,
                Scope = scope!.Value,
                Value = value!.Value.Value,
                Shown = value.Value.Shown,
                Mode = FraudMode.Enforce,
                Seen = value.Value.Shown,
                Limit = "is blocked by an operator",
                CreatedAt = now,
                Until = until ?? now + Usual,
                Note = note,
            },
            cancellationToken);
    }

    /// <summary>Lifts a block; null, or the problem.</summary>
    public async Task<Problem?> LiftAsync(string id, CancellationToken cancellationToken) =>
        id.Length is > 0 and <= 64 && id.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_')
        && await blocks.LiftAsync(id, cancellationToken)
            ? null
            : Problem.BlockNotFound;

    /// <summary>A page of the log of decisions.</summary>
    public async Task<Result<FraudDecisionPage>> DecisionsAsync(Fields fields, CancellationToken cancellationToken)
    {
        var limit = fields.Integer("limit", 1, Most) ?? 100;
        var rule = fields.OneOf("rule", FraudPolicy.Rules);
        var scope = fields.OneOf("scope", Scopes);
        var mode = fields.OneOf("mode", Modes);
        var account = AccountInput.ReadFilter(fields);
        var (from, to, now) = (fields.Moment("from"), fields.Moment("to"), time.GetUtcNow());
        var after = fields.Text("after", 64);
        var place = after is null ? null : TableKeys.FraudDecision(after);
        if (after is not null && place is null)
        {
            fields.Wrong("after", "is not the beginning of a page");
        }

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
            rule, scope, mode, account, from > earliest ? from.Value : from is null ? now - Longest : earliest, to < now ? to.Value : now);
        var found = await decisions.ListAsync(filter, place, cancellationToken).Take(limit + 1).ToListAsync(cancellationToken);
        return found.Count > limit ? new FraudDecisionPage(found[..limit], found[limit - 1].Id) : new FraudDecisionPage(found, null);
    }

    private static string Place(FraudBlock block) =>
        string.Create(CultureInfo.InvariantCulture, $"{block.CreatedAt.ToUnixTimeMilliseconds():D15}-{block.Id}");

    private async Task<bool> IsAccountAsync(string account, CancellationToken cancellationToken) =>
        account == DevelopmentAccount.Id || (Account.IsId(account) && await accounts.ReadAsync(account, cancellationToken) is not null);

    /// <summary>
    /// The value of a block as it is compared and as it is shown; null where it is missing or wrong, which the fields say.
    /// </summary>
    private (string Value, string Shown)? ReadValue(Fields fields, FraudScope? scope)
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
                plan.Read(text, requireAssignedRange: false) is NumberReading.Valid valid
                    ? (FraudSubject.HashOf(key, valid.Number), valid.Number.ToString())
                    : null,
                "must be a phone number in E.164 syntax"),
            FraudScope.Prefix =>
                (Same(FraudListAdministration.PrefixOf(text)), "must be a prefix of 1 to 15 digits with its country calling code"),
            FraudScope.Ip => (NetworkOf(text), "must be an IPv4 address, the /24 of one (192.0.2.0/24), or an IPv6 address or /64"),
            FraudScope.Country =>
                (Same(text.Length == 2 && text.All(char.IsAsciiLetterUpper) ? text : null), "must be a country of two capital letters"),
            _ => (Same(text), ""),
        };
        if (read.Value is null)
        {
            fields.Wrong(Value, read.Rule);
        }

        return read.Value;
    }

    /// <summary>An address of IPv6 stands for its /64, as it is counted.</summary>
    private (string, string)? NetworkOf(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var networks = FraudSubject.Networks(slash < 0 ? text : text[..slash]);
        return networks.Where(network => slash < 0 || (IPNetwork.TryParse(text, out var given) && given.Equals(network)))
            .Select(network => ((string, string)?)(FraudSubject.HashOf(key, network), network.ToString()))
            .FirstOrDefault();
    }

    private static (string, string)? Same(string? value) => value is null ? null : (value, value);

    private static FrozenDictionary<string, T> NamesOf<T>()
        where T : struct, Enum => Enum.GetValues<T>().ToFrozenDictionary(FraudFinding.NameOf, value => value, StringComparer.Ordinal);
}
