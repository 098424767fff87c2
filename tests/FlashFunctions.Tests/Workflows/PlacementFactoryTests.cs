using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Workflows;
using FlashFunctions.Tests.Requests;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FlashFunctions.Tests.Workflows;

public sealed class PlacementFactoryTests
{
    [Theory]
    [InlineData("verify.call", Channel.Call, null)]
    [InlineData("verify.sms", Channel.Call, null)]
    [InlineData("verify.sms", Channel.Sms, "37282329823")]
    [InlineData("calls.flash", Channel.Call, "37282329823")]
    public void A_verification_never_calls_from_a_number_that_the_backend_names(string product, Channel channel, string? from)
    {
        var request = Sample.Message(Sample.Attempt(AttemptState.Starting)) with
        {
            Product = product,
            Steps = [new WorkflowStep(channel)],
            Content = new MessageContent { From = "37282329823" },
        };

        Assert.Equal(from, Placements().For(request, 0).From);
    }

    private static PlacementFactory Placements() => new(
        new Codes(new CodeKeys(Options.Create(new SecurityOptions { ActiveCodeKey = "1" }))),
        new StepTexts(Options.Create(new VerificationOptions())),
        Options.Create(new VerificationOptions()),
        new FakeTimeProvider(Sample.Start));
}
