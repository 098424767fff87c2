using System.Diagnostics;
using FlashFunctions.Core.Numbers;
using FsCheck.Fluent;

namespace FlashFunctions.Tests.Numbers;

public sealed class NumberPlanTests
{
    private static readonly NumberExamples Examples = NumberExamples.Load();

    // Territories whose mobile example lies in a range that the plan does not tell from the one of the country they share a code with.
    private static readonly Dictionary<string, string> SharedRanges = new(StringComparer.Ordinal)
    {
        ["AX"] = "FI",
        ["BL"] = "GP",
        ["CC"] = "AU",
        ["CX"] = "AU",
        ["EH"] = "MA",
        ["IM"] = "GB",
        ["MF"] = "GP",
        ["SJ"] = "NO",
        ["VA"] = "IT",
    };

    [Fact]
    public void Every_countrys_mobile_example_is_a_mobile_number_of_that_country()
    {
        Assert.True(Examples.Mobile.Count > 240);
        Assert.All(Examples.Mobile, example =>
        {
            var number = Valid(example.Value, requireAssignedRange: true);
            Assert.Equal((SharedRanges.GetValueOrDefault(example.Key, example.Key), NumberType.Mobile), (number.Country, number.Type));
        });
    }

    [Fact]
    public void Every_range_of_every_country_is_read_as_the_plans_source_reads_it()
    {
        var assigned = Examples.Ranges.Where(range => range[1] is not null).ToList();

        Assert.True(assigned.Count > 1000);
        Assert.All(assigned, range =>
        {
            var number = Valid(range[0], requireAssignedRange: true);
            Assert.Equal((range[1], TypeOf(range[2])), (number.Country, number.Type));
            Assert.True(number.IsAssigned);
        });
    }

    [Fact]
    public void A_range_that_the_plans_source_does_not_assign_is_refused_only_where_an_assigned_one_is_required()
    {
        var unassigned = Examples.Ranges.Where(range => range[1] is null).ToList();

        Assert.True(unassigned.Count > 100);
        Assert.All(unassigned, range => Assert.IsType<NumberReading.Invalid>(Read(range[0], requireAssignedRange: true)));
        Assert.Contains(unassigned, range => Read(range[0], requireAssignedRange: false) is NumberReading.Valid { IsAssigned: false });
    }

    [Theory]
    [InlineData("+14165550123", "CA")]
    [InlineData("+12423591234", "BS")]
    [InlineData("+12025550123", "US")]
    [InlineData("+18095551234", "DO")]
    [InlineData("+17875551234", "PR")]
    [InlineData("+79161234567", "RU")]
    [InlineData("+77011234567", "KZ")]
    [InlineData("+447400123456", "GB")]
    [InlineData("+447781123456", "GG")]
    [InlineData("+447797712345", "JE")]
    [InlineData("+447624123456", "IM")]
    [InlineData("+393123456789", "IT")]
    [InlineData("+38343201234", "XK")]
    [InlineData("+37256123456", "EE")]
    public void Countries_that_share_a_calling_code_are_told_apart(string number, string country) =>
        Assert.Equal(country, Valid(number, requireAssignedRange: true).Country);

    [Theory]
    [InlineData("+37256123456", NumberType.Mobile, "372")]
    [InlineData("+3726123456", NumberType.Fixed, "372")]
    [InlineData("+37280012345", NumberType.Other, "372")]
    [InlineData("+12025550123", NumberType.Mobile, "1")]
    [InlineData("+390612345678", NumberType.Fixed, "39")]
    [InlineData("+870301234567", NumberType.Mobile, "870")]
    [InlineData("+80012345678", NumberType.Other, "800")]
    public void The_type_comes_from_the_range_and_mixed_ranges_count_as_mobile(string number, NumberType type, string callingCode)
    {
        var valid = Valid(number, requireAssignedRange: true);

        Assert.Equal((type, callingCode), (valid.Type, valid.CallingCode));
    }

