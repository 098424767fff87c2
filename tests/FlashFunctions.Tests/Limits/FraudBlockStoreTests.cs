using System.Reflection;
using FlashFunctions.Bench.Fraud;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Storage;
using FlashFunctions.Tests.Providers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using static FlashFunctions.Tests.Limits.FraudBlocksTests;

namespace FlashFunctions.Tests.Limits;

/// <summary>The blocks as they are stored, and as two instances know them.</summary>
public sealed class FraudBlockStoreTests : IDisposable
{
    private static readonly DateTimeOffset Start = FraudBlocksTests.Now;
    private static readonly FraudCandidate Found = new(
        FraudRule.Sequential, new FraudScopeKey(FraudScope.Prefix, "shop", "+3725300"), "seen", "limit");

    private readonly MemoryTable _table = new();
    private readonly Clock _clock = new(Start);
    private readonly CapturedLogs _logs = new();
    private readonly ILoggerFactory _loggers;
    private readonly FraudBlocks _one;
    private readonly FraudBlocks _other;

    public FraudBlockStoreTests()
    {
        _loggers = LoggerFactory.Create(logging => logging.AddProvider(_logs));
        FraudBlocks Instance() => new(_table, FraudSubjectTests.Key, _clock, _loggers.CreateLogger<FraudBlocks>());
        (_one, _other) = (Instance(), Instance());
    }

