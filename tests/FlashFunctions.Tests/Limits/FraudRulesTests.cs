using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Primitives;
using static FlashFunctions.Tests.Limits.CountSamples;

namespace FlashFunctions.Tests.Limits;

/// <summary>The arithmetic of the rules that count, one by one.</summary>
public sealed class FraudRulesTests
{
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
    [InlineData(0.02, 1e-4, 456)]
    [InlineData(0.98, 1e-4, 3)]
    public void A_prefix_is_blocked_after_ln_alpha_over_ln_one_less_p_sends_without_a_verified_one(double p, double alpha, long most) =>
        Assert.Equal(most, FraudRules.MostWithoutVerified(p, alpha));

    [Theory]
    [InlineData(0.5, 0, 0, 0.5)]
    [InlineData(0.1, 9, 0, 0.34868)] // 0.9^10
    [InlineData(0.2, 9, 1, 0.37581)] // P(Bin(10, 0.2) ≤ 1)
    [InlineData(0.15, 200, 3, 5.1968e-11)]
    [InlineData(0.3, 10, 4, 0.78970)] // P(Bin(11, 0.3) ≤ 4)
    [InlineData(0.5, 3, 1, 0.3125)] // 5 of 16
    [InlineData(0.5, 3, 3, 0.9375)] // 15 of 16
    [InlineData(0.01, 1_000, 1_000, 1)]
    [InlineData(0.075, 150, 1, 1.02187e-4)]
    [InlineData(0.075, 151, 1, 9.5102e-5)]
    public void The_chance_of_a_conversion_is_the_tail_of_a_beta_distribution(double q, long sends, long verified, double chance) =>
        Assert.Equal(chance, FraudRules.ChanceOfAtLeast(q, sends, verified), chance / 1_000);

    [Fact]
    public void A_prefix_without_a_verified_send_is_met_at_the_limit_and_not_before_it()
    {
        Assert.Null(OfPrefix(Sends(25), prefixes: 1));
        var met = OfPrefix(Sends(26), prefixes: 1)!;
        Assert.Equal("0 of 26 sends verified in a day", met.Seen);
        Assert.Equal("fewer than 26 without a verified one: ln(1E-4)/ln(1-0.3), conversion 0.3 (assumed under 50 sends)", met.Limit);
        Assert.Null(OfPrefix(Sends(26), prefixes: 3));
        Assert.NotNull(OfPrefix(Sends(29), prefixes: 3));
        Assert.Null(OfPrefix(Sends(3), prefixes: 3, limit: 4));
        met = OfPrefix(Sends(4), prefixes: 3, limit: 4)!;
        Assert.Equal("0 of 4 sends verified in a day", met.Seen);
        Assert.Equal("fewer than 4 without a verified one, as the account set it", met.Limit);
    }

    [Theory]
    [InlineData(0, 26)]
    [InlineData(0.4, 26)]
    [InlineData(2, 28)]
    [InlineData(30, 36)]
    [InlineData(30.4, 36)]
    public void A_prefix_may_have_more_sends_the_more_prefixes_are_looked_at(double prefixes, long most)
    {
        Assert.Null(OfPrefix(Sends(most - 1), prefixes));
        Assert.NotNull(OfPrefix(Sends(most), prefixes));
    }

