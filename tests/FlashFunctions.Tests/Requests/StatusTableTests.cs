using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Tests.Requests;

public sealed class StatusTableTests
{
    private static readonly TransportStatus[] Furthest =
    [
        TransportStatus.Accepted, TransportStatus.Sent, TransportStatus.Ringing, TransportStatus.Undelivered,
        TransportStatus.Rejected, TransportStatus.Delivered, TransportStatus.Read,
    ];

    [Fact]
    public void A_report_moves_a_status_forward_and_never_back_for_the_whole_grid()
    {
        foreach (var was in Enum.GetValues<TransportStatus>())
        {
            foreach (var reported in Enum.GetValues<TransportStatus>())
            {
                var expected = Furthest[Math.Max(Array.IndexOf(Furthest, was), Array.IndexOf(Furthest, reported))];
                Assert.Equal(expected, StatusTable.Apply(was, reported));
            }
        }
    }

    [Fact]
    public void The_result_does_not_depend_on_the_order_of_three_reports()
    {
        var all = Enum.GetValues<TransportStatus>();
        foreach (var (a, b, c) in from a in all from b in all from c in all select (a, b, c))
        {
            var forward = StatusTable.Apply(StatusTable.Apply(StatusTable.Apply(null, a), b), c);
            Assert.Equal(forward, StatusTable.Apply(StatusTable.Apply(StatusTable.Apply(null, c), b), a));
            Assert.Equal(forward, StatusTable.Apply(StatusTable.Apply(StatusTable.Apply(null, b), a), c));
            Assert.Equal(forward, StatusTable.Apply(forward, a));
        }
    }

    [Theory]
    [InlineData(TransportStatus.Undelivered, true)]
    [InlineData(TransportStatus.Rejected, true)]
    [InlineData(TransportStatus.Delivered, false)]
    [InlineData(TransportStatus.Sent, false)]
    [InlineData(null, false)]
    public void Only_undelivered_and_rejected_start_the_next_step(TransportStatus? status, bool fails) =>
        Assert.Equal(fails, StatusTable.IsFailure(status));
}
