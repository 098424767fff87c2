using System.Diagnostics;
using FlashFunctions.Core.Numbers;
using FsCheck.Fluent;
using PhoneNumbers;
using PhoneNumber = FlashFunctions.Core.Primitives.PhoneNumber;

namespace FlashFunctions.Tests.Numbers;

public sealed class NumberPlanTests
{
    private static readonly PhoneNumberUtil Library = PhoneNumberUtil.GetInstance();

    private static readonly Dictionary<PhoneNumberType, NumberType> Types = new()
    {
        [PhoneNumberType.MOBILE] = NumberType.Mobile,
        [PhoneNumberType.FIXED_LINE_OR_MOBILE] = NumberType.FixedOrMobile,
        [PhoneNumberType.FIXED_LINE] = NumberType.Fixed,
        [PhoneNumberType.TOLL_FREE] = NumberType.TollFree,
        [PhoneNumberType.PREMIUM_RATE] = NumberType.Premium,
        [PhoneNumberType.SHARED_COST] = NumberType.SharedCost,
        [PhoneNumberType.VOIP] = NumberType.Voip,
        [PhoneNumberType.PERSONAL_NUMBER] = NumberType.Personal,
        [PhoneNumberType.PAGER] = NumberType.Pager,
        [PhoneNumberType.UAN] = NumberType.UniversalAccess,
        [PhoneNumberType.VOICEMAIL] = NumberType.Voicemail,
    };

    [Fact]
    public void An_example_of_every_range_of_every_country_is_read_as_it_was_written_and_with_the_librarys_country_and_type()
    {
        var examples = Examples().ToList();

        Assert.True(examples.Count > 1_000);
        Assert.All(examples, example =>
        {
            var number = Valid(Library.Format(example, PhoneNumberFormat.E164), requireAssignedRange: true);

            Assert.Equal(Library.Format(example, PhoneNumberFormat.E164), number.Number.E164);
            Assert.Equal(Library.GetRegionCodeForNumber(example), number.Country);
            Assert.True(number.Place.IsAssigned);
            if (number.Type != NumberType.Satellite)
            {
                Assert.Equal(Types[Library.GetNumberType(example)], number.Type);
            }
        });
    }

    [Fact]
    public void Every_type_but_unknown_occurs() =>
        Assert.Equal(
            Enum.GetValues<NumberType>().Where(type => type != NumberType.Unknown),
            Examples()
                .Select(example => Valid(Library.Format(example, PhoneNumberFormat.E164), requireAssignedRange: true).Type)
                .Distinct()
                .Order());

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
    [InlineData("+37280012345", NumberType.TollFree, "372")]
    [InlineData("+3729001234", NumberType.Premium, "372")]
    [InlineData("+491801234567", NumberType.SharedCost, "49")]
    [InlineData("+447640123456", NumberType.Pager, "44")]
    [InlineData("+445612345678", NumberType.Voip, "44")]
    [InlineData("+445512345678", NumberType.UniversalAccess, "44")]
    [InlineData("+12025550123", NumberType.FixedOrMobile, "1")]
    [InlineData("+390612345678", NumberType.Fixed, "39")]
    [InlineData("+870301234567", NumberType.Satellite, "870")]
    [InlineData("+881612345678", NumberType.Satellite, "881")]
    [InlineData("+8821612345678", NumberType.Satellite, "882")]
    [InlineData("+979123456789", NumberType.Premium, "979")]
    [InlineData("+80012345678", NumberType.TollFree, "800")]
    public void The_type_comes_from_the_range(string number, NumberType type, string callingCode)
    {
        var valid = Valid(number, requireAssignedRange: true);

        Assert.Equal((type, callingCode), (valid.Type, valid.Place.CallingCode));
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
        Assert.Equal(NumberPlan.Instance.Locate(valid.Number), valid.Place);
    }

    [Theory]
    [InlineData("+18800000000", "1")]
    [InlineData("+37200911211", "372")]
    public void Numbers_of_unassigned_ranges_are_refused_where_an_assigned_one_is_required(string number, string callingCode)
    {
        Assert.Equal($"The number is in no assigned range of +{callingCode}.", Reason(number, requireAssignedRange: true));
        Assert.Equal(NumberType.Unknown, Valid(number, requireAssignedRange: false).Type);
    }

