using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using static FlashFunctions.Tests.Requests.Sample;

namespace FlashFunctions.Tests.Requests;

public sealed class RequestLifeTests
{
    private static readonly DateTimeOffset Now = Start.AddMinutes(1);

    public static TheoryData<EndEvent, VerificationResult> EndsOfAPendingVerification => new()
    {
        { EndEvent.RightCode, VerificationResult.Verified },
        { EndEvent.LastWrongCode, VerificationResult.Failed },
        { EndEvent.DueTimePassed, VerificationResult.Expired },
        { EndEvent.DueTimePassedUndelivered, VerificationResult.Undeliverable },
        { EndEvent.Cancel, VerificationResult.Canceled },
        { EndEvent.NewerVerification, VerificationResult.Superseded },
        { EndEvent.NothingCouldBePlaced, VerificationResult.Undeliverable },
    };

    [Theory]
    [MemberData(nameof(EndsOfAPendingVerification))]
    public void Every_event_ends_a_pending_verification_in_its_own_way_and_erases_its_code(EndEvent happened, VerificationResult result)
    {
        var ended = RequestLife.End(Verification(VerificationResult.Pending), happened, Now, "why");

        Assert.Equal((result, Now, "why"), (ended.Verification!.Result, ended.EndedAt, ended.EndReason));
        Assert.Null(ended.Content.Code!.Given);
    }

    [Fact]
    public void Every_event_has_an_end() =>
        Assert.Equal(Enum.GetValues<EndEvent>(), EndsOfAPendingVerification.Select(row => row.Data.Item1).Order());

    [Fact]
    public void Nothing_leaves_an_end_for_the_whole_grid()
    {
        foreach (var result in Enum.GetValues<VerificationResult>().Where(result => result != VerificationResult.Pending))
        {
            var request = Verification(result);
            Assert.All(Enum.GetValues<EndEvent>(), happened => Assert.Same(request, RequestLife.End(request, happened, Now)));
            Assert.Same(request, RequestLife.Verify(request, 0, Now));
            Assert.Same(request, RequestLife.Stop(request, "why", Now));
            Assert.Same(request, RequestLife.ExpireIfDue(request, Due.AddDays(1)));
            Assert.Same(request, RequestLife.EndWithoutSteps(request, Now));
        }
    }

    [Fact]
    public void Every_event_ends_a_message_once()
    {
        Assert.All(Enum.GetValues<EndEvent>(), happened =>
        {
            var ended = RequestLife.End(Message(), happened, Now);
            Assert.Equal((Now, TransportStatus.Undelivered), (ended.EndedAt, ended.Status));
            Assert.Same(ended, RequestLife.End(ended, happened, Due));
        });
    }

    [Fact]
    public void What_is_undecided_at_the_end_counts_as_a_wrong_code()
    {
        var request = GuessTransitions.Open(GuessTransitions.Open(Verification(), "a", Now), "b", Now);

        var ended = RequestLife.End(request, EndEvent.Cancel, Now);

        Assert.Equal((2, 0), (ended.Verification!.WrongCodes, ended.Verification.OpenGuesses.Count));
    }

    [Fact]
    public void A_message_ends_when_nothing_under_way_can_change_it_for_the_whole_grid()
    {
        foreach (var (state, status, step) in Attempts())
        {
            var isFinal =
                status is TransportStatus.Delivered or TransportStatus.Read or TransportStatus.Undelivered or TransportStatus.Rejected;
            var ends = state switch
            {
                AttemptState.Starting or AttemptState.Placed or AttemptState.Unclear => step == 1 && isFinal,
                AttemptState.Rejected => true,
                AttemptState.Skipped => step == 1,
                _ => false,
            };
            var request = Message(Attempt(state, status, step));

            Assert.True(ends == (RequestLife.EndIfDone(request, Now).EndedAt == Now), $"{state} {status} at step {step}");
        }
    }

    [Fact]
    public void A_message_waits_for_the_report_of_an_earlier_step()
    {
        foreach (var status in Statuses())
        {
            var request = Message(Attempt(AttemptState.Placed, status), Attempt(AttemptState.Skipped, step: 1));

            Assert.Equal(AttemptLife.IsFinal(status), RequestLife.EndIfDone(request, Now).EndedAt is not null);
        }
    }

