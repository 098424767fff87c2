using System.Globalization;
using FlashFunctions.Core.Providers.Resilience;
using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers.Unibell;

/// <summary>Flash calls by Unibell: we choose the four digits, and the first of them must not be 0.</summary>
internal sealed class UnibellProvider(
    UnibellClient client, [FromKeyedServices(UnibellProvider.ProviderName)] ProviderPipeline pipeline)
    : PipelinedProvider(ProviderName, pipeline)
{
    public const string ProviderName = "unibell";

    private const int CodeLength = 4;

    private static readonly Capability FlashCall = new(CodeSource.Ours, Capability.CallWait, NoLeadingZero: true, TellsCaller: true);

    public override bool IsFoundByReference => true;

    public override Capability? CapabilityFor(Channel channel, int codeLength) =>
        channel == Channel.Call && codeLength == CodeLength ? FlashCall : null;

    public override async Task<PlaceOutcome> PlaceAsync(Placement placement, CancellationToken cancellationToken)
    {
        if (placement is not { Channel: Channel.Call, Code: { Length: CodeLength } digits } || digits[0] == '0'
            || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
        {
            return Outcomes.Refused("Unibell calls with four digits of ours that do not begin with 0");
        }

        var call = new FlashCallRequest(placement.To.E164, code, (int)placement.RingTimeout.TotalMilliseconds);
        return await PlaceAsync(placement, token => client.FlashCallAsync(call, token), Taken, SharedErrors.Place, cancellationToken);
    }

    private static PlaceOutcome Taken(Exchange.Answered answer) =>
        LooseJson.TryRead(answer.Body.Span, UnibellJson.Default.FlashCallAnswer) is { RequestId: { } reference } taken
            ? new PlaceOutcome.Accepted(reference, ProviderText.Digits(taken.From))
            : Outcomes.Unreadable(answer);
}
