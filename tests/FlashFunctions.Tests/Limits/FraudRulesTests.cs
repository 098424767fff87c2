using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Tests.Limits;

/// <summary>The arithmetic of the rules that count, one by one.</summary>
public sealed class FraudRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 20, 12, 30, 0, TimeSpan.Zero);
    private static readonly long Minute = FraudCounts.MinuteOf(Now);
    private static readonly FraudBaseline Assumed = FraudBaseline.Of(FraudCounts.None, Now);

    [Theory]
    [InlineData(100, 0, 0.3, 100 - 70 - 18.330)]
    [InlineData(1_000, 600, 0.6, -61.968)]
    [InlineData(1_000, 400, 0.6, 200 - 61.968)]
    public void Unexplained_is_what_the_conversion_and_four_deviations_do_not_explain(
        long sends, long verified, double p, double expected) =>
        Assert.Equal(expected, FraudRules.Unexplained(sends, verified, p), 0.01);

    [Theory]
    [InlineData(0.3, 1e-4, 26)]
    [InlineData(0.6, 1e-4, 11)]
    [InlineData(0.3, 1e-4 / 3, 29)]
    [InlineData(0.85, 1e-6, 8)]
    public void A_prefix_is_blocked_after_ln_alpha_over_ln_one_less_p_sends_without_a_verified_one(double p, double alpha, long most) =>
        Assert.Equal(most, FraudRules.MostWithoutVerified(p, alpha));

    [Theory]
    [InlineData(0.5, 0, 0, 0.5)]
    [InlineData(0.1, 9, 0, 0.34868)] // 0.9^10
    [InlineData(0.2, 9, 1, 0.37581)] // P(Bin(10, 0.2) ≤ 1)
    [InlineData(0.15, 200, 3, 5.2e-11)]
    public void The_chance_of_a_conversion_is_the_tail_of_a_beta_distribution(double q, long sends, long verified, double chance) =>
        Assert.Equal(chance, FraudRules.ChanceOfAtLeast(q, sends, verified), chance / 5);

    [Fact]
    public void A_prefix_without_a_verified_send_is_met_at_the_limit_and_not_before_it()
    {
        Assert.Null(OfPrefix(Sends(25), prefixes: 1));
        var met = OfPrefix(Sends(26), prefixes: 1)!;
        Assert.Equal("0 of 26 sends verified in a day", met.Seen);
        Assert.Equal("fewer than 26 without a verified one: ln(1E-4)/ln(1-0.3), conversion 0.3 (assumed under 50 sends)", met.Limit);
        Assert.Null(OfPrefix(Sends(26), prefixes: 3));
        Assert.NotNull(OfPrefix(Sends(29), prefixes: 3));
        Assert.NotNull(OfPrefix(Sends(4), prefixes: 3, limit: 4));
    }

    [Fact]
    public void A_prefix_with_verified_sends_is_met_when_its_conversion_is_surely_under_a_quarter()
    {
        Assert.Null(OfPrefix(Sends(100, 1), prefixes: 1));
        Assert.NotNull(OfPrefix(Sends(250, 1), prefixes: 1));
        Assert.Null(OfPrefix(Sends(1_000, 75), prefixes: 1));
        Assert.Null(OfPrefix(Sends(1_000, 300), prefixes: 1));
    }

    [Fact]
    public void Sends_that_are_not_mature_do_not_count()
    {
        var now = new FraudCounts { Slots = [new FraudSlot { Start = Minute, Sends = 100 }] };

        Assert.Null(OfPrefix(now, prefixes: 1));
        Assert.Null(FraudRules.CountryUnverified(now, Assumed, Minute - 60, Minute - 1_440, Now, null));
    }

    [Fact]
    public void A_country_is_met_by_an_hour_or_a_day_beyond_what_its_verified_sends_allow()
    {
        Assert.Null(OfCountry(Sends(57)));
        Assert.Contains("in an hour", OfCountry(Sends(58))!.Seen, StringComparison.Ordinal);

        // Spread over a day: 20.
        Assert.Null(OfCountry(Spread(10, 13)));
        Assert.Contains("in a day", OfCountry(Spread(10, 14))!.Seen, StringComparison.Ordinal);

        // A day with 1,000 verified before: a fifth of that.
        var history = new FraudSlot { Start = (Minute / 1_440 * 1_440) - (3 * 1_440), Length = 1_440, Sends = 1_500, Verified = 1_000 };
        Assert.Null(OfCountry(With(Sends(64), history)));
        Assert.Contains("max(3, a sixth of 200", OfCountry(With(Sends(80), history))!.Limit, StringComparison.Ordinal);
    }

    [Fact]
    public void The_conversion_of_a_country_is_its_own_from_50_sends_on_without_the_last_day()
    {
        var day = Minute / 1_440 * 1_440;
        FraudSlot Before(long sends, long verified) => new() { Start = day - 2_880, Length = 1_440, Sends = sends, Verified = verified };

        Assert.Equal(0.3, FraudBaseline.Of(With(Sends(100), Before(49, 49)), Now).Conversion);
        Assert.Equal(0.6, FraudBaseline.Of(With(Sends(100), Before(50, 30)), Now).Conversion);
        Assert.Equal(0.02, FraudBaseline.Of(With(Sends(100), Before(50, 0)), Now).Conversion);
        Assert.Equal(0.98, FraudBaseline.Of(With(Sends(100), Before(50, 50)), Now).Conversion);
    }

    [Fact]
    public void A_send_is_mature_when_95_of_100_right_codes_would_have_come()
    {
        FraudCounts Delays(int seconds, int times) => Enumerable.Repeat(FraudCounts.OfDelay(TimeSpan.FromSeconds(seconds)), times)
            .Aggregate(FraudCounts.None, (sum, one) => sum.Plus(one, FraudScope.Country, Now));

        Assert.Equal(TimeSpan.FromSeconds(60), FraudBaseline.Of(Delays(8, 19), Now).TimeToVerify);
        Assert.Equal(TimeSpan.FromSeconds(10), FraudBaseline.Of(Delays(8, 20), Now).TimeToVerify);
        Assert.Equal(
            TimeSpan.FromSeconds(90), FraudBaseline.Of(Delays(8, 18).Plus(Delays(70, 2), FraudScope.Country, Now), Now).TimeToVerify);
    }

    [Fact]
    public void An_address_is_met_by_ten_unexplained_sends_in_a_day_or_a_fifth_of_its_verified_ones()
    {
        FraudRules.Met? Of(FraudCounts counts) => FraudRules.IpUnverified(counts, Assumed, Minute - 1_440, Minute - 1, null);

        Assert.Null(Of(Sends(91)));
        Assert.NotNull(Of(Sends(92)));
        Assert.Null(Of(Sends(1_000, 300)));
        Assert.Null(Of(Sends(1_000, 220)));
        Assert.NotNull(Of(Sends(1_000, 150)));
    }

    [Fact]
    public void An_address_is_met_by_three_countries_without_a_verified_send()
    {
        FraudRules.Met? Of(FraudCounts counts) => FraudRules.IpCountries(counts, Minute - 1_440, Minute + 1, null);

        Assert.Null(Of(Marks("EE", "LV")));
        Assert.Equal("3 countries in a day, none verified", Of(Marks("EE", "LV", "LT"))!.Seen);
        Assert.Null(Of(With(Marks("EE", "LV", "LT"), new FraudSlot { Start = Minute - 5, Sends = 1, Verified = 1 })));
    }

    [Theory]
    [InlineData(new[] { 1, 2, 3, 4, 5 }, 6, true)]
    [InlineData(new[] { 1, 4, 7, 10, 13 }, 16, true)]
    [InlineData(new[] { 1, 4, 7, 10, 13 }, 17, false)]
    [InlineData(new[] { 1, 2, 3, 4 }, 5, false)]
    [InlineData(new[] { 1, 2, 3, 7, 8 }, 9, false)]
    [InlineData(new[] { 5, 4, 3, 2, 1 }, 0, true)]
    [InlineData(new[] { 1, 2, 3, 4, 5 }, 3, true)]
    [InlineData(new[] { 1, 2, 3, 4, 5 }, 500, false)]
    public void Five_numbers_with_gaps_of_at_most_three_are_sequential(int[] sent, int asked, bool isMet) => Assert.Equal(
        isMet,
        FraudRules.Sequential(
            Marks([.. sent.Select(number => $"{number}")]), offset => $"{asked + offset}", Minute - 60, null) is not null);

    [Fact]
    public void Verified_numbers_are_not_sequential()
    {
        var marks = Marks("1", "2", "3", "4", "5");
        var verified = marks with { Marks = [.. marks.Marks.Select(mark => mark.Value == "3" ? mark with { Verified = true } : mark)] };

        Assert.Null(FraudRules.Sequential(verified, offset => $"{6 + offset}", Minute - 60, null));
    }

    [Theory]
    [InlineData(22, 22, false)]
    [InlineData(23, 23, true)]
    [InlineData(119, 1_000, false)]
    [InlineData(121, 1_000, true)]
    public void Wrong_codes_of_a_prefix_or_an_account_are_20_and_a_tenth_of_the_checks(int wrong, int checks, bool isMet) => Assert.Equal(
        isMet, FraudRules.TooManyWrongCodes(Checks(wrong, checks), Minute - 60, Minute + 1, 20) is not null);

    [Theory]
    [InlineData(29, 29, false)]
    [InlineData(30, 30, true)]
    [InlineData(30, 59, true)]
    [InlineData(30, 60, false)]
    public void Wrong_codes_of_an_address_are_30_and_more_than_half(int wrong, int checks, bool isMet) => Assert.Equal(
        isMet, FraudRules.WrongCodesOf(Checks(wrong, checks), Minute - 60, Minute + 1, 30) is not null);

    [Fact]
    public void A_device_has_five_numbers_a_day()
    {
        FraudRules.Met? Of(FraudCounts counts, string mark) => FraudRules.Device(counts, mark, Minute - 1_440, null);

        Assert.Null(Of(Marks("1", "2", "3", "4"), "5"));
        Assert.NotNull(Of(Marks("1", "2", "3", "4", "5"), "6"));
        Assert.Null(Of(Marks("1", "2", "3", "4", "5"), "5"));
    }

    [Fact]
    public void Counts_are_the_same_in_whatever_order_they_are_added()
    {
        FraudCounts[] parts =
        [
            Sends(3, 1), Marks("a", "b"), Checks(2, 5), FraudCounts.OfDelay(TimeSpan.FromSeconds(7)),
            FraudCounts.None with { Prefixes = PrefixSketch.Of(["+1", "+2"], Minute / 1_440) },
            FraudCounts.None with { Marks = [new FraudMark("a", Minute - 1, Verified: true)] },
        ];

        var forward = parts.Aggregate(FraudCounts.None, (sum, part) => sum.Plus(part, FraudScope.Account, Now));
        var backward = parts.Reverse().Aggregate(FraudCounts.None, (sum, part) => part.Plus(sum, FraudScope.Account, Now));

        Assert.Equal(forward.Slots, backward.Slots);
        Assert.Equal(forward.Marks.OrderBy(mark => mark.Value), backward.Marks.OrderBy(mark => mark.Value));
        Assert.Equal(forward.Delays, backward.Delays);
        Assert.Equal(forward.Prefixes, backward.Prefixes);
        Assert.True(forward.Marks.Single(mark => mark.Value == "a") is { Verified: true } mark && mark.Minute == Minute - 1);
    }

    [Fact]
    public void Counts_keep_a_bounded_size_and_lose_nothing_within_their_windows()
    {
        var counts = FraudCounts.None;
        for (var minute = 0; minute < 20 * 1_440; minute += 7)
        {
            var at = Now.AddMinutes(minute);
            var one = new FraudCounts
            {
                Slots = [new FraudSlot { Start = FraudCounts.MinuteOf(at), Sends = 1 }],
                Marks = [new FraudMark($"{minute}", FraudCounts.MinuteOf(at))],
            };
            counts = counts.Plus(one, FraudScope.Country, at);
        }

        var end = Now.AddMinutes((20 * 1_440) - 1);
        Assert.InRange(counts.Slots.Count, 30, 60);
        Assert.Equal(FraudCounts.MostMarks, counts.Marks.Count);
        Assert.InRange(counts.Sum(FraudCounts.MinuteOf(end) - 60, FraudCounts.MinuteOf(end) + 1).Sends, 8, 9);
        Assert.InRange(counts.Sum(FraudCounts.MinuteOf(end) - 1_440, FraudCounts.MinuteOf(end) + 1).Sends, 190, 206);
        Assert.InRange(counts.Sum(0, long.MaxValue).Sends, 14 * 205, 16 * 206);
    }

    [Theory]
    [InlineData(1, 0.01)]
    [InlineData(100, 0.05)]
    [InlineData(3_000, 0.1)]
    public void A_sketch_counts_prefixes_to_a_few_percent(int prefixes, double error) => Assert.Equal(
        prefixes,
        PrefixSketch.Count(PrefixSketch.Of(Enumerable.Range(0, prefixes).Select(prefix => $"+37255{prefix:D5}"), 1)),
        Math.Max(0.01, prefixes * error));

    [Fact]
    public void Blocks_grow_when_they_repeat_within_a_day_and_begin_anew_after_it_or_when_lifted()
    {
        var found = new FraudCandidate(FraudRule.Device, new FraudScopeKey(FraudScope.Country, "shop", "EE"), "seen", "limit");
        FraudBlock Next(FraudBlock? before, DateTimeOffset now) => FraudBlock.Raise(before, "id", found, FraudMode.Enforce, now);

        var block = Next(null, Now);
        Assert.Equal(TimeSpan.FromMinutes(15), block.Until - Now);
        Assert.Same(block, Next(block, block.Until.AddTicks(-1)));
        foreach (var hours in (int[])[1, 6, 24, 24])
        {
            var begin = block.Until;
            block = Next(block, begin);
            Assert.Equal(TimeSpan.FromHours(hours), block.Until - begin);
        }

        Assert.Equal(TimeSpan.FromMinutes(15), Next(block, block.Until.AddDays(1)).Until - block.Until.AddDays(1));
        var lifted = block with { Until = Now, WasLifted = true };
        Assert.Equal(TimeSpan.FromMinutes(15), Next(lifted, Now).Until - Now);
    }

    private static FraudRules.Met? OfPrefix(FraudCounts counts, double prefixes, int? limit = null) =>
        FraudRules.PrefixConversion(counts, Assumed, prefixes, Minute - 1_440, Minute - 1, limit);

    private static FraudRules.Met? OfCountry(FraudCounts counts) =>
        FraudRules.CountryUnverified(counts, FraudBaseline.Of(counts, Now), Minute - 60, Minute - 1_440, Now, null);

    /// <summary>Sends some minutes ago.</summary>
    private static FraudCounts Sends(long sends, long verified = 0) =>
        new() { Slots = [new FraudSlot { Start = Minute - 10, Sends = sends, Verified = verified }] };

    /// <summary>As many unverified sends in each of the last hours.</summary>
    private static FraudCounts Spread(int hours, long sends) => new()
    {
        Slots =
            [
                .. Enumerable
                    .Range(2, hours)
                    .Select(hour => new FraudSlot { Start = (Minute / 60 * 60) - (hour * 60), Length = 60, Sends = sends }),
            ],
    };

    private static FraudCounts Checks(int wrong, int checks) =>
        new() { Slots = [new FraudSlot { Start = Minute, Checks = checks, Wrong = wrong }] };

    private static FraudCounts Marks(params string[] values) =>
        new() { Marks = [.. values.Select(value => new FraudMark(value, Minute - 1))] };

    private static FraudCounts With(FraudCounts counts, FraudSlot slot) => counts with { Slots = [.. counts.Slots, slot] };
}
