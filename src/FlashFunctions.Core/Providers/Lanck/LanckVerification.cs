using System.Globalization;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers.Resilience;
using FlashFunctions.Core.Providers.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Providers.Lanck;

/// <summary>Lanck's own verification: it makes the code, sends it, and checks it; we never know it.</summary>
internal sealed class LanckVerification(
    LanckClient client,
    CallbackAddresses callbacks,
    [FromKeyedServices(LanckProvider.ProviderName)] ProviderPipeline pipeline)
{
    private static readonly Dictionary<Channel, string> Methods = new()
    {
        [Channel.Call] = "call",
        [Channel.Sms] = "sms",
        [Channel.Voice] = "voice",
    };

    public async Task<PlaceOutcome> StartAsync(Placement placement, CancellationToken cancellationToken)
    {
        if (!Methods.TryGetValue(placement.Channel, out var method) || placement is not { Code: null, CodeLength: >= 4 and <= 6 })
        {
            return Outcomes.Refused("Lanck verifies by call, sms or voice with 4 to 6 digits of its own");
        }

        var operation = new LanckOperation(
            "verify",
            [
                ("number", placement.To.E164),
                ("method", method),
                ("from", placement.Channel == Channel.Sms ? placement.From : null),
                ("language", placement.Language),
                ("codeLength", placement.CodeLength.ToString(CultureInfo.InvariantCulture)),
                ("ip", placement.Options.GetValueOrDefault("ip")),
                ("callbackUrl", callbacks.For(LanckProvider.ProviderName, placement.Attempt)),
            ]);
        return await pipeline.PlaceAsync(
            placement,
            async token => Outcomes.Place(await client.PlaceAsync(operation, token), LanckAnswers.Taken, SharedErrors.Place),
            cancellationToken);
    }

    /// <summary>Asks Lanck whether the code is right. Each asking may use up one of its guesses, so it is never repeated here.</summary>
    public Task<DelegatedCheck> CheckAsync(string reference, string code, CancellationToken cancellationToken) => pipeline.CallAsync(
        async token => LanckCheck.Read(await client.CheckAsync(reference, code, token)),
        wait => new DelegatedCheck.NotAsked("our rate limit", wait),
        cancellationToken);
}