    public void Dispose()
    {
        _loggers.Dispose();
        _logs.Dispose();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_one_instance_blocks_it_knows_at_once_and_the_other_within_a_minute()
    {
        Assert.Empty((await _other.CurrentAsync(Token)).All);

        var block = await RaiseAsync(_one);

        Assert.Equal((Start.AddMinutes(15), FraudMode.Enforce), (block.Until, block.Mode));
        Assert.Equal([block], (await _one.CurrentAsync(Token)).All);
        Assert.Empty((await _other.CurrentAsync(Token)).All);
        _clock.Now = Start.AddMinutes(1);
        Assert.Equal([block], (await _other.CurrentAsync(Token)).All);
        Assert.StartsWith(
            "Fraud rule Sequential, Enforce: seen; scope Prefix of account shop; limit limit",
            Assert.Single(_logs.Lines).Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_instances_that_find_the_same_make_one_block()
    {
        var known = await _other.CurrentAsync(Token);
        var first = await RaiseAsync(_one);
        _clock.Now = Start.AddMinutes(5);

        var second = await _other.RaiseAsync(known, Found, FraudMode.Enforce, Token);

        Assert.Equal(first, second);
        Assert.Equal([first], await _one.ListAsync(Token));
    }

    [Fact]
    public async Task A_block_has_the_same_id_each_time_and_another_one_for_another_account_rule_scope_or_value()
    {
        FraudScopeKey key = Found.Key;
        FraudCandidate[] all =
        [
            Found, Found with { Key = key with { Account = "other" } }, Found with { Rule = FraudRule.WrongCodes },
            Found with { Key = key with { Scope = FraudScope.Country } }, Found with { Key = key with { Value = "+3725301" } },
        ];
        var ids = new List<string>();
        foreach (var candidate in all)
        {
            ids.Add((await RaiseAsync(_one, candidate)).Id);
        }

        Assert.Equal($"b{FraudSubjectTests.Key.Hash("fraud block", "shop", "sequential", "prefix", "+3725300")[..22]}", ids[0]);
        Assert.Equal(5, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.All(ids, id => Assert.Matches("^b[A-Za-z0-9_-]{22}$", id));
        _clock.Now = Start.AddMinutes(20);
        Assert.Equal(ids[0], (await RaiseAsync(_one)).Id);
    }

    [Fact]
    public async Task The_next_block_of_a_rule_and_scope_lasts_longer_on_whichever_instance()
    {
        await RaiseAsync(_one);
        _clock.Now = Start.AddMinutes(15);

        var next = await RaiseAsync(_other);

        Assert.Equal((1, _clock.Now.AddHours(1)), (next.Repeats, next.Until));
        Assert.Equal([next], await _one.ListAsync(Token));
    }

    [Fact]
    public async Task Where_the_store_does_not_answer_a_block_counts_for_its_request_alone()
    {
        var known = await _one.CurrentAsync(Token);
        var table = DispatchProxy.Create<ITable, BrokenTable>();
        var broken = new FraudBlocks(table, FraudSubjectTests.Key, _clock, NullLogger<FraudBlocks>.Instance);

        Assert.Equal(Start.AddMinutes(15), (await broken.RaiseAsync(known, Found, FraudMode.Enforce, Token)).Until);
    }

    [Theory]
    [InlineData(1_999, true)]
    [InlineData(2_000, false)]
    public async Task No_more_than_2_000_blocks_are_stored(int before, bool isStored)
    {
        var known = new FraudBlockSet(
            [.. Enumerable.Range(0, before).Select(number => Operators(FraudScope.Prefix, $"+{number}"))]);

        var block = await _one.RaiseAsync(known, Found, FraudMode.Enforce, Token);

        Assert.Equal(Start.AddMinutes(15), block.Until);
        Assert.Equal(isStored ? 1 : 0, (await _one.ListAsync(Token)).Count);
    }

    [Fact]
    public async Task A_block_is_lifted_once_and_what_was_counted_before_does_not_count_again()
    {
        var block = await RaiseAsync(_one);
        _clock.Now = Start.AddMinutes(5);
        Assert.Equal([block], (await _one.CurrentAsync(Token)).All);

        Assert.True(await _one.LiftAsync(block.Id, Token));
        Assert.False(await _one.LiftAsync(block.Id, Token));
        Assert.False(await _one.LiftAsync("unknown", Token));

        var lifted = Assert.Single((await _one.CurrentAsync(Token)).All);
        Assert.Equal(block with { Until = _clock.Now, WasLifted = true }, lifted);
        Assert.Equal(Start.AddMinutes(6), lifted.CountsFrom);
    }

    [Fact]
    public async Task A_block_that_has_ended_is_not_lifted()
    {
        var block = await RaiseAsync(_one);
        _clock.Now = block.Until;

        Assert.False(await _one.LiftAsync(block.Id, Token));
    }

    [Fact]
    public async Task An_operators_block_takes_the_place_of_the_one_before()
    {
        var first = await _one.AddAsync(Operators(FraudScope.Country, "EE"), Token);
        Assert.Equal([first], (await _one.CurrentAsync(Token)).All);
        Assert.Equal($"b{FraudSubjectTests.Key.Hash("fraud block", "", "list", "country", "EE")[..22]}", first.Id);

        var second = await _one.AddAsync(Operators(FraudScope.Country, "EE") with { Note = "again", Until = Start.AddHours(5) }, Token);

        Assert.Equal([second], (await _one.CurrentAsync(Token)).All);
        Assert.NotEqual(second.Id, (await _one.AddAsync(Operators(FraudScope.Country, "EE") with { Account = "shop" }, Token)).Id);
    }

    [Fact]
    public async Task When_an_account_changes_its_settings_its_blocks_become_enforced_or_observed()
    {
        var subject = FraudSubjectTests.Subject("+37253001234");
        var block = await _one.RaiseAsync(await _one.CurrentAsync(Token), Found, FraudMode.Observe, Token);

        await ChangeAsync(FraudMode.Observe);
        await ChangeAsync(FraudMode.Off);
        Assert.Equal([block], await _one.ListAsync(Token));
        await ChangeAsync(FraudMode.Enforce);
        Assert.Equal([block with { Mode = FraudMode.Enforce }], await _one.ListAsync(Token));
        _clock.Now = block.Until;
        await ChangeAsync(FraudMode.Observe);
        Assert.Equal([block with { Mode = FraudMode.Enforce }], await _one.ListAsync(Token));

        async Task ChangeAsync(FraudMode mode) => await _one.ChangeModesAsync(
            new FraudPolicy
            {
                ByRule = new Dictionary<string, FraudRulePolicy>(StringComparer.Ordinal) { ["sequential"] = new(mode) },
            },
            await _one.CurrentAsync(Token), subject, Token);
    }

    [Fact]
    public async Task The_blocks_of_a_number_are_those_of_itself_and_its_prefixes_that_are_enforced_and_last()
    {
        var number = PhoneNumber.Parse("+37253001234", null);
        var ofNumber = await _one.AddAsync(Operators(FraudScope.Number, FraudSubject.HashOf(FraudSubjectTests.Key, number)), Token);
        var ofPrefix = await RaiseAsync(_one);
        await RaiseAsync(_one, Found with { Key = Found.Key with { Value = "+3725301" } });
        await _one.AddAsync(Operators(FraudScope.Country, "EE"), Token);
        await _one.RaiseAsync(
            await _one.CurrentAsync(Token), Found with { Rule = FraudRule.PrefixConversion }, FraudMode.Observe, Token);

        Assert.Equal(
            new[] { ofNumber.Id, ofPrefix.Id }.Order(StringComparer.Ordinal),
            (await _one.OfNumberAsync(number, Token)).Select(block => block.Id).Order(StringComparer.Ordinal));
        _clock.Now = ofPrefix.Until;
        Assert.Equal([ofNumber], await _one.OfNumberAsync(number, Token));
    }

    [Fact]
    public async Task A_number_that_is_forgotten_takes_its_blocks_with_it_and_leaves_its_prefixes()
    {
        var (number, other) = (PhoneNumber.Parse("+37253001234", null), PhoneNumber.Parse("+37253001235", null));
        await _one.AddAsync(Operators(FraudScope.Number, FraudSubject.HashOf(FraudSubjectTests.Key, number)), Token);
        var kept = await _one.AddAsync(Operators(FraudScope.Number, FraudSubject.HashOf(FraudSubjectTests.Key, other)), Token);
        var prefix = await RaiseAsync(_one);

        await _one.ForgetAsync(number, Token);

        Assert.Equal(
            new[] { kept.Id, prefix.Id }.Order(StringComparer.Ordinal),
            (await _one.CurrentAsync(Token)).All.Select(block => block.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_block_is_deleted_a_day_after_its_end_unless_it_has_begun_again()
    {
        var block = await RaiseAsync(_one);
        _clock.Now = block.Until.AddDays(1).AddTicks(-1);
        await _one.PurgeAsync(Token);
        Assert.Equal([block], await _one.ListAsync(Token));

        _clock.Now = block.Until.AddDays(1);
        var known = await _one.CurrentAsync(Token);
        Assert.Single(known.All);
        var again = await RaiseAsync(_other);
        await _one.PurgeAsync(Token);
        Assert.Equal([again], await _one.ListAsync(Token));

        _clock.Now = again.Until.AddDays(1);
        await _one.PurgeAsync(Token);
        Assert.Empty((await _one.CurrentAsync(Token)).All);
    }

    private static async Task<FraudBlock> RaiseAsync(FraudBlocks instance, FraudCandidate? candidate = null) =>
        await instance.RaiseAsync(await instance.CurrentAsync(Token), candidate ?? Found, FraudMode.Enforce, Token);

    /// <summary>A table that does not answer.</summary>
    public class BrokenTable : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => throw new StorageUnavailableException();
    }
}