    [Fact]
    public void A_message_ends_as_soon_as_the_condition_of_a_step_is_met()
    {
        var request = Message(Attempt(AttemptState.Placed, TransportStatus.Delivered));
        var untilDelivered = request with { Steps = [request.Steps[0] with { Condition = StepCondition.Delivered }, request.Steps[1]] };

        Assert.Null(RequestLife.EndIfDone(request, Now).EndedAt);
        Assert.Equal(Now, RequestLife.EndIfDone(untilDelivered, Now).EndedAt);
    }

    [Fact]
    public void A_verification_does_not_end_by_its_attempts_for_the_whole_grid()
    {
        foreach (var (state, status, step) in Attempts())
        {
            var request = Verification(Attempt(state, status, step));
            Assert.Same(request, RequestLife.EndIfDone(request, Now));
        }
    }

    [Fact]
    public void The_due_time_expires_a_verification_unless_nothing_arrived_for_the_whole_grid()
    {
        foreach (var (state, status, step) in Attempts())
        {
            var arrived = state is AttemptState.Starting or AttemptState.Placed or AttemptState.Unclear
                && status is not (TransportStatus.Undelivered or TransportStatus.Rejected);
            var request = Verification(Attempt(state, status, step));

            var expired = RequestLife.ExpireIfDue(request, Due);

            Assert.Equal(arrived ? VerificationResult.Expired : VerificationResult.Undeliverable, expired.Verification!.Result);
            Assert.Equal(Due, expired.EndedAt);
            Assert.Same(request, RequestLife.ExpireIfDue(request, Due.AddTicks(-1)));
            Assert.Equal(expired.Verification, RequestLife.ExpireVerificationIfDue(request, Due).Verification);
        }
    }

    [Fact]
    public void A_message_after_its_due_time_still_takes_a_report_until_it_is_ended()
    {
        var request = Message(Attempt(AttemptState.Placed, TransportStatus.Sent));

        Assert.Same(request, RequestLife.ExpireVerificationIfDue(request, Due));
        Assert.Equal(Due, RequestLife.ExpireIfDue(request, Due.AddMinutes(3)).EndedAt);
    }

    [Theory]
    [InlineData(VerificationResult.Pending, null, null)]
    [InlineData(VerificationResult.Verified, 23, 23)]
    [InlineData(VerificationResult.Failed, 22, 23)]
    [InlineData(VerificationResult.Expired, 21, 21)]
    [InlineData(VerificationResult.Canceled, 23, 23)]
    [InlineData(VerificationResult.Superseded, 23, 23)]
    [InlineData(VerificationResult.Undeliverable, 23, 23)]
    public void An_ended_verification_refuses_checks_and_changes(VerificationResult result, int? ofCheck, int? ofChange)
    {
        var request = Verification(result);

        Assert.Equal(ofCheck, RequestLife.RefusalOfCheck(request, Now)?.ErrorCode);
        Assert.Equal(ofChange, RequestLife.RefusalOfChange(request, Now)?.ErrorCode);
    }

    [Theory]
    [InlineData(10, 20)]
    [InlineData(30, 1)]
    [InlineData(200, 1)]
    public void A_failed_verification_says_when_a_new_one_may_be_asked_for(int age, int wait) => Assert.Equal(
        TimeSpan.FromSeconds(wait), RequestLife.RefusalOfCheck(Verification(VerificationResult.Failed), Start.AddSeconds(age))!.RetryAfter);

    [Fact]
    public void A_failed_verification_says_to_come_back_when_verify_may_be_called_again() => Assert.Equal(
        TimeSpan.FromSeconds(290),
        RequestLife.RefusalOfCheck(
            Verification(VerificationResult.Failed) with { NextAllowedAt = Start.AddMinutes(5) }, Start.AddSeconds(10))!.RetryAfter);

    [Fact]
    public void A_stopped_message_is_undelivered_until_a_final_report_comes()
    {
        var stopped = RequestLife.Stop(Message(Attempt(AttemptState.Placed, TransportStatus.Sent)), "why", Now);

        Assert.Equal((Now, TransportStatus.Undelivered), (stopped.EndedAt, stopped.Status));
        Assert.Equal(VerificationResult.Canceled, RequestLife.Stop(Verification(), "why", Now).Verification!.Result);
    }

