using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Storage;
using static FlashFunctions.Tests.Limits.CountSamples;

namespace FlashFunctions.Tests.Limits;

/// <summary>What is counted in one scope: by minute, hour and day, as long as a window reaches it.</summary>
public sealed class FraudCountsTests
{
    private const int Day = 1_440;

    private static readonly long Today = Minute - (12 * 60) - 30;

    [Theory]
    [InlineData(0, 30, 1)]
    [InlineData(75, 30, 1)]
    [InlineData(76, 0, 60)]
    [InlineData(26 * 60, 0, 60)]
    [InlineData((26 * 60) + 1, -12 * 60, Day)]
    [InlineData(10 * Day, -12 * 60, Day)]
    public void A_minute_becomes_part_of_its_hour_after_75_minutes_and_of_its_day_after_26_hours(int later, int start, int length)
    {
        var slot = new FraudSlot { Start = Minute, Sends = 1, Verified = 2, Checks = 3, Wrong = 4 };
        var noon = Minute - 30;

        Assert.Equal(slot with { Start = noon + start, Length = length }, slot.At(Minute + later));
    }

    [Fact]
    public void An_hour_becomes_part_of_its_day_and_a_day_stays_one()
    {
        var hour = new FraudSlot { Start = Minute - 30, Length = 60, Sends = 1 };

        Assert.Same(hour, hour.At(hour.Start + 76));
        Assert.Same(hour, hour.At(hour.Start + (26 * 60)));
        var day = hour.At(hour.Start + (26 * 60) + 1);
        Assert.Equal(hour with { Start = Today, Length = Day }, day);
        Assert.Same(day, day.At(day.Start + (20 * Day)));
    }

    [Fact]
    public void A_slot_ends_after_its_last_minute_and_a_day_has_ended_since_long()
    {
        Assert.Equal(Minute + 1, new FraudSlot { Start = Minute }.End);
        Assert.Equal(Minute + 60, new FraudSlot { Start = Minute, Length = 60 }.End);
        Assert.Equal(Minute, new FraudSlot { Start = Minute, Length = Day }.End);
    }

