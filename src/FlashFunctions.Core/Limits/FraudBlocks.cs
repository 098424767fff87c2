using System.Text.Json.Serialization;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Limits;

/// <summary>
/// A block of a scope: by a rule that was met there, or by an operator. It ends by itself, and is remembered for another day, in which the
/// next one of its rule and scope lasts longer. Of a rule that observes it is what would be blocked.
/// </summary>
public sealed record FraudBlock
{
    private static readonly TimeSpan[] Lengths =
        [TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), TimeSpan.FromHours(6), TimeSpan.FromDays(1)];

    private static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    /// <summary>A keyed hash of account, rule and scope: the same each time that it repeats.</summary>
    public required string Id { get; init; }

    /// <summary>The account that it is for; null: every one.</summary>
    public string? Account { get; init; }

    /// <summary>The rule; of an operator's it is <see cref="FraudRule.List"/>.</summary>
    public required FraudRule Rule { get; init; }

    public required FraudScope Scope { get; init; }

    /// <summary>A prefix, a country or an account in clear; a keyed hash of a number, an IP address or a device.</summary>
    public required string Value { get; init; }

    /// <summary>The value for people: a number masked, a hash cut.</summary>
    public required string Shown { get; init; }

    /// <summary>Whether the rule was enforced when it was met last.</summary>
    public required FraudMode Mode { get; init; }

    public required string Seen { get; init; }

    public required string Limit { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends, or was lifted.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>How often it has repeated within a day, 0 to 3.</summary>
    public int Repeats { get; init; }

    public bool WasLifted { get; init; }

    public string? Note { get; init; }

    [JsonIgnore]
    public bool IsOperators => Rule == FraudRule.List;

    /// <summary>
    /// What happened before then does not block again. Counts are by the minute: that in which a block is lifted holds what led to it.
    /// </summary>
    [JsonIgnore]
    public DateTimeOffset CountsFrom => WasLifted ? Until + TimeSpan.FromMinutes(1) : Until;

    public bool IsActive(DateTimeOffset now) => now < Until;

    /// <summary>Whether nothing has to be known of it any more.</summary>
    public bool IsPast(DateTimeOffset now) => now >= Until + Memory;

    /// <summary>Whether an operator's block is about that request.</summary>
    public bool Matches(FraudSubject subject) => (Account is null || Account == subject.Account) && Scope switch
    {
        FraudScope.Prefix => subject.StartsWith(Value),
        FraudScope.Number => subject.Number == Value,
        FraudScope.Country => subject.Country.Value == Value,
        FraudScope.Account => subject.Account == Value,
        FraudScope.Ip => subject.Addresses.Any(address => address.Value == Value),
        _ => false,
    };

    /// <summary>
    /// What becomes of a block when its rule is met: the first one lasts 15 minutes, then 1, 6 and 24 hours. <paramref name="before"/> is
    /// what is known of the rule and scope.
    /// </summary>
    public static FraudBlock Raise(FraudBlock? before, string id, FraudCandidate candidate, FraudMode mode, DateTimeOffset now)
    {
        if (before?.IsActive(now) == true)
        {
            return before.Mode == mode ? before : before with { Mode = mode };
        }

        var repeats = before is null || before.WasLifted || before.IsPast(now) ? 0 : Math.Min(before.Repeats + 1, Lengths.Length - 1);
        return new FraudBlock
        {
            Id = id,
            Account = candidate.Key.Account,
            Rule = candidate.Rule,
            Scope = candidate.Key.Scope,
            Value = candidate.Key.Value,
            Shown = candidate.Key.Text,
            Mode = mode,
            Seen = candidate.Seen,
            Limit = candidate.Limit,
            CreatedAt = now,
            Until = now + Lengths[repeats],
            Repeats = repeats,
        };
    }
}

/// <summary>The blocks that an instance knows, by rule and scope.</summary>
public sealed class FraudBlockSet(IReadOnlyList<FraudBlock> all)
{
    private readonly Dictionary<(string?, FraudRule, FraudScope, string), FraudBlock> _byScope =
        all.ToDictionary(block => (block.Account, block.Rule, block.Scope, block.Value));

    private readonly FraudBlock[] _operators = [.. all.Where(block => block.IsOperators)];

    /// <summary>All of them, also those that have ended within a day.</summary>
    public IReadOnlyList<FraudBlock> All => all;

    public FraudBlock? Of(FraudRule rule, FraudScopeKey key) => _byScope.GetValueOrDefault((key.Account, rule, key.Scope, key.Value));

    public IEnumerable<FraudBlock> OfOperators(FraudSubject subject, DateTimeOffset now) =>
        _operators.Where(block => block.IsActive(now) && block.Matches(subject));
}

