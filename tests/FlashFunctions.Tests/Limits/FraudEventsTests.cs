using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Requests;
using FlashFunctions.Tests.Requests;

namespace FlashFunctions.Tests.Limits;

/// <summary>What a change of a request adds to the counts of the fraud guard.</summary>
public sealed class FraudEventsTests
{
    private static readonly DateTimeOffset Now = Sample.Start.AddMinutes(100);

    [Theory]
    [InlineData(AttemptState.Placed, 1)]
    [InlineData(AttemptState.Unclear, 1)]
    [InlineData(AttemptState.Starting, 0)]
    [InlineData(AttemptState.NotSent, 0)]
    [InlineData(AttemptState.Rejected, 0)]
    [InlineData(AttemptState.Skipped, 0)]
    public void A_send_is_an_attempt_that_was_placed_or_may_have_been(AttemptState state, int sends) =>
        Assert.Equal(sends, Of(With(At(3, AttemptState.Starting)), With(At(3, state)))?.Sends.Count ?? 0);

    [Fact]
    public void A_send_is_counted_once_at_the_minute_at_which_it_started()
    {
        var (one, two) = (With(At(3)), With(At(3), At(5)));

        Assert.Equal([3L], Of(With(), one)!.Sends);
        Assert.Equal([5L], Of(one, two)!.Sends);
        Assert.Empty(Of(one, two)!.Verified);
        Assert.Null(Of(With(At(3, AttemptState.Unclear)), one));
        Assert.Null(Of(two, two with { MccMnc = "24801" }));
    }

    [Fact]
    public void A_right_code_verifies_every_send_and_says_how_long_the_last_one_took()
    {
        var sent = With(At(3), At(5), At(6, AttemptState.NotSent));
        var verified = RequestLife.Verify(sent, 1, Sample.Start.AddMinutes(5).AddSeconds(20));

        var events = Of(sent, verified)!;

        Assert.Equal((0, 1, 0), (events.Sends.Count, events.Checks, events.Wrong));
        Assert.Equal([3L, 5L], events.Verified);
        Assert.Equal((TimeSpan.FromSeconds(20), 100), (events.Delay, events.At));
        Assert.Null(Of(verified, verified with { MccMnc = "24801" }));
    }

    [Fact]
    public void A_send_whose_answer_comes_after_the_right_code_is_verified_with_it()
    {
        var verified = RequestLife.Verify(With(At(3), At(5, AttemptState.Starting)), 0, Now);

        var events = Of(verified, verified with { Attempts = [At(3), At(5)] })!;

        Assert.Equal([5L], events.Sends);
        Assert.Equal([5L], events.Verified);
        Assert.Equal((0, null), (events.Checks, events.Delay));
    }

    [Fact]
    public void A_right_code_before_anything_was_sent_has_no_delay()
    {
        var events = Of(With(), RequestLife.Verify(With(), null, Now))!;

        Assert.Equal((0, 1, null), (events.Verified.Count, events.Checks, events.Delay));
    }

    [Fact]
    public void Wrong_codes_are_checks_and_never_fall()
    {
        RequestRecord Wrong(int codes) => With(At(3)) with { Verification = With().Verification! with { WrongCodes = codes } };

        Assert.Equal((2, 2), Of(Wrong(1), Wrong(3)) is { } events ? (events.Checks, events.Wrong) : default);
        Assert.Null(Of(Wrong(3), Wrong(1)));
        Assert.Equal((1, 1, 1), Of(With(), Wrong(1)) is { } both ? (both.Sends.Count, both.Checks, both.Wrong) : default);
        Assert.Equal(
            (2, 1), Of(Wrong(0), RequestLife.Verify(Wrong(1), 0, Now)) is { } right ? (right.Checks, right.Wrong) : default);
    }

    [Fact]
    public void Test_numbers_and_what_is_no_verification_count_nowhere()
    {
        Assert.Null(Of(With(), With(At(3)) with { Test = new TestRun(TestOutcome.Verified, 0) }));
        Assert.Null(Of(With(), With(At(3)) with { Verification = null }));
    }