    [Fact]
    public void A_prefix_with_verified_sends_is_met_when_its_conversion_is_surely_under_a_quarter()
    {
        // P(Bin(151, 0.075) ≤ 1) is 1.02e-4, P(Bin(152, 0.075) ≤ 1) 9.5e-5; of 30 prefixes it must be under 3.33e-6.
        Assert.Null(OfPrefix(Sends(150, 1), prefixes: 1));
        var met = OfPrefix(Sends(151, 1), prefixes: 1)!;
        Assert.Equal("1 of 151 sends verified in a day", met.Seen);
        Assert.Equal(
            "a conversion that may be 0.075 or more (a quarter of 0.3, assumed under 50 sends) but for a chance of 1E-4", met.Limit);
        Assert.Null(OfPrefix(Sends(360, 10), prefixes: 1));
        Assert.NotNull(OfPrefix(Sends(361, 10), prefixes: 1));
        Assert.Null(OfPrefix(Sends(197, 1), prefixes: 30));
        Assert.NotNull(OfPrefix(Sends(198, 1), prefixes: 30));
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
        // 58 − 40.6 − 4√12.18 = 3.44, of at most 20/6; 57 sends leave 3.26.
        Assert.Null(OfCountry(Sends(57)));
        var met = OfCountry(Sends(58))!;
        Assert.Equal(
            "3.4 unexplained of 58 unverified and 58 sends in an hour, conversion 0.3 (assumed under 50 sends)", met.Seen);
        Assert.Equal("3.3 in an hour: max(3, a sixth of 20, 0.2 × 0 verified)", met.Limit);

        // Spread over a day, 139 − 97.3 − 4√29.19 = 20.09; 138 sends leave 19.87.
        Assert.Null(OfCountry(Spread(6, 23)));
        met = OfCountry(With(Spread(6, 23), Slot(300, 1)))!;
        Assert.Equal("20.1 unexplained of 139 unverified and 139 sends in a day, conversion 0.3 (assumed under 50 sends)", met.Seen);
        Assert.Equal("20 in a day: max(20, 0.2 × 0 verified on the best day, 0.2 × 0 verified)", met.Limit);
    }

    [Fact]
    public void A_country_with_more_verified_sends_may_have_more_unverified_ones()
    {
        // 1,000 verified on the best day allow 200 a day and a sixth of it an hour. With p = 2/3: 75 sends leave 33.7, 74 leave 33.1.
        var history = new FraudSlot { Start = (Minute / 1_440 * 1_440) - (3 * 1_440), Length = 1_440, Sends = 1_500, Verified = 1_000 };
        Assert.Null(OfCountry(With(Sends(74), history)));
        Assert.Equal("33.3 in an hour: max(3, a sixth of 200, 0.2 × 0 verified)", OfCountry(With(Sends(75), history))!.Limit);

        // 90 verified in the hour allow 18 there: 497 sends leave 18.2, 496 leave 17.98.
        Assert.Null(OfCountry(Sends(496, 90)));
        var met = OfCountry(Sends(497, 90))!;
        Assert.Equal("18.2 unexplained of 407 unverified and 497 sends in an hour, conversion 0.3 (assumed under 50 sends)", met.Seen);
        Assert.Equal("18 in an hour: max(3, a sixth of 20, 0.2 × 90 verified)", met.Limit);

        // 150 verified in the day, an hour ago and longer, allow 30: 739 sends leave 21.9, 800 leave 38.2.
        Assert.Null(OfCountry(With(Spread(7, 100), Slot(61, 39, 150))));
        Assert.Equal(
            "30 in a day: max(20, 0.2 × 0 verified on the best day, 0.2 × 150 verified)",
            OfCountry(With(Spread(7, 100), Slot(61, 100, 150)))!.Limit);
    }

    [Theory]
    [InlineData(1, 44, "1 in an hour: max(1, a sixth of 1, 0.2 × 0 verified)")]
    [InlineData(100, 124, "16.7 in an hour: max(3, a sixth of 100, 0.2 × 0 verified)")]
    public void An_accounts_limit_takes_the_place_of_the_20_of_a_country(int limit, long sends, string text)
    {
        Assert.Null(OfCountry(Sends(sends - 1), limit));
        Assert.Equal(text, OfCountry(Sends(sends), limit)!.Limit);
    }

    [Fact]
    public void The_conversion_of_a_country_is_its_own_from_50_sends_on_without_the_last_day()
    {
        var day = Minute / 1_440 * 1_440;
        FraudSlot Before(long sends, long verified) => new() { Start = day - 2_880, Length = 1_440, Sends = sends, Verified = verified };

        Assert.Equal(
            (0.3, "assumed under 50 sends"),
            FraudBaseline.Of(With(Sends(100), Before(49, 49)), Now) is var few ? (few.Conversion, few.Source) : default);
        Assert.Equal(
            (0.6, "30 of 50 sends in 14 days"),
            FraudBaseline.Of(With(Sends(100), Before(50, 30)), Now) is var many ? (many.Conversion, many.Source) : default);
        Assert.Equal(0.02, FraudBaseline.Of(With(Sends(100), Before(50, 0)), Now).Conversion);
        Assert.Equal(0.98, FraudBaseline.Of(With(Sends(100), Before(50, 50)), Now).Conversion);
    }