    [Fact]
    public void A_refused_last_step_ends_a_verification_only_where_nothing_was_placed()
    {
        Assert.Null(RequestLife.EndAtRefusedStep(Verification(Attempt(AttemptState.Placed)), 1, "why", Now).EndedAt);
        Assert.Equal(
            VerificationResult.Undeliverable,
            RequestLife.EndAtRefusedStep(Verification(Attempt(AttemptState.NotSent)), 1, "why", Now).Verification!.Result);
        Assert.Equal(Now, RequestLife.EndAtRefusedStep(Message(Attempt(AttemptState.Placed)), 1, "why", Now).EndedAt);
    }

    [Fact]
    public void A_request_without_further_steps_ends_with_its_last_reason_where_nothing_was_placed()
    {
        var nothing = Verification(Attempt(AttemptState.NotSent) with { Reason = "No route." });
        var placed = Verification(Attempt(AttemptState.Placed));

        Assert.Equal("No route.", RequestLife.EndWithoutSteps(nothing, Now).EndReason);
        Assert.Same(placed, RequestLife.EndWithoutSteps(placed, Now));
    }

    [Theory]
    [InlineData(VerificationResult.Pending, "pending")]
    [InlineData(VerificationResult.Verified, "verified")]
    [InlineData(VerificationResult.Failed, "failed")]
    [InlineData(VerificationResult.Expired, "expired")]
    [InlineData(VerificationResult.Canceled, "canceled")]
    [InlineData(VerificationResult.Superseded, "superseded")]
    [InlineData(VerificationResult.Undeliverable, "undeliverable")]
    public void Results_have_the_names_of_the_api(VerificationResult result, string name) => Assert.Equal(name, RequestLife.NameOf(result));

    [Fact]
    public void An_end_by_time_says_why()
    {
        Assert.Equal("No report came in time.", RequestLife.Expire(Message(Attempt(AttemptState.Placed)), Due).EndReason);
        Assert.Equal("Nothing was delivered.", RequestLife.Expire(Verification(), Due).EndReason);
        Assert.Null(RequestLife.Expire(Verification(Attempt(AttemptState.Placed)), Due).EndReason);
        Assert.Equal("No provider could take it.", RequestLife.EndWithoutSteps(Verification(), Now).EndReason);
    }

    [Fact]
    public void A_message_is_done_where_any_of_its_steps_met_its_condition_and_open_before_its_first_attempt()
    {
        var request = Message(
            Attempt(AttemptState.Placed, TransportStatus.Delivered), Attempt(AttemptState.Placed, TransportStatus.Sent, step: 1));
        request = request with { Steps = [.. request.Steps.Select(step => step with { Condition = StepCondition.Delivered })] };

        Assert.Equal(Now, RequestLife.EndIfDone(request, Now).EndedAt);
        Assert.Null(RequestLife.EndIfDone(Message(), Now).EndedAt);
    }

    [Fact]
    public void What_takes_the_place_of_a_verification_that_is_not_stored_has_ended_and_expects_nothing()
    {
        var newcomer = Verification() with
        {
            IsTrusted = true,
            Reference = "order 7",
            CallbackUrl = "https://shop.test/hook",
            UnusedSendReservations = [1],
            ReservedSpend = Spend,
        };
        var older = RequestId.New(Due);

        var taken = RequestLife.SupersededBeforeStored(older, newcomer, Now);

        Assert.Equal((older, Now, "shop", "verify.sms", true), (taken.Id, taken.EndedAt, taken.Account, taken.Product, taken.IsTrusted));
        Assert.Equal((VerificationResult.Superseded, 0), (taken.Verification!.Result, taken.Verification.WrongLimit));
        Assert.True(taken.WasNotAccepted);
        Assert.False(taken.IsOpen(Now));
        Assert.Null(Deadlines.Earliest(taken));
        Assert.Equal((null, null, null), (taken.Reference, taken.CallbackUrl, taken.ReservedSpend));
        Assert.Empty(taken.UnusedSendReservations);
        Assert.Empty(taken.Payload);
        Assert.Equal(new MessageContent(), taken.Content);
    }

    private static IEnumerable<(AttemptState State, TransportStatus? Status, int Step)> Attempts() =>
        from state in Enum.GetValues<AttemptState>()
        from status in Statuses()
        from step in (int[])[0, 1]
        select (state, status, step);

    private static IEnumerable<TransportStatus?> Statuses() => [null, .. Enum.GetValues<TransportStatus>()];
}
