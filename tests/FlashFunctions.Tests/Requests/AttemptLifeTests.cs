using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using static FlashFunctions.Tests.Requests.Sample;

namespace FlashFunctions.Tests.Requests;

public sealed class AttemptLifeTests
{
    /// <summary>A row a state, a column an event in their order; a dash: nothing changes.</summary>
    private const string Grid = """
                 Accepted Unclear AnswerLost NotSent Rejected Reported
        Starting Placed   Unclear Unclear    NotSent Rejected Starting
        Placed   Placed   -       -          -       Rejected Placed
        Unclear  Placed   Unclear -          NotSent Rejected Placed
        NotSent  -        -       -          -       -        -
        Rejected -        -       -          -       -        -
        Skipped  -        -       -          -       -        -
        """;

    private static readonly DateTimeOffset Now = Start.AddSeconds(3);

    private static readonly TransportStatus[] Furthest =
    [
        TransportStatus.Accepted, TransportStatus.Sent, TransportStatus.Ringing, TransportStatus.Undelivered,
        TransportStatus.Rejected, TransportStatus.Delivered, TransportStatus.Read,
    ];

    private static readonly IEnumerable<(AttemptState State, AttemptEvent Happened)> AllStatesAndEvents =
        from state in Enum.GetValues<AttemptState>() from happened in Enum.GetValues<AttemptEvent>() select (state, happened);

