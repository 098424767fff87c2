using FlashFunctions.Core.Requests;

namespace FlashFunctions.Tests.Verifications;

public sealed class ResultTableTests
{
    [Fact]
    public void Nothing_leaves_an_end_for_the_whole_grid()
    {
        foreach (var result in Enum.GetValues<VerificationResult>().Where(result => result != VerificationResult.Pending))
        {
            Assert.All(Enum.GetValues<EndEvent>(), happened => Assert.Equal(result, ResultTable.Apply(result, happened)));
        }
    }

    [Theory]
    [InlineData(EndEvent.RightCode, VerificationResult.Verified)]
    [InlineData(EndEvent.LastWrongCode, VerificationResult.Failed)]
    [InlineData(EndEvent.DueTimePassed, VerificationResult.Expired)]
    [InlineData(EndEvent.DueTimePassedUndelivered, VerificationResult.Undeliverable)]
    [InlineData(EndEvent.Cancel, VerificationResult.Canceled)]
    [InlineData(EndEvent.NewerVerification, VerificationResult.Superseded)]
    [InlineData(EndEvent.NothingCouldBePlaced, VerificationResult.Undeliverable)]
    public void Every_event_ends_a_pending_verification_in_its_own_way(EndEvent happened, VerificationResult result) =>
        Assert.Equal(result, ResultTable.Apply(VerificationResult.Pending, happened));

    [Fact]
    public void Every_event_is_described() =>
        Assert.All(Enum.GetValues<EndEvent>(), happened => Assert.NotEqual(VerificationResult.Pending, ResultTable.Apply(VerificationResult.Pending, happened)));
}
