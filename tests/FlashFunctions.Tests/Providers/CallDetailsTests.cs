using FlashFunctions.Core.Providers;

namespace FlashFunctions.Tests.Providers;

/// <summary>What is known of a call after several reports on it.</summary>
public sealed class CallDetailsTests
{
    private static readonly CallDetails Old = Details(200, 1, billable: false);
    private static readonly CallDetails New = Details(486, 2, billable: true);

    [Fact]
    public void A_newer_report_counts_where_it_says_something() => Assert.Equal(New, CallDetails.Merge(Old, New));

    [Fact]
    public void What_a_newer_report_does_not_say_stays()
    {
        Assert.Equal(Old, CallDetails.Merge(Old, new CallDetails()));
        Assert.Equal(Old, CallDetails.Merge(Old, null));
        Assert.Equal(Old with { EndedAt = New.EndedAt }, CallDetails.Merge(Old, new CallDetails { EndedAt = New.EndedAt }));
    }

    [Fact]
    public void Reports_that_say_nothing_are_nothing()
    {
        Assert.Null(CallDetails.Merge(null, null));
        Assert.Null(CallDetails.Merge(null, new CallDetails()));
        Assert.Equal(New, CallDetails.Merge(null, New));
    }

    private static CallDetails Details(int sipStatus, int hour, bool billable) => new()
    {
        SipStatus = sipStatus,
        CreatedAt = DateTimeOffset.UnixEpoch.AddHours(hour),
        RingStartedAt = DateTimeOffset.UnixEpoch.AddHours(hour).AddSeconds(1),
        AnsweredAt = DateTimeOffset.UnixEpoch.AddHours(hour).AddSeconds(2),
        EndedAt = DateTimeOffset.UnixEpoch.AddHours(hour).AddSeconds(3),
        Billable = billable,
        Duration = hour,
    };
}