    [Fact]
    public void Each_event_does_in_each_state_what_the_grid_says()
    {
        string[][] rows =
            [.. Grid.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        Assert.Equal(Enum.GetNames<AttemptEvent>(), rows[0]);
        Assert.Equal(Enum.GetNames<AttemptState>(), rows[1..].Select(row => row[0]));
        foreach (var row in rows[1..])
        {
            foreach (var (column, expected) in row[1..].Index())
            {
                var (state, happened) = (Enum.Parse<AttemptState>(row[0]), (AttemptEvent)column);
                Assert.Equal(expected == "-" ? null : Enum.Parse<AttemptState>(expected), AttemptLife.StateAfter(state, happened));
            }
        }
    }

    [Fact]
    public void Each_event_is_applied_as_the_grid_says_and_a_late_one_changes_nothing()
    {
        foreach (var (state, happened) in AllStatesAndEvents)
        {
            var request = Verification(Attempt(AttemptState.Placed), Attempt(state, step: 1));

            var after = Apply(request, happened);

            if (AttemptLife.StateAfter(state, happened) is { } expected)
            {
                Assert.Equal(expected, after.Attempts[1].State);
            }
            else
            {
                Assert.Same(request, after);
            }
        }
    }

    [Fact]
    public void A_repeated_event_changes_nothing_for_the_whole_grid()
    {
        foreach (var (state, happened) in AllStatesAndEvents)
        {
            var once = Apply(Message(Attempt(state)), happened);

            Assert.Same(once, Apply(once, happened));
        }
    }

    [Fact]
    public void A_status_moves_forward_and_never_back_for_the_whole_grid()
    {
        foreach (var was in Enum.GetValues<TransportStatus>())
        {
            foreach (var reported in Enum.GetValues<TransportStatus>())
            {
                var expected = Furthest[Math.Max(Array.IndexOf(Furthest, was), Array.IndexOf(Furthest, reported))];
                Assert.Equal(expected, AttemptLife.StatusAfter(was, reported));
            }
        }
    }

    [Fact]
    public void The_status_does_not_depend_on_the_order_of_three_reports()
    {
        var all = Enum.GetValues<TransportStatus>();
        foreach (var (a, b, c) in from a in all from b in all from c in all select (a, b, c))
        {
            var forward = StatusAfter(a, b, c);
            Assert.Equal(forward, StatusAfter(c, b, a));
            Assert.Equal(forward, StatusAfter(b, a, c));
            Assert.Equal(forward, AttemptLife.StatusAfter(forward, a));
        }
    }

    [Theory]
    [InlineData(TransportStatus.Undelivered, true)]
    [InlineData(TransportStatus.Rejected, true)]
    [InlineData(TransportStatus.Delivered, false)]
    [InlineData(TransportStatus.Sent, false)]
    [InlineData(null, false)]
    public void Only_undelivered_and_rejected_start_the_next_step(TransportStatus? status, bool fails) =>
        Assert.Equal(fails, AttemptLife.IsFailure(status));

    [Theory]
    [InlineData(TransportStatus.Ringing, false, TransportStatus.Delivered)]
    [InlineData(TransportStatus.Sent, true, TransportStatus.Delivered)]
    [InlineData(TransportStatus.Sent, false, TransportStatus.Undelivered)]
    public void A_cancelled_call_was_delivered_if_it_rang_or_its_code_was_entered(
        TransportStatus was, bool verified, TransportStatus becomes)
    {
        var request = Verification(Attempt(AttemptState.Placed, was));
        request = verified ? RequestLife.End(request, EndEvent.RightCode, Now) : request;

        var after = AttemptLife.Reported(request, 0, Report(TransportStatus.Undelivered) with { IsCancellation = true }, Now);

        Assert.Equal((becomes, true), (after.Attempts[0].Status, after.Attempts[0].WasCancelled));
    }

    [Fact]
    public void A_report_of_another_call_or_without_a_known_status_changes_nothing()
    {
        var request = Message(Attempt(AttemptState.Placed) with { Reference = "r1" });

        Assert.Same(request, AttemptLife.Reported(request, 0, Report(TransportStatus.Delivered) with { Reference = "r2" }, Now));
        Assert.Same(request, AttemptLife.Reported(request, 0, Report(null), Now));
        Assert.Same(request, AttemptLife.Reported(request, 1, Report(TransportStatus.Delivered), Now));
    }

    [Fact]
    public void Only_the_providers_answer_names_an_attempt_whose_code_the_provider_made()
    {
        var ours = AttemptLife.Reported(
            Message(Attempt(AttemptState.Starting)), 0, Report(TransportStatus.Sent) with { Reference = "r1" }, Now);
        var theirs = AttemptLife.Reported(
            Message(Attempt(AttemptState.Starting) with { IsDelegated = true }), 0, Report(TransportStatus.Sent) with { Reference = "r1" },
            Now);

        Assert.Equal(("r1", null), (ours.Attempts[0].Reference, theirs.Attempts[0].Reference));
    }

    [Fact]
    public void A_claim_uses_what_was_reserved_and_what_was_not_sent_is_reserved_again()
    {
        var request = Verification() with { UnusedSendReservations = [7, 8], ReservedSpend = Spend };

        var claimed = AttemptLife.Claim(request, Attempt(AttemptState.Starting) with { Provider = "bird" });
        var notSent = Apply(claimed, AttemptEvent.NotSent);

        Assert.Equal(
            (7, "bird", null), (claimed.Attempts[0].SendReservedAt, claimed.Attempts[0].CountedSpend!.Provider, claimed.ReservedSpend));
        Assert.Equal([8], claimed.UnusedSendReservations);
        Assert.Equal(
            (null, null, "bird"), (notSent.Attempts[0].SendReservedAt, notSent.Attempts[0].CountedSpend, notSent.ReservedSpend!.Provider));
        Assert.Equal([8, 7], notSent.UnusedSendReservations);
    }

    [Fact]
    public void A_claim_uses_no_send_where_none_was_counted() =>
        Assert.Null(AttemptLife.Claim(Message(), Attempt(AttemptState.Starting)).Attempts[0].SendReservedAt);

    [Fact]
    public void A_provider_that_was_busy_is_asked_again_at_its_time_or_a_second_later_and_any_other_is_not()
    {
        DateTimeOffset? RetryAt(PlaceOutcome.NotSent outcome) =>
            AttemptLife.NotSent(Verification(Attempt(AttemptState.Starting)), 0, outcome, Now).Attempts[0].RetryAt;

        Assert.Equal(Now.AddSeconds(7), RetryAt(new("429", TimeSpan.FromSeconds(7), NotSentKind.Busy)));
        Assert.Equal(Now.AddSeconds(1), RetryAt(new("429", null, NotSentKind.Busy)));
        Assert.Null(RetryAt(new("503", TimeSpan.FromSeconds(7))));
    }

    [Fact]
    public void What_was_counted_for_an_attempt_that_sent_nothing_is_reserved_again_and_else_what_was_reserved_stays()
    {
        var other = Spend with { Provider = "bird" };
        RequestRecord NotSent(AttemptRecord attempt, SpendReservation? reserved) =>
            AttemptLife.NotSent(Verification(attempt) with { ReservedSpend = reserved }, 0, new PlaceOutcome.NotSent("503"), Now);
        RequestRecord Withdrawn(AttemptRecord attempt, SpendReservation? reserved, long? send) =>
            AttemptLife.Withdraw(Verification(attempt) with { ReservedSpend = reserved }, 0, send);
        var counted = Attempt(AttemptState.Starting) with { CountedSpend = Spend, SendReservedAt = 7 };
        var plain = Attempt(AttemptState.Starting);

        Assert.Equal((Spend, other), (NotSent(counted, other).ReservedSpend, NotSent(plain, other).ReservedSpend));
        Assert.Equal((Spend, other), (Withdrawn(counted, other, null).ReservedSpend, Withdrawn(plain, other, null).ReservedSpend));
        Assert.Equal([9L], Withdrawn(counted, other, 9).UnusedSendReservations);
        Assert.Equal([7L], Withdrawn(counted, other, null).UnusedSendReservations);
        Assert.Empty(Withdrawn(plain, other, null).UnusedSendReservations);
        Assert.Equal(-1, Withdrawn(plain, other, null).CurrentStep);
    }

    [Fact]
    public void A_lost_answer_says_so() =>
        Assert.Equal(
            "The answer was lost.", AttemptLife.AnswerLost(Verification(Attempt(AttemptState.Starting)), 0, Now).Attempts[0].Reason);

    [Fact]
    public void A_bad_number_ends_a_verification_only_where_nothing_was_placed_before()
    {
        var first = AttemptLife.Rejected(Verification(Attempt(AttemptState.Starting)), 0, "bad", Now);
        var second = AttemptLife.Rejected(
            Verification(Attempt(AttemptState.Placed), Attempt(AttemptState.Starting, step: 1)), 1, "bad", Now);

        Assert.Equal((VerificationResult.Undeliverable, "bad"), (first.Verification!.Result, first.EndReason));
        Assert.Null(second.EndedAt);
    }

    [Fact]
    public void A_report_adds_the_network_the_reference_and_whether_it_was_answered()
    {
        RequestRecord Reported(AttemptRecord attempt, ProviderEvent reported) =>
            AttemptLife.Reported(Verification(attempt) with { MccMnc = "24801" }, 0, reported, Now);
        var placed = Attempt(AttemptState.Placed, TransportStatus.Sent);
        var report = new ProviderEvent("lanck", null, "new", TransportStatus.Ringing, "RINGING", null);
        var answered = new CallDetails { AnsweredAt = Now };

        Assert.Equal("24801", Reported(placed, report).MccMnc);
        Assert.Equal("26202", Reported(placed, report with { MccMnc = "26202" }).MccMnc);
        Assert.Equal("new", Reported(placed, report).Attempts[0].Reference);
        Assert.Null(Reported(placed with { IsDelegated = true }, report).Attempts[0].Reference);
        Assert.Equal("old", Reported(placed with { Reference = "old" }, report with { Reference = null }).Attempts[0].Reference);
        Assert.False(Reported(placed, report).Attempts[0].WasAnswered);
        Assert.True(Reported(placed, report with { Outcome = CallOutcome.Answered }).Attempts[0].WasAnswered);
        Assert.True(Reported(placed, report with { Call = answered }).Attempts[0].WasAnswered);
        Assert.True(Reported(placed with { WasAnswered = true }, report).Attempts[0].WasAnswered);
    }

    [Fact]
    public void A_report_that_says_nothing_new_is_no_change()
    {
        var request = Verification(Attempt(AttemptState.Placed, TransportStatus.Delivered) with { Reference = "r" });

        Assert.Same(
            request,
            AttemptLife.Reported(request, 0, new ProviderEvent("lanck", null, "r", TransportStatus.Ringing, "RINGING", null), Now));
    }

    [Theory]
    [InlineData(0, AttemptState.NotSent, true)]
    [InlineData(0, AttemptState.Skipped, true)]
    [InlineData(1, AttemptState.NotSent, true)]
    [InlineData(1, AttemptState.Skipped, false)]
    public void A_send_that_was_counted_is_kept_while_a_step_may_yet_use_it(int step, AttemptState state, bool kept)
    {
        var before = Verification(Attempt(AttemptState.Starting, step: step)) with { UnusedSendReservations = [7] };
        var after = before with { Attempts = [Attempt(state, step: step)] };

        Assert.Equal(kept ? [] : [7L], SendReservations.Released(before, after));
    }

    [Fact]
    public void A_withdrawn_claim_leaves_the_request_as_it_was()
    {
        var request = Verification(Attempt(AttemptState.NotSent)) with { UnusedSendReservations = [7], ReservedSpend = Spend };
        var claimed = AttemptLife.Claim(request, Attempt(AttemptState.Starting, step: 1));

        var withdrawn = AttemptLife.Withdraw(claimed, 1, send: null);

        Assert.Equal((1, 0, Spend), (withdrawn.Attempts.Count, withdrawn.CurrentStep, withdrawn.ReservedSpend));
        Assert.Equal([7], withdrawn.UnusedSendReservations);
        Assert.Equal(
            [9],
            AttemptLife.Withdraw(AttemptLife.Claim(Verification(), Attempt(AttemptState.Starting)), 0, send: 9).UnusedSendReservations);
    }

    [Fact]
    public void Only_the_last_attempt_is_withdrawn_and_only_while_it_is_starting()
    {
        var earlier = Message(Attempt(AttemptState.Starting), Attempt(AttemptState.Starting, step: 1));
        Assert.Same(earlier, AttemptLife.Withdraw(earlier, 0, send: null));

        foreach (var state in Enum.GetValues<AttemptState>().Where(state => state != AttemptState.Starting))
        {
            var request = Message(Attempt(state));
            Assert.Same(request, AttemptLife.Withdraw(request, 0, send: null));
        }
    }

    [Fact]
    public void A_send_is_released_by_exactly_one_change()
    {
        var open = Verification(Attempt(AttemptState.Starting)) with { UnusedSendReservations = [7] };
        var ended = RequestLife.End(open, EndEvent.Cancel, Now);
        var grown = SendReservations.Keep(ended, 8);

        Assert.Empty(SendReservations.Released(Verification(), open));
        Assert.Equal([7], SendReservations.Released(open, ended));
        Assert.Equal([8], SendReservations.Released(ended, grown));
        Assert.Same(grown, SendReservations.Keep(grown, 8));
    }

    [Fact]
    public void A_code_that_the_caller_gave_is_erased_as_soon_as_it_may_have_been_sent()
    {
        foreach (var happened in Enum.GetValues<AttemptEvent>())
        {
            var mayBeSent = happened is AttemptEvent.Accepted or AttemptEvent.Unclear or AttemptEvent.AnswerLost;
            var after = Apply(Verification(Attempt(AttemptState.Placed, step: 1), Attempt(AttemptState.Starting)), happened);
            Assert.Equal(!mayBeSent, after.Content.Code!.Given is not null);
        }
    }

    private static RequestRecord Apply(RequestRecord request, AttemptEvent happened)
    {
        var number = request.Attempts.Count - 1;
        return happened switch
        {
            AttemptEvent.Accepted => AttemptLife.Accepted(request, number, attempt => attempt with { Reference = "r1" }, Now),
            AttemptEvent.Unclear => AttemptLife.Unclear(request, number, attempt => attempt with { Reason = "No answer." }, Now),
            AttemptEvent.AnswerLost => AttemptLife.AnswerLost(request, number, Now),
            AttemptEvent.NotSent => AttemptLife.NotSent(request, number, new PlaceOutcome.NotSent("Down."), Now),
            AttemptEvent.Rejected => AttemptLife.Rejected(request, number, "Bad number.", Now),
            _ => AttemptLife.Reported(request, number, Report(TransportStatus.Ringing), Now),
        };
    }

    private static TransportStatus StatusAfter(params TransportStatus[] reports) =>
        reports[1..].Aggregate(AttemptLife.StatusAfter(null, reports[0]), (status, reported) => AttemptLife.StatusAfter(status, reported));

    private static ProviderEvent Report(TransportStatus? status) => new("lanck", null, null, status, "raw", Now);
}