    [Fact]
    public void Sends_and_results_are_added_to_every_scope_with_the_marks_of_some()
    {
        var subject = FraudSubjectTests.Subject("+37253001234", "192.0.2.7", "device");
        var events = new FraudEvents([3, 5], [3], 4, 3, TimeSpan.FromSeconds(20), 7);
        FraudSlot[] slots =
        [
            new() { Start = 3, Sends = 1 }, new() { Start = 5, Sends = 1 }, new() { Start = 3, Verified = 1 },
            new() { Start = 7, Checks = 4, Wrong = 3 },
        ];

        var added = events.By(subject).ToDictionary(pair => pair.Key, pair => pair.Counts);

        Assert.True(subject.Scopes.ToHashSet().SetEquals(added.Keys));
        Assert.All(added.Values, counts => Assert.Equal(slots, counts.Slots));
        FraudMark number = new(subject.Mark()!, 5, Verified: true);
        Assert.Equal([number], added[subject.Prefixes[0]].Marks);
        Assert.Empty(added[subject.Prefixes[1]].Marks);
        Assert.Equal([number], added[subject.Device!.Value].Marks);
        Assert.All(subject.Addresses, address => Assert.Equal([new FraudMark("EE", 5, Verified: true)], added[address].Marks));

        // 20 s are in the fourth bar: 5, 10, 15, 20.
        Assert.Equal([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], added[subject.Country].Delays);
        Assert.Empty(added[subject.OfAccount].Delays);
        Assert.Equal(3, PrefixSketch.Count(added[subject.OfAccount].Prefixes), 0.1);
        Assert.Empty(added[subject.Country].Prefixes);
    }

    [Fact]
    public void A_wrong_code_alone_marks_nothing()
    {
        var subject = FraudSubjectTests.Subject("+37253001234", "192.0.2.7", "device");

        Assert.All(new FraudEvents([], [], 1, 1, null, 7).By(subject), added =>
        {
            Assert.Equal([new FraudSlot { Start = 7, Checks = 1, Wrong = 1 }], added.Counts.Slots);
            Assert.Empty(added.Counts.Marks);
            Assert.Empty(added.Counts.Delays);
            Assert.Empty(added.Counts.Prefixes);
        });
    }

    [Fact]
    public void A_send_that_is_not_verified_is_marked_so()
    {
        var subject = FraudSubjectTests.Subject("+37253001234");

        var added = new FraudEvents([5], [], 0, 0, null, 7).By(subject).First();

        Assert.Equal([new FraudMark(subject.Mark()!, 5)], added.Counts.Marks);
        Assert.Equal([new FraudSlot { Start = 5, Sends = 1 }], added.Counts.Slots);
    }

    [Theory]
    [InlineData(new long[] { 3_000 }, new long[] { 3_000 }, 3_000, true)]
    [InlineData(new long[0], new long[] { 3_000 }, 3_000, true)]
    [InlineData(new long[] { 3_000, 4_000 }, new long[0], 4_000, false)]
    public void A_number_is_marked_at_its_latest_send_and_a_prefix_by_the_day(long[] sends, long[] verified, long latest, bool isVerified)
    {
        var subject = FraudSubjectTests.Subject("+37253001234");

        var added = new FraudEvents(sends, verified, 0, 0, null, 5_000).By(subject).ToDictionary(pair => pair.Key, pair => pair.Counts);

        Assert.Equal([new FraudMark(subject.Mark()!, latest, isVerified)], added[subject.Prefixes[0]].Marks);

        // Minutes 2,880 to 4,319 are day 2.
        Assert.Equal(sends.Length > 0 ? ["2"] : [], added[subject.OfAccount].Prefixes.Keys);
    }

    private static FraudEvents? Of(RequestRecord before, RequestRecord after) => FraudEvents.Of(before, after, Now);

    private static AttemptRecord At(int minute, AttemptState state = AttemptState.Placed) =>
        Sample.Attempt(state) with { StartedAt = Sample.Start.AddMinutes(minute) };

    private static RequestRecord With(params AttemptRecord[] attempts) => Sample.Verification(attempts);
}