    [Theory]
    [InlineData(1_439, 0.3)]
    [InlineData(1_440, 0.6)]
    [InlineData(15 * 1_440, 0.6)]
    [InlineData((15 * 1_440) + 1, 0.3)]
    public void The_conversion_of_a_country_is_that_of_14_days_before_the_last_one(int minutesAgo, double conversion) => Assert.Equal(
        conversion,
        FraudBaseline.Of(
            new FraudCounts { Slots = [new FraudSlot { Start = Minute - minutesAgo, Length = 1_440, Sends = 100, Verified = 60 }] },
            Now).Conversion);

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
        FraudRules.Met? Of(FraudCounts counts, int? limit = null) =>
            FraudRules.IpUnverified(counts, Assumed, Minute - 1_440, Minute - 1, limit);

        // 92 − 64.4 − 4√19.32 = 10.02; 91 sends leave 9.81.
        Assert.Null(Of(Sends(91)));
        var met = Of(Sends(92))!;
        Assert.Equal("10 unexplained of 92 unverified and 92 sends in a day, conversion 0.3 (assumed under 50 sends)", met.Seen);
        Assert.Equal("10 in a day: max(10, 0.2 × 0 verified)", met.Limit);

        // 100 verified allow 20: 543 sends leave 20.2, 542 leave 19.9.
        Assert.Null(Of(Sends(542, 100)));
        Assert.Equal("20 in a day: max(10, 0.2 × 100 verified)", Of(Sends(543, 100))!.Limit);

