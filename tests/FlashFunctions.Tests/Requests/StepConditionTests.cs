using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Tests.Requests;

public sealed class StepConditionTests
{
    [Theory]
    [InlineData(Channel.Call, TransportStatus.Delivered, false, true)]
    [InlineData(Channel.Call, TransportStatus.Delivered, true, false)]
    [InlineData(Channel.Call, TransportStatus.Ringing, false, false)]
    [InlineData(Channel.Voice, TransportStatus.Delivered, true, true)]
    [InlineData(Channel.Speech, TransportStatus.Delivered, true, true)]
    [InlineData(Channel.Sms, TransportStatus.Read, false, true)]
    [InlineData(Channel.Sms, TransportStatus.Undelivered, false, false)]
    public void Delivered_is_met_by_what_arrived_but_not_by_a_flash_call_that_was_answered(
        Channel channel, TransportStatus status, bool answered, bool met) =>
        Assert.Equal(met, new WorkflowStep(channel, Condition: StepCondition.Delivered).IsMetBy(Attempt(status, answered)));

    [Theory]
    [InlineData(StepCondition.Verified, TransportStatus.Read, false)]
    [InlineData(StepCondition.Read, TransportStatus.Delivered, false)]
    [InlineData(StepCondition.Read, TransportStatus.Read, true)]
    public void The_other_conditions_go_by_the_status_alone(StepCondition condition, TransportStatus status, bool met) =>
        Assert.Equal(met, new WorkflowStep(Channel.Viber, Condition: condition).IsMetBy(Attempt(status, answered: false)));

    private static AttemptRecord Attempt(TransportStatus status, bool answered) =>
        Sample.Attempt(AttemptState.Placed, status) with { WasAnswered = answered };
}