    [Theory]
    [InlineData("+80012345678")]
    [InlineData("+870301234567")]
    [InlineData("+881612345678")]
    [InlineData("+882337780322")]
    public void A_code_that_belongs_to_no_country_has_the_worlds_code(string number) =>
        Assert.Equal(NumberPlace.Worldwide, Valid(number, requireAssignedRange: true).Country);

    [Theory]
    [InlineData("+18800000000", "US")]
    [InlineData("+37200911211", "EE")]
    [InlineData("+37282329823", "EE")]
    public void Numbers_of_unassigned_ranges_belong_to_the_main_country_where_they_are_allowed(string number, string country)
    {
        var valid = Valid(number, requireAssignedRange: false);

        Assert.Equal(country, valid.Country);
        Assert.Equal(NumberPlan.Instance.Locate(valid.Number), new NumberPlace(valid.Country, valid.Type, valid.CallingCode, valid.IsAssigned));
    }

    [Theory]
    [InlineData("+18800000000", "1")]
    [InlineData("+37200911211", "372")]
    public void Numbers_of_unassigned_ranges_are_refused_where_an_assigned_one_is_required(string number, string callingCode) =>
        Assert.Equal($"The number is in no assigned range of +{callingCode}.", Reason(number, requireAssignedRange: true));

    [Fact]
    public void White_space_around_a_number_is_ignored() =>
        Assert.Equal("+37256123456", Valid(" \t+37256123456\u00A0\r\n", requireAssignedRange: true).Number.E164);

    [Fact]
    public void Locating_a_number_of_no_existing_calling_code_answers_nothing() =>
        Assert.Null(NumberPlan.Instance.Locate(PhoneNumber.Parse("+999123456789", null)));

    [Fact]
    public void No_text_makes_reading_throw_or_repeats_itself_in_the_reason()
    {
        var anything = ArbMap.Default.ArbFor<string>().Generator;
        var nearly = Gen.Elements('+', '0', '1', '2', '3', '4', '7', '8', '9', ' ', '-', 'О', '٣', '５', '\uD800', '\u200B')
            .ListOf().Select(characters => $"+{string.Concat(characters)}");

        var holds = Prop.ForAll(Gen.OneOf(anything, nearly).ToArbitrary(), text =>
        {
            var reading = Read(text, requireAssignedRange: false);
            var trimmed = text?.Trim() ?? "";
            return reading is NumberReading.Valid valid
                ? valid.Number.E164 == trimmed
                : reading is NumberReading.Invalid { Reason: var reason } && (trimmed.Length < 7 || !reason.Contains(trimmed, StringComparison.Ordinal));
        });
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(5000), holds);
    }

    [Fact]
    public void No_number_takes_long_whatever_it_is()
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var number in Examples.Ranges.Select(range => range[0]!))
        {
            for (var length = 4; length < 16; length++)
            {
                foreach (var digit in "0123456789")
                {
                    Read(number[..Math.Min(length, number.Length)].PadRight(16, digit), requireAssignedRange: true);
                }
            }
        }

        Read("+" + new string('1', 1_000_000), requireAssignedRange: true);
        Read("+" + new string('1', 1_000_000) + "x", requireAssignedRange: true);

        // Some 150,000 numbers at about a microsecond each: a pattern that runs away would take minutes.
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10));
    }

    private static NumberType TypeOf(string? name) => name switch
    {
        "MOBILE" or "FIXED_LINE_OR_MOBILE" => NumberType.Mobile,
        "FIXED_LINE" => NumberType.Fixed,
        _ => NumberType.Other,
    };

    private static NumberReading Read(string? text, bool requireAssignedRange) => NumberPlan.Instance.Read(text, requireAssignedRange);

    private static NumberReading.Valid Valid(string? text, bool requireAssignedRange) =>
        Assert.IsType<NumberReading.Valid>(Read(text, requireAssignedRange));

    private static string Reason(string? text, bool requireAssignedRange) =>
        Assert.IsType<NumberReading.Invalid>(Read(text, requireAssignedRange)).Reason;
}
