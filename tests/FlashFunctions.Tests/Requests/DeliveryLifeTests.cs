using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using static FlashFunctions.Tests.Requests.Sample;

namespace FlashFunctions.Tests.Requests;

public sealed class DeliveryLifeTests
{
    /// <summary>A row a state, a column an event in their order; a dash: nothing changes.</summary>
    private const string Grid = """
                  TryBegan Taken     TryFailed GivenUp Refused Retried
        Waiting   Waiting  Delivered Waiting   Dead    Gone    -
        Delivered -        -         -         -       -       -
        Dead      -        -         -         -       -       Waiting
        Gone      -        -         -         -       -       -
        """;

    private static readonly DateTimeOffset Now = Start.AddSeconds(3);

    [Fact]
    public void Each_event_does_in_each_state_what_the_grid_says()
    {
        string[][] rows =
            [.. Grid.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        Assert.Equal(Enum.GetNames<DeliveryEvent>(), rows[0]);
        Assert.Equal(Enum.GetNames<DeliveryState>(), rows[1..].Select(row => row[0]));
        foreach (var row in rows[1..])
        {
            foreach (var (column, expected) in row[1..].Index())
            {
                var (delivery, happened) = (new Delivery { State = Enum.Parse<DeliveryState>(row[0]), Tries = 3 }, (DeliveryEvent)column);
                var after = Apply(delivery, happened);
                if (expected == "-")
                {
                    Assert.Null(DeliveryLife.StateAfter(delivery.State, happened));
                    Assert.Same(delivery, after);
                }
                else
                {
                    Assert.Equal(Enum.Parse<DeliveryState>(expected), DeliveryLife.StateAfter(delivery.State, happened));
                    Assert.Equal(Enum.Parse<DeliveryState>(expected), after.State);
                }
            }
        }
    }

    [Fact]
    public void A_try_is_claimed_for_25_seconds_and_due_again_after_that()
    {
        var begun = DeliveryLife.Begin(new Delivery { NextTryAt = Now }, Now);

        Assert.Equal((1, Now, (DateTimeOffset?)null), (begun.Tries, begun.LastTryAt, begun.NextTryAt));
        Assert.False(begun.IsDue(Now.AddSeconds(25).AddTicks(-1)));
        Assert.True(begun.IsDue(Now.AddSeconds(25)));
    }

    [Fact]
    public void A_failed_try_is_due_at_its_next_one()
    {
        var failed = DeliveryLife.Failed(DeliveryLife.Begin(new Delivery(), Now), "503", Now.AddMinutes(1));

        Assert.Equal((false, true), (failed.IsDue(Now.AddSeconds(59)), failed.IsDue(Now.AddMinutes(1))));
        Assert.Equal("503", failed.LastFailure);
        Assert.Equal(0, DeliveryLife.Again(DeliveryLife.GivenUp(failed, "504")).Tries);
    }

    [Fact]
    public void A_change_of_the_status_or_the_result_is_one_callback_and_a_repetition_none()
    {
        var request = Verification(Attempt(AttemptState.Starting)) with { CallbackUrl = "https://shop.example/hook" };

        var sent = CallbackEvents.Note(request, AttemptLife.AnswerLost(request, 0, Now), Now);
        var verified = CallbackEvents.Note(sent, RequestLife.End(sent, EndEvent.RightCode, Now), Now);
        var repeated = CallbackEvents.Note(verified, RequestLife.End(verified, EndEvent.Cancel, Now), Now);

        Assert.Equal([(TransportStatus.Sent, VerificationResult.Pending), (TransportStatus.Sent, VerificationResult.Verified)],
            verified.Callbacks.Select(callback => (callback.Status, callback.Result!.Value)));
        Assert.Same(verified, repeated);
    }

    [Fact]
    public void A_receiver_that_wants_no_more_is_sent_nothing_of_what_waits_and_of_what_comes()
    {
        var waiting = new CallbackEvent { At = Now, Status = TransportStatus.Sent };
        var request = Verification() with { CallbackUrl = "https://shop.example/hook", Callbacks = [waiting, waiting, waiting] };
        request = Changed(request, 0, DeliveryLife.Delivered);

        var settled = Changed(request, 1, delivery => DeliveryLife.Gone(delivery, "HTTP 410."));

        Assert.Equal(
            [DeliveryState.Delivered, DeliveryState.Gone, DeliveryState.Gone],
            settled.Callbacks.Select(callback => callback.Delivery.State));
        Assert.Null(CallbackEvents.Head(settled));
        Assert.Equal(3, CallbackEvents.Note(settled, RequestLife.End(settled, EndEvent.Cancel, Now), Now).Callbacks.Count);
    }

    [Fact]
    public void A_later_callback_waits_for_an_earlier_one()
    {
        var waiting = new CallbackEvent { At = Now, Status = TransportStatus.Sent };
        var request = Message() with { Callbacks = [waiting, waiting] };
        var failed = Changed(request, 0, delivery => DeliveryLife.Failed(delivery, "503", Now.AddMinutes(1)));

        Assert.Equal((0, false), (CallbackEvents.Head(failed), CallbackEvents.IsDue(failed, Now)));
        Assert.Equal(1, CallbackEvents.Head(Changed(failed, 0, delivery => DeliveryLife.GivenUp(delivery, "503"))));
    }

    [Fact]
    public void A_retry_by_an_operator_keeps_why_it_had_failed() =>
        Assert.Equal("503", DeliveryLife.Again(DeliveryLife.GivenUp(new Delivery { Tries = 7 }, "503")).LastFailure);

    [Fact]
    public void A_callback_is_known_by_its_request_and_number()
    {
        var id = RequestId.New(Due);

        Assert.Equal($"{id.Text}-7", CallbackEvent.IdOf(id, 7));
    }

    [Fact]
    public void Nobody_is_notified_without_an_address_and_of_no_more_than_a_hundred_changes()
    {
        var silent = Verification(Attempt(AttemptState.Starting));
        var waiting = new CallbackEvent { At = Now, Status = TransportStatus.Sent };
        var loud = silent with { CallbackUrl = "https://shop.example/hook" };

        Assert.Empty(CallbackEvents.Note(silent, RequestLife.End(silent, EndEvent.Cancel, Now), Now).Callbacks);
        Assert.Equal(100, Count(99));
        Assert.Equal(100, Count(100));

        int Count(int before)
        {
            var full = loud with { Callbacks = [.. Enumerable.Repeat(waiting, before)] };
            return CallbackEvents.Note(full, RequestLife.End(full, EndEvent.Cancel, Now), Now).Callbacks.Count;
        }
    }

    [Fact]
    public void What_changes_neither_status_nor_result_nor_the_number_that_rings_is_no_callback()
    {
        var request = Verification(Attempt(AttemptState.Placed, TransportStatus.Sent)) with { CallbackUrl = "https://shop.example/hook" };
        var skipped = Verification(Attempt(AttemptState.Starting)) with { CallbackUrl = "https://shop.example/hook" };

        Assert.Empty(CallbackEvents.Note(request, request with { MccMnc = "26201" }, Now).Callbacks);
        Assert.Empty(
            CallbackEvents.Note(request, AttemptLife.Change(request, 0, attempt => attempt with { Caller = "3728001234" }), Now).Callbacks);
        Assert.Empty(CallbackEvents.Note(Verification() with { CallbackUrl = "https://shop.example/hook" }, skipped, Now).Callbacks);
    }

    [Fact]
    public void A_callback_tells_of_the_newest_attempt_that_has_a_status()
    {
        var call = new CallDetails { SipStatus = 486 };
        var request = Verification(
            Attempt(AttemptState.Placed, TransportStatus.Sent) with { Call = call },
            Attempt(AttemptState.Placed, TransportStatus.Delivered, step: 1),
            Attempt(AttemptState.NotSent, step: 1)) with
        { CallbackUrl = "https://shop.example/hook" };

        Assert.Equal(1, Assert.Single(Ended(request).Callbacks).Attempt);
        Assert.Null(Assert.Single(Ended(request).Callbacks).Call);
        var first = Ended(request with { Attempts = [request.Attempts[0], request.Attempts[2]] });
        Assert.Equal((0, call), (first.Callbacks[0].Attempt, first.Callbacks[0].Call));
        Assert.Null(Assert.Single(Ended(request with { Attempts = [request.Attempts[2]] }).Callbacks).Attempt);

        static RequestRecord Ended(RequestRecord request) =>
            CallbackEvents.Note(request, RequestLife.End(request, EndEvent.Cancel, Now), Now);
    }

    [Fact]
    public void The_number_that_rings_is_told_of_a_flash_call_alone_and_once_it_may_have_rung()
    {
        var starting = Message(Attempt(AttemptState.Starting) with { Caller = "3728001234" }) with
        {
            Product = Products.FlashCall,
            CallbackUrl = "https://shop.example/hook",
        };
        var placed = AttemptLife.Accepted(starting, 0, attempt => attempt, Now);

        Assert.Equal("3728001234", Assert.Single(CallbackEvents.Note(starting, placed, Now).Callbacks).From);
        Assert.Null(Assert.Single(CallbackEvents.Note(starting, placed with { Product = Products.Sms }, Now).Callbacks).From);
        var unknown = starting with { Attempts = [Attempt(AttemptState.Placed, TransportStatus.Sent)] };
        var told = AttemptLife.Change(unknown, 0, attempt => attempt with { Caller = "3728001234" });
        Assert.Equal("3728001234", Assert.Single(CallbackEvents.Note(unknown, told, Now).Callbacks).From);
    }

    [Fact]
    public void The_last_three_tries_that_failed_are_kept_with_when_they_began_and_why()
    {
        FailedDelivery Try(int number) => new(Now.AddMinutes(number).ToUnixTimeMilliseconds(), $"HTTP 50{number}.");
        var delivery = new Delivery();
        Assert.Null(DeliveryLife.GivenUp(delivery, "No account.").FailedTries);

        foreach (var (number, kept) in ((int, FailedDelivery[])[])
            [(1, [Try(1)]), (2, [Try(1), Try(2)]), (3, [Try(1), Try(2), Try(3)]), (4, [Try(2), Try(3), Try(4)])])
        {
            delivery = DeliveryLife.Begin(delivery, Now.AddMinutes(number));
            delivery = DeliveryLife.Failed(delivery, $"HTTP 50{number}.", Now.AddMinutes(number + 1));
            Assert.Equal(kept, delivery.FailedTries!);
        }

        Assert.Equal((4, "HTTP 504."), (delivery.Tries, delivery.LastFailure));
        Assert.Equal(3, DeliveryLife.Delivered(DeliveryLife.Begin(delivery, Now.AddMinutes(5))).FailedTries!.Count);
    }

    [Theory]
    [InlineData(30, "012345678901234567890123456789")]
    [InlineData(31, "01234567890123456789012345678…")]
    [InlineData(60, "01234567890123456789012345678…")]
    public void Why_a_try_failed_is_kept_in_30_characters_and_for_the_last_one_whole(int length, string kept)
    {
        var reason = string.Concat(Enumerable.Range(0, length).Select(index => $"{index % 10}"));

        var failed = DeliveryLife.Failed(DeliveryLife.Begin(new Delivery(), Now), reason, Now);

        Assert.Equal((kept, reason), (Assert.Single(failed.FailedTries!).Why, failed.LastFailure));
    }

    [Fact]
    public void A_delivery_that_is_not_changed_leaves_the_request_as_it_was()
    {
        var request = Message() with { Callbacks = [new CallbackEvent { At = Now, Status = TransportStatus.Sent }] };

        Assert.Same(request, Changed(request, 0, delivery => delivery with { }));
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 5 * 60)]
    [InlineData(3, 30 * 60)]
    [InlineData(4, 2 * 3_600)]
    [InlineData(5, 5 * 3_600)]
    [InlineData(6, 10 * 3_600)]
    public void A_try_is_repeated_by_the_schedule_with_up_to_a_tenth_more(int tries, int seconds)
    {
        // Each of 101 lengths is equally likely: that 4,000 draws leave one out happens once in 10¹⁵ runs.
        var waits = Enumerable.Range(0, 4_000).Select(_ => RetrySchedule.WaitAfter(tries, null)!.Value).ToHashSet();

        Assert.Equal((TimeSpan.FromSeconds(seconds), TimeSpan.FromMilliseconds(seconds * 1_100L)), (waits.Min(), waits.Max()));
        Assert.Equal(101, waits.Count);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    public void After_the_seventh_try_there_is_none(int tries) => Assert.Null(RetrySchedule.WaitAfter(tries, TimeSpan.FromDays(1)));

    [Theory]
    [InlineData(4, 5)]
    [InlineData(-60, 5)]
    [InlineData(6, 6)]
    [InlineData(3_600, 3_600)]
    [InlineData(14 * 86_400, 14 * 86_400)]
    [InlineData(15 * 86_400, 14 * 86_400)]
    public void A_receiver_can_ask_for_more_time_up_to_14_days_and_not_for_less(int retryAfter, int least)
    {
        var wait = RetrySchedule.WaitAfter(1, TimeSpan.FromSeconds(retryAfter))!.Value;

        Assert.InRange(wait, TimeSpan.FromSeconds(least), TimeSpan.FromMilliseconds(least * 1_100L));
    }

    private static RequestRecord Changed(RequestRecord request, int number, Func<Delivery, Delivery> change)
    {
        var deliveries = CallbackEvents.DeliveriesOf(request);
        return CallbackEvents.With(request, DeliveryLife.Set(deliveries, number, change(deliveries[number])));
    }

    private static Delivery Apply(Delivery delivery, DeliveryEvent happened) => happened switch
    {
        DeliveryEvent.TryBegan => DeliveryLife.Begin(delivery, Now),
        DeliveryEvent.Taken => DeliveryLife.Delivered(delivery),
        DeliveryEvent.TryFailed => DeliveryLife.Failed(delivery, "503", Now),
        DeliveryEvent.GivenUp => DeliveryLife.GivenUp(delivery, "503"),
        DeliveryEvent.Refused => DeliveryLife.Gone(delivery, "410"),
        _ => DeliveryLife.Again(delivery),
    };
}