/// <summary>
/// The blocks of the fraud guard, in one partition that each instance reads once a minute: what one instance blocks, the others do within a
/// minute.
/// </summary>
public sealed partial class FraudBlocks(
    [FromKeyedServices(TableNames.Fraud)] ITable table, ServiceKey key, TimeProvider time, ILogger<FraudBlocks> logger)
{
    /// <summary>The most that are stored: beyond them a rule blocks as long as its counts last, without growing.</summary>
    public const int Most = 2_000;

    private static readonly RowFormat<FraudBlock> Format = RowFormat.Json(FraudJson.Default.FraudBlock);

    private readonly Kept<FraudBlockSet> _cache = Kept<FraudBlockSet>.ForAMinute(time);

    /// <summary>The blocks that count now: at most a minute old, and those of before where the store does not answer.</summary>
    public ValueTask<FraudBlockSet> CurrentAsync(CancellationToken cancellationToken) => _cache.GetAsync(
        async token => new FraudBlockSet(await table.ReadAllAsync(TableKeys.FraudBlocks, token).Select(Format.Read).ToListAsync(token)),
        cancellationToken);

    public async Task<IReadOnlyList<FraudBlock>> ListAsync(CancellationToken cancellationToken)
    {
        _cache.Forget();
        return (await CurrentAsync(cancellationToken)).All;
    }

    /// <summary>
    /// Blocks what a rule found, or gives the block that there is. Where the store does not take it, it counts for this request alone.
    /// </summary>
    public async Task<FraudBlock> RaiseAsync(
        FraudBlockSet known, FraudCandidate candidate, FraudMode mode, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = IdOf(candidate.Key.Account, candidate.Rule, candidate.Key.Scope, candidate.Key.Value);
        var before = known.Of(candidate.Rule, candidate.Key);
        var raised = FraudBlock.Raise(before, id, candidate, mode, now);
        if (ReferenceEquals(raised, before) || known.All.Count >= Most)
        {
            return raised;
        }

        try
        {
            var (stored, _) = await table.UpdateAsync(
                Format, TableKeys.FraudBlock(id), current => (FraudBlock.Raise(current, id, candidate, mode, now), 0), cancellationToken);
            _cache.Forget();
            Log.Blocked(logger, candidate.Rule, candidate.Key.Scope, candidate.Key.Account, mode, candidate.Seen, candidate.Limit);
            return stored.Value!;
        }
        catch (StorageUnavailableException)
        {
            return raised;
        }
    }

    /// <summary>Where an account has changed since whether a rule is enforced, its blocks of a request's scopes become that too.</summary>
    public async Task ChangeModesAsync(FraudPolicy policy, FraudBlockSet known, FraudSubject subject, CancellationToken cancellationToken)
    {
        foreach (var (rule, key) in FraudRules.Places(policy, subject))
        {
            var mode = policy.ModeOf(rule, key.Scope);
            if (known.Of(rule, key) is { } block && block.IsActive(time.GetUtcNow()) && block.Mode != mode)
            {
                await RaiseAsync(known, new FraudCandidate(rule, key, block.Seen, block.Limit), mode, cancellationToken);
            }
        }
    }

    /// <summary>Adds an operator's block; it takes the place of one of the same scope.</summary>
    public async Task<FraudBlock> AddAsync(FraudBlock block, CancellationToken cancellationToken)
    {
        var added = block with { Id = IdOf(block.Account, block.Rule, block.Scope, block.Value) };
        await table.UpdateAsync(Format, TableKeys.FraudBlock(added.Id), _ => (added, 0), cancellationToken);
        _cache.Forget();
        return added;
    }

    /// <summary>Lifts a block; false where none of that id counts. What was counted before does not count again.</summary>
    public async Task<bool> LiftAsync(string id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (_, lifted) = await table.UpdateAsync(
            Format,
            TableKeys.FraudBlock(id),
            current => current?.IsActive(now) == true ? (current with { Until = now, WasLifted = true }, true) : (null, false),
            cancellationToken);
        _cache.Forget();
        return lifted;
    }

    /// <summary>The blocks that count now and are of a number, or of a prefix that it has.</summary>
    public async Task<IReadOnlyList<FraudBlock>> OfNumberAsync(PhoneNumber number, CancellationToken cancellationToken)
    {
        var (now, hash) = (time.GetUtcNow(), FraudSubject.HashOf(key, number));
        return
        [
            .. (await ListAsync(cancellationToken))
                .Where(block => block.IsActive(now) && block.Mode == FraudMode.Enforce)
                .Where(block => block.Scope switch
                {
                    FraudScope.Number => block.Value == hash,
                    FraudScope.Prefix => number.E164.StartsWith(block.Value, StringComparison.Ordinal),
                    _ => false,
                }),
        ];
    }

    /// <summary>Deletes the blocks of a number; those of a prefix stay.</summary>
    public async Task ForgetAsync(PhoneNumber number, CancellationToken cancellationToken)
    {
        var hash = FraudSubject.HashOf(key, number);
        foreach (var block in (await ListAsync(cancellationToken)).Where(block => block.Scope == FraudScope.Number && block.Value == hash))
        {
            await table.DeleteAsync(TableKeys.FraudBlock(block.Id), null, cancellationToken);
        }

        _cache.Forget();
    }

    /// <summary>Deletes what has ended more than a day ago.</summary>
    public async Task PurgeAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var past in (await CurrentAsync(cancellationToken)).All.Where(block => block.IsPast(now)))
        {
            if (await table.ReadAsync(TableKeys.FraudBlock(past.Id), cancellationToken) is { } row && Format.Read(row).IsPast(now))
            {
                await table.DeleteAsync(row.Key, row.ETag, cancellationToken);
                _cache.Forget();
            }
        }
    }

    private string IdOf(string? account, FraudRule rule, FraudScope scope, string value) =>
        $"b{key.Hash("fraud block", account ?? "", FraudFinding.NameOf(rule), FraudFinding.NameOf(scope), value)[..22]}";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Fraud rule {Rule}, {Mode}: {Seen}; scope {Scope} of account {Account}; limit {Limit}")]
        public static partial void Blocked(
            ILogger logger, FraudRule rule, FraudScope scope, string account, FraudMode mode, string seen, string limit);
    }
}