    [Theory]
    [InlineData("+491511234567890")]
    [InlineData("+494901234567890")]
    [InlineData("+4311101234")]
    [InlineData("+493012345678901234")]
    [InlineData("+4312345678901234")]
    public void A_German_or_Austrian_number_that_is_longer_than_its_range_is_refused_everywhere(string number)
    {
        Assert.Contains("too long", Reason(number, requireAssignedRange: true), StringComparison.Ordinal);
        Assert.Contains("too long", Reason(number, requireAssignedRange: false), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("+8613912345678", "China Mobile")]
    [InlineData("+37256123456", null)] // Estonians keep their number when they change networks.
    [InlineData("+12025550123", null)]
    [InlineData("+861065529988", null)] // A fixed line.
    [InlineData("+8610000000000", null)]
    [InlineData("+99912345678", null)]
    public void The_network_is_that_of_the_range_where_numbers_stay_with_it(string number, string? network) =>
        Assert.Equal(network, NumberPlan.Instance.NetworkOf(PhoneNumber.Parse(number, null)));

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
        var digits = Gen.Zip(
                Gen.Elements("+54", "+549", "+52", "+521", "+55", "+49", "+43", "+1", "+372", "+39"),
                Gen.Elements("0123456789".ToCharArray()).ListOf())
            .Select(pair => $"{pair.Item1}{string.Concat(pair.Item2)}");

        var holds = Prop.ForAll(Gen.OneOf(anything, nearly, digits).ToArbitrary(), text =>
        {
            var trimmed = text?.Trim() ?? "";
            return Read(text, requireAssignedRange: false) switch
            {
                NumberReading.Valid valid => NumberPlan.Instance.OneForm(valid.Number.E164) == valid.Number.E164
                    && (valid.Number.E164 == trimmed || valid.Place.CallingCode is "52" or "54" or "55"),
                NumberReading.Invalid { Reason: var reason } => trimmed.Length < 7 || !reason.Contains(trimmed, StringComparison.Ordinal),
                _ => false,
            };
        });
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(10_000), holds);
    }

    [Fact]
    public void No_number_takes_long_whatever_it_is()
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var number in Examples().Select(example => Library.Format(example, PhoneNumberFormat.E164)))
        {
            for (var length = 4; length < 16; length++)
            {
                foreach (var digit in "0179")
                {
                    Read(number[..Math.Min(length, number.Length)].PadRight(16, digit), requireAssignedRange: true);
                }
            }
        }

        Read("+" + new string('1', 1_000_000), requireAssignedRange: true);
        Read("+" + new string('1', 1_000_000) + "x", requireAssignedRange: true);

        // Some 60,000 numbers at a few microseconds each: a pattern that runs away would take minutes.
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Reading_a_number_allocates_little_once_its_country_is_loaded()
    {
        const int Times = 100;
        Valid("+37256123456", requireAssignedRange: true);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var time = 0; time < Times; time++)
        {
            Read("+37256123456", requireAssignedRange: true);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Times, 1, 1_024);
    }

    [Fact]
    public async Task A_start_loads_the_plan_in_the_background()
    {
        using var warmUp = new NumberPlanWarmUp(NumberPlan.Instance);

        await warmUp.StartAsync(TestContext.Current.CancellationToken);
        await warmUp.ExecuteTask!;

        Assert.True(warmUp.ExecuteTask!.IsCompletedSuccessfully);
    }

    // Some numbers can be dialled inside their country only, and are too short or too long to be E.164.
    private static IEnumerable<PhoneNumbers.PhoneNumber> Examples() => Library.GetSupportedRegions()
        .SelectMany(region => Types.Keys.Select(type => Library.GetExampleNumberForType(region, type)))
        .Concat(Library.GetSupportedGlobalNetworkCallingCodes().Select(Library.GetExampleNumberForNonGeoEntity))
        .Where(example => example is not null && PhoneNumber.TryParse(Library.Format(example, PhoneNumberFormat.E164), null, out _));

    private static NumberReading Read(string? text, bool requireAssignedRange) => NumberPlan.Instance.Read(text, requireAssignedRange);

    private static NumberReading.Valid Valid(string? text, bool requireAssignedRange) =>
        Assert.IsType<NumberReading.Valid>(Read(text, requireAssignedRange));

    private static string Reason(string? text, bool requireAssignedRange) =>
        Assert.IsType<NumberReading.Invalid>(Read(text, requireAssignedRange)).Reason;
}