    [Fact]
    public void Two_slots_are_added_by_what_was_counted() => Assert.Equal(
        new FraudSlot { Start = Minute, Sends = 11, Verified = 22, Checks = 33, Wrong = 44 },
        new FraudSlot { Start = Minute, Sends = 1, Verified = 2, Checks = 3, Wrong = 4 }
            + new FraudSlot { Start = Minute + 5, Sends = 10, Verified = 20, Checks = 30, Wrong = 40 });

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 0)]
    [InlineData(5.1, 1)]
    [InlineData(60, 6)]
    [InlineData(61, 7)]
    [InlineData(600, 13)]
    [InlineData(3_600, 13)]
    public void A_delay_is_counted_in_the_first_bar_that_holds_it(double seconds, int bar)
    {
        var delays = FraudCounts.OfDelay(TimeSpan.FromSeconds(seconds)).Delays;

        Assert.Equal([.. Enumerable.Range(0, 14).Select(at => at == bar ? 1L : 0L)], delays);
    }

    [Fact]
    public void Nothing_added_is_no_change()
    {
        var counts = FraudCounts.OfDelay(TimeSpan.Zero);

        Assert.Same(counts, counts.Plus(FraudCounts.None, FraudScope.Country, Now));
        Assert.Same(counts, FraudCounts.None.Plus(counts, FraudScope.Country, Now));
    }

    [Theory]
    [InlineData(FraudScope.Country, 15 * Day, 1)]
    [InlineData(FraudScope.Country, (15 * Day) + 1, 0)]
    [InlineData(FraudScope.Account, 15 * Day, 0)]
    [InlineData(FraudScope.Account, 26 * 60, 1)]
    [InlineData(FraudScope.Account, (26 * 60) + 1, 0)]
    [InlineData(FraudScope.Prefix, (26 * 60) + 1, 0)]
    public void Countries_are_remembered_for_15_days_and_anything_else_for_26_hours(FraudScope scope, int minutesAgo, int kept)
    {
        // A day is kept by its first minute, which is this one.
        var slot = new FraudSlot { Start = Minute - minutesAgo, Length = minutesAgo > 26 * 60 ? Day : 60, Sends = 1 };

        Assert.Equal(kept, (FraudCounts.None with { Slots = [slot] }).Trim(scope, Now).Slots.Count);
    }

    [Theory]
    [InlineData(FraudScope.Prefix, 59, true)]
    [InlineData(FraudScope.Prefix, 60, false)]
    [InlineData(FraudScope.Device, Day - 1, true)]
    [InlineData(FraudScope.Device, Day, false)]
    [InlineData(FraudScope.Ip, Day - 1, true)]
    public void The_numbers_of_a_prefix_are_remembered_for_an_hour_and_those_of_a_device_for_a_day(
        FraudScope scope, int minutesAgo, bool isKept) =>
        Assert.Equal(isKept ? 1 : 0, Marked(("a", Minute - minutesAgo)).Trim(scope, Now).Marks.Count);

    [Fact]
    public void Of_more_marks_than_64_the_latest_are_kept()
    {
        var marks = Marked([.. Enumerable.Range(0, 70).Select(number => ($"{number}", Minute - number))]);

        Assert.Equal(
            [.. Enumerable.Range(0, 64).Select(number => $"{number}")],
            marks.Trim(FraudScope.Device, Now).Marks.Select(mark => mark.Value));
    }

    [Fact]
    public void A_mark_of_both_is_of_the_later_time_and_verified_where_one_is()
    {
        var verified = Marked(("a", Minute - 9)) is var one ? one with { Marks = [one.Marks[0] with { Verified = true }] } : one;

        Assert.Equal(
            [new FraudMark("b", Minute - 1), new FraudMark("a", Minute - 3, Verified: true)],
            verified.Plus(Marked(("a", Minute - 3), ("b", Minute - 1)), FraudScope.Device, Now).Marks);
    }

    [Fact]
    public void Slots_of_one_time_are_added_and_in_order()
    {
        var counts = Slots((Minute - 5, 1), (Minute - 80, 2)).Plus(
            Slots((Minute - 5, 10), (Minute - 85, 20), (Minute - 7, 3)), FraudScope.Account, Now);

        Assert.Equal(
            [(Minute - 90, 60, 22L), (Minute - 7, 1, 3L), (Minute - 5, 1, 11L)],
            counts.Slots.Select(slot => (slot.Start, slot.Length, slot.Sends)));
    }

    [Theory]
    [InlineData(0, 1, 5)]
    [InlineData(0, 0, 0)]
    [InlineData(1, 2, 0)]
    [InlineData(-60, 1, 12)]
    [InlineData(-59, 1, 5)]
    [InlineData(-60, 0, 7)]
    [InlineData(-60, -1, 0)]
    public void A_sum_holds_what_lies_within_as_a_whole(int from, int to, long sends)
    {
        var counts = new FraudCounts
        {
            Slots = [new FraudSlot { Start = Minute - 60, Length = 60, Sends = 7 }, new FraudSlot { Start = Minute, Sends = 5 }],
        };

        Assert.Equal(sends, counts.Sum(Minute + from, Minute + to).Sends);
    }

    [Fact]
    public void The_best_day_is_the_one_of_14_before_today_with_the_most_verified_sends()
    {
        FraudSlot Of(long day, long verified, int length = Day) =>
            new() { Start = Today - (day * Day), Length = length, Sends = 100, Verified = verified };
        long Best(params FraudSlot[] slots) => new FraudCounts { Slots = slots }.BestDay(Now);

        Assert.Equal(0, Best());
        Assert.Equal(7, Best(Of(0, 50, 60), Of(1, 5), Of(2, 7), Of(3, 6)));
        Assert.Equal(9, Best(Of(14, 9), Of(15, 50)));

        // Yesterday is still counted by the hour.
        Assert.Equal(12, Best(Of(1, 5, 60), Of(1, 7, 60) with { Start = Today - 60 }, Of(2, 11)));
    }

    [Theory]
    [InlineData(19, 0, 20, null)]
    [InlineData(20, 0, 20, 5)]
    [InlineData(19, 1, 20, 5)]
    [InlineData(18, 2, 20, 60)]
    [InlineData(94, 6, 20, 60)]
    [InlineData(95, 5, 20, 5)]
    public void The_time_to_verify_is_the_one_in_which_95_of_100_right_codes_came(int quick, int slow, int least, int? seconds)
    {
        var delays = new long[14];
        (delays[0], delays[6]) = (quick, slow);

        Assert.Equal(
            seconds is { } known ? TimeSpan.FromSeconds(known) : null, (FraudCounts.None with { Delays = delays }).TimeToVerify(least));
    }

    [Theory]
    [InlineData(1_000, 1_000, 1_000, 1_000)]
    [InlineData(1_001, 1_000, 500, 500)]
    public void Of_more_than_2_000_delays_each_counts_half(long quick, long slow, long quickAfter, long slowAfter)
    {
        FraudCounts Of(long one, long other) => FraudCounts.None with { Delays = [one, other] };

        Assert.Equal([quickAfter, slowAfter], Of(quick, 0).Plus(Of(0, slow), FraudScope.Country, Now).Delays);
        Assert.Equal([quick, slow], Of(quick, slow).Plus(FraudCounts.None with { Marks = [] }, FraudScope.Country, Now).Delays);
        Assert.Equal([quick, slow], (FraudCounts.None with { Marks = [] }).Plus(Of(quick, slow), FraudScope.Country, Now).Delays);
    }

    [Fact]
    public void Prefixes_are_those_of_today_and_yesterday()
    {
        var today = Minute / Day;
        FraudCounts Of(long day, params string[] prefixes) => FraudCounts.None with { Prefixes = PrefixSketch.Of(prefixes, day) };

        var all = Of(today, "+1", "+2").Plus(Of(today - 1, "+3"), FraudScope.Account, Now).Plus(
            Of(today - 2, "+4", "+5"), FraudScope.Account, Now).Plus(Of(today, "+2", "+6"), FraudScope.Account, Now);

        Assert.Equal(4, PrefixSketch.Count(all.Prefixes), 0.1);
        Assert.Equal([$"{today - 1}", $"{today}"], all.Prefixes.Keys.Order(StringComparer.Ordinal));
        Assert.All(
            [.. all.Prefixes.Values, .. Of(today, "+1").Prefixes.Values],
            sketch => Assert.Equal(128, Convert.FromBase64String(sketch).Length));
        Assert.Equal(2, PrefixSketch.Count(Slots((Minute, 1)).Plus(Of(today, "+1", "+2"), FraudScope.Account, Now).Prefixes), 0.1);
        Assert.Equal(2, PrefixSketch.Count(Of(today, "+1", "+2").Plus(Slots((Minute, 1)), FraudScope.Account, Now).Prefixes), 0.1);
        Assert.Equal(0, PrefixSketch.Count(FraudCounts.None.Prefixes));
        Assert.Equal(7_097.8, PrefixSketch.Count(PrefixSketch.Of(Enumerable.Range(0, 20_000).Select(prefix => $"+{prefix}"), today)), 0.1);
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
                Slots = [new FraudSlot { Start = TableKeys.Minute(at), Sends = 1 }],
                Marks = [new FraudMark($"{minute}", TableKeys.Minute(at))],
            };
            counts = counts.Plus(one, FraudScope.Country, at);
        }

        var end = Now.AddMinutes((20 * 1_440) - 1);
        Assert.InRange(counts.Slots.Count, 30, 60);
        Assert.Equal(FraudCounts.MostMarks, counts.Marks.Count);
        Assert.InRange(counts.Sum(TableKeys.Minute(end) - 60, TableKeys.Minute(end) + 1).Sends, 8, 9);
        Assert.InRange(counts.Sum(TableKeys.Minute(end) - 1_440, TableKeys.Minute(end) + 1).Sends, 190, 206);
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

    private static FraudCounts Marked(params (string Value, long Minute)[] marks) =>
        new() { Marks = [.. marks.Select(mark => new FraudMark(mark.Value, mark.Minute))] };

    private static FraudCounts Slots(params (long Start, long Sends)[] slots) =>
        new() { Slots = [.. slots.Select(slot => new FraudSlot { Start = slot.Start, Sends = slot.Sends })] };
}