        // 5 are allowed where the account says so: 67 sends leave 5.10, 66 leave 4.89.
        Assert.Null(Of(Sends(66), 5));
        Assert.Equal("5 in a day: max(5, 0.2 × 0 verified)", Of(Sends(67), 5)!.Limit);
    }

    [Fact]
    public void What_is_unexplained_may_be_as_much_as_the_limit()
    {
        // 100 − 20 − 50 − 4√25 = 10.
        var half = new FraudBaseline(0.5, "50 of 100", TimeSpan.FromSeconds(60));

        Assert.Null(FraudRules.IpUnverified(Sends(100, 20), half, Minute - 1_440, Minute - 1, null));
        Assert.NotNull(FraudRules.IpUnverified(Sends(100, 19), half, Minute - 1_440, Minute - 1, null));
    }

    [Fact]
    public void An_address_is_met_by_three_countries_without_a_verified_send()
    {
        FraudRules.Met? Of(FraudCounts counts, int? limit = null) => FraudRules.IpCountries(counts, Minute - 1_440, Minute + 1, limit);

        Assert.Null(Of(Marks("EE", "LV")));
        Assert.Equal(
            new FraudRules.Met("3 countries in a day, none verified", "fewer than 3 without a verified send"), Of(Marks("EE", "LV", "LT")));
        Assert.Null(Of(Marks("EE"), 2));
        Assert.Equal(
            new FraudRules.Met("2 countries in a day, none verified", "fewer than 2 without a verified send"), Of(Marks("EE", "LV"), 2));
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
    [InlineData(new[] { 1, 2, 3, 4, 500 }, 5, false)]
    [InlineData(new[] { 1, 2, 4, 5, 6 }, 3, true)]
    [InlineData(new[] { 0, 3, 9, 12, 15 }, 6, true)]
    [InlineData(new[] { 0, 3, 9, 12 }, 6, false)]
    [InlineData(new[] { 0, 3, 6, 9, 13 }, 6, false)]
    [InlineData(new[] { 1, 2, 3, 4 }, 4, false)]
    [InlineData(new[] { 13, 10, 7, 4, 1 }, -2, true)]
    [InlineData(new[] { 13, 10, 7, 4, 1 }, -3, false)]
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

    [Fact]
    public void Sequential_numbers_are_told_with_their_limit()
    {
        Assert.Equal(
            new FraudRules.Met("5 numbers in an hour with gaps of at most 3, none verified", "fewer than 5 of them without a verified one"),
            FraudRules.Sequential(Marks("1", "2", "3", "4", "5", "6", "7", "8", "9"), offset => $"{5 + offset}", Minute - 60, null));
        Assert.Equal(
            new FraudRules.Met("2 numbers in an hour with gaps of at most 3, none verified", "fewer than 2 of them without a verified one"),
            FraudRules.Sequential(Marks("1", "2"), offset => $"{3 + offset}", Minute - 60, 2));
        Assert.Null(FraudRules.Sequential(Marks("1"), offset => $"{2 + offset}", Minute - 60, 2));

        // Beyond the last number of as many digits there is none.
        Assert.NotNull(FraudRules.Sequential(Marks("5", "6", "7", "8", "9"), At, Minute - 60, null));
        static string? At(long offset) => offset is >= -9 and <= 0 ? $"{9 + offset}" : null;
    }

    [Theory]
    [InlineData(22, 22, false)]
    [InlineData(23, 23, true)]
    [InlineData(120, 1_000, false)]
    [InlineData(121, 1_000, true)]
    public void Wrong_codes_of_a_prefix_or_an_account_are_20_and_a_tenth_of_the_checks(int wrong, int checks, bool isMet) => Assert.Equal(
        isMet ? $"{wrong} wrong codes in an hour" : null,
        FraudRules.TooManyWrongCodes(Checks(wrong, checks), Minute - 60, Minute + 1, 20)?.Seen);

    [Theory]
    [InlineData(23, 23, 20, "22.3: 20 and 10 % of 23 checks")]
    [InlineData(121, 1_000, 20, "120: 20 and 10 % of 1000 checks")]
    [InlineData(3, 5, 2, "2.5: 2 and 10 % of 5 checks")]
    public void The_limit_of_wrong_codes_says_how_it_was_worked_out(int wrong, int checks, int limit, string text) =>
        Assert.Equal(text, FraudRules.TooManyWrongCodes(Checks(wrong, checks), Minute - 60, Minute + 1, limit)!.Limit);

    [Theory]
    [InlineData(29, 29, false)]
    [InlineData(30, 30, true)]
    [InlineData(30, 59, true)]
    [InlineData(30, 60, false)]
    public void Wrong_codes_of_an_address_are_30_and_more_than_half(int wrong, int checks, bool isMet) => Assert.Equal(
        isMet ? new FraudRules.Met($"{wrong} wrong codes in an hour", $"30, where they are more than half of {checks} checks") : null,
        FraudRules.WrongCodesOf(Checks(wrong, checks), Minute - 60, Minute + 1, 30));

    [Fact]
    public void A_device_has_five_numbers_a_day()
    {
        FraudRules.Met? Of(FraudCounts counts, string mark, int? limit = null) =>
            FraudRules.Device(counts, mark, Minute - 1_440, limit);

        Assert.Null(Of(Marks("1", "2", "3", "4"), "5"));
        Assert.Equal(new FraudRules.Met("5 numbers in a day, and this one", "5 numbers in a day"), Of(Marks("1", "2", "3", "4", "5"), "6"));
        Assert.Null(Of(Marks("1", "2", "3", "4", "5"), "5"));
        Assert.Null(Of(Marks("1"), "2", 2));
        Assert.Equal(new FraudRules.Met("2 numbers in a day, and this one", "2 numbers in a day"), Of(Marks("1", "2"), "3", 2));
    }

    private static FraudRules.Met? OfPrefix(FraudCounts counts, double prefixes, int? limit = null) =>
        FraudRules.PrefixConversion(counts, Assumed, prefixes, Minute - 1_440, Minute - 1, limit);

    private static FraudRules.Met? OfCountry(FraudCounts counts, int? limit = null) =>
        FraudRules.CountryUnverified(counts, FraudBaseline.Of(counts, Now), Minute - 60, Minute - 1_440, Now, limit);

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
}
