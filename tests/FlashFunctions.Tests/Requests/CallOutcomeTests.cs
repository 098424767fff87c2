using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using static FlashFunctions.Tests.Requests.Sample;

namespace FlashFunctions.Tests.Requests;

/// <summary>What became of a call, by the reports of its provider.</summary>
public sealed class CallOutcomeTests
{
    private static readonly DateTimeOffset Now = Start.AddSeconds(3);

    [Theory]
    [InlineData(TransportStatus.Accepted, null, null)]
    [InlineData(TransportStatus.Sent, null, null)]
    [InlineData(TransportStatus.Ringing, null, CallOutcome.Rang)]
    [InlineData(TransportStatus.Delivered, null, CallOutcome.Rang)]
    [InlineData(TransportStatus.Read, null, CallOutcome.Rang)]
    [InlineData(TransportStatus.Undelivered, null, CallOutcome.Unreachable)]
    [InlineData(TransportStatus.Rejected, null, CallOutcome.Refused)]
    [InlineData(TransportStatus.Delivered, CallOutcome.Rang, CallOutcome.Rang)]
    [InlineData(TransportStatus.Delivered, CallOutcome.Declined, CallOutcome.Declined)]
    [InlineData(TransportStatus.Delivered, CallOutcome.Answered, CallOutcome.Answered)]
    [InlineData(TransportStatus.Undelivered, CallOutcome.Unreachable, CallOutcome.Unreachable)]
    [InlineData(TransportStatus.Undelivered, CallOutcome.Refused, CallOutcome.Refused)]
    [InlineData(TransportStatus.Sent, CallOutcome.Declined, CallOutcome.Declined)]
    public void A_report_says_what_became_of_a_call_and_its_details_that_it_rang_or_was_answered(
        TransportStatus status, CallOutcome? word, CallOutcome? outcome)
    {
        var report = Report(status) with { Outcome = word };
        var rang = outcome > CallOutcome.Rang ? outcome : CallOutcome.Rang;

        Assert.Equal(outcome, OutcomeAfter(report));
        Assert.Equal(outcome, OutcomeAfter(report with { Call = new CallDetails { CreatedAt = Now } }));
        Assert.Equal(rang, OutcomeAfter(report with { Call = new CallDetails { RingStartedAt = Now } }));
        Assert.Equal(CallOutcome.Answered, OutcomeAfter(report with { Call = new CallDetails { AnsweredAt = Now } }));
    }

    [Fact]
    public void A_cancellation_says_nothing_of_a_call_that_had_not_rung_and_of_another_that_it_rang()
    {
        var cancelled = Report(TransportStatus.Undelivered) with { IsCancellation = true };
        var verified = RequestLife.End(Call(), EndEvent.RightCode, Now);

        Assert.Null(OutcomeAfter(cancelled));
        Assert.Equal(CallOutcome.Rang, OutcomeAfter(Report(TransportStatus.Ringing), cancelled));
        Assert.Equal(CallOutcome.Rang, OutcomeAfter(cancelled, Report(TransportStatus.Ringing)));
        Assert.Equal(CallOutcome.Rang, AttemptLife.Reported(verified, 0, cancelled, Now).Attempts[0].Outcome);

        // A right code says that it rang; without a cancellation, that is left to the reports.
        Assert.Null(AttemptLife.Reported(verified, 0, Report(TransportStatus.Sent) with { Reference = "r1" }, Now).Attempts[0].Outcome);
    }

    [Fact]
    public void Of_what_several_reports_say_became_of_a_call_the_most_counts_in_any_order()
    {
        CallOutcome[] all =
            [CallOutcome.Unreachable, CallOutcome.Refused, CallOutcome.Rang, CallOutcome.Declined, CallOutcome.Answered];
        ProviderEvent Of(CallOutcome outcome) => outcome switch
        {
            CallOutcome.Unreachable => Report(TransportStatus.Undelivered),
            CallOutcome.Refused => Report(TransportStatus.Rejected),
            _ => Report(TransportStatus.Delivered) with { Outcome = outcome },
        };

        foreach (var (one, other) in from one in all from other in all select (one, other))
        {
            Assert.Equal(one > other ? one : other, OutcomeAfter(Of(one), Of(other)));
            Assert.Equal(one, OutcomeAfter(Of(one), Report(TransportStatus.Sent) with { Call = new CallDetails { Duration = 1 } }));
        }
    }

    [Theory]
    [InlineData(Channel.Call, true)]
    [InlineData(Channel.Voice, true)]
    [InlineData(Channel.Speech, true)]
    [InlineData(Channel.Sms, false)]
    [InlineData(Channel.Push, false)]
    [InlineData(Channel.Viber, false)]
    [InlineData(Channel.Rcs, false)]
    public void Only_of_a_call_something_became(Channel channel, bool isCall)
    {
        var request = Call() with { Steps = [new WorkflowStep(channel)] };

        var after = AttemptLife.Reported(request, 0, Report(TransportStatus.Delivered) with { Outcome = CallOutcome.Declined }, Now);

        Assert.Equal(isCall ? CallOutcome.Declined : null, after.Attempts[0].Outcome);
    }

    [Fact]
    public void The_first_five_reports_that_changed_something_are_kept_as_they_came()
    {
        var request = Call();
        foreach (var number in Enumerable.Range(1, 7))
        {
            var call = new CallDetails { Duration = number };
            var report = Report(TransportStatus.Ringing) with { RawStatus = $"word-{number}", Call = call };
            request = AttemptLife.Reported(request, 0, report, Now.AddSeconds(number));
            request = AttemptLife.Reported(request, 0, report, Now.AddSeconds(number + 100));
        }

        Assert.Equal(
            [
                .. Enumerable.Range(1, 5).Select(number => new StatusReport(
                    Now.AddSeconds(number).ToUnixTimeMilliseconds(), TransportStatus.Ringing, $"word-{number}")),
            ],
            request.Attempts[0].Reports!);
        Assert.Equal((7, Now.AddSeconds(7)), (request.Attempts[0].Call!.Duration, request.Attempts[0].UpdatedAt));
    }

    /// <summary>A verification by flash call whose call the provider took.</summary>
    private static RequestRecord Call() => Verification(Attempt(AttemptState.Placed, TransportStatus.Sent)) with
    {
        Product = "verify.call",
        Steps = [new WorkflowStep(Channel.Call)],
    };

    private static CallOutcome? OutcomeAfter(params ProviderEvent[] reports) =>
        reports.Aggregate(Call(), (request, report) => AttemptLife.Reported(request, 0, report, Now)).Attempts[0].Outcome;

    private static ProviderEvent Report(TransportStatus? status) => new("lanck", null, null, status, "raw", Now);
}
