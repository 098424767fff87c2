using System.Diagnostics;
using System.Text.Json;
using FlashFunctions.Core.Providers.Resilience;
using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers.Lanck;

/// <summary>
/// Lanck's own verification (/verify), under a provider's name of its own: Lanck makes the code, sends it and checks it; we never know it.
/// Only a step or a routing order that names it uses it. It shares Lanck's settings, rate and circuits.
/// </summary>
internal sealed class LanckVerifyProvider(
    LanckClient client, CallbackAddresses callbacks, [FromKeyedServices(LanckProvider.ProviderName)] ProviderPipeline pipeline)
    : PipelinedProvider(ProviderName, pipeline), ITakeReports, ICheckCodes
{
    public const string ProviderName = "lanck-verify";

    private static readonly Capability Call = new(CodeSource.Provider, Capability.CallWait);
    private static readonly Capability Message = new(CodeSource.Provider, Capability.MessageWait);

    public override bool OnlyWhenNamed => true;

    public override Capability? CapabilityFor(Channel channel, int codeLength) => channel switch
    {
        _ when codeLength is < 4 or > 6 => null,
        Channel.Call => Call,
        Channel.Sms or Channel.Voice => Message,
        _ => null,
    };

    public override async Task<PlaceOutcome> PlaceAsync(Placement placement, CancellationToken cancellationToken)
    {
        if (CapabilityFor(placement.Channel, placement.CodeLength) is null || placement.Code is not null)
        {
            return Outcomes.Refused("Lanck verifies by call, sms or voice with 4 to 6 digits of its own");
        }

        var operation = new LanckOperation(
            "verify",
            [
                ("number", placement.To.E164),
                ("method", ApiNames.Of(placement.Channel)),
                ("from", placement.Channel == Channel.Sms ? placement.From : null),
                ("language", placement.Language),
                ("codeLength", $"{placement.CodeLength}"),
                ("ip", placement.Options.GetValueOrDefault("ip")),
                ("callbackUrl", callbacks.For(LanckProvider.ProviderName, placement.Attempt)),
            ]);
        return await PlaceAsync(
            placement, token => client.PlaceAsync(operation, token), LanckProvider.Taken, SharedErrors.Place, cancellationToken);
    }

    public Task<ReportOutcome> ReportAsync(UpstreamReport report, CancellationToken cancellationToken) =>
        LanckProvider.ReportAsync(client, Pipeline, report, cancellationToken);

    public Task<DelegatedCheck> CheckAsync(string reference, string code, CancellationToken cancellationToken) => Pipeline.CallAsync(
        async token => LanckCheck.Read(await client.CheckAsync(reference, code, token)),
        wait => new DelegatedCheck.NotAsked("our rate limit", wait), cancellationToken);
}

/// <summary>
/// Reads the answer to /verify/check. Assumed, all of it: the source document shows none. A success is right only when something in it says
/// so and nothing says otherwise; a refusal that is about neither the account nor the rate means that the code is wrong.
/// </summary>
internal static class LanckCheck
{
    /// <summary>The fields that say how it went.</summary>
    private static readonly HashSet<string> Verdicts = new(StringComparer.OrdinalIgnoreCase) { "status", "result", "verified" };

    private static readonly HashSet<string> Yes = new(StringComparer.OrdinalIgnoreCase)
    {
        "VERIFIED", "NUMBER_VERIFIED", "APPROVED", "CORRECT", "VALID", "PASSED", "true",
    };

    /// <summary>They may be about the call and not about the code: no verdict, neither for nor against it.</summary>
    private static readonly HashSet<string> Neutral = new(StringComparer.OrdinalIgnoreCase) { "OK", "SUCCESS" };

    public static DelegatedCheck Read(Exchange exchange) => exchange switch
    {
        Exchange.NeverLeft failure => new DelegatedCheck.NotAsked(failure.Reason),
        Exchange.Lost failure => new DelegatedCheck.Unclear(failure.Reason),
        Exchange.Answered { IsSuccess: true } answer => Verdict(answer),
        Exchange.Answered { Status: >= 400 and <= 499 and not 408 and not 429 } answer => Refusal(answer),
        Exchange.Answered answer => new DelegatedCheck.Unclear($"HTTP {answer.Status}", answer.RetryAfter),
        _ => throw new UnreachableException(),
    };

    private static DelegatedCheck Verdict(Exchange.Answered answer)
    {
        using var body = LooseJson.TryRead(answer.Body.Span, LanckJson.Default.JsonDocument);
        if (Words(body) is not { } words)
        {
            return new DelegatedCheck.Unclear($"HTTP {answer.Status} that cannot be read");
        }

        return words.Any(Yes.Contains) && words.All(word => Yes.Contains(word) || Neutral.Contains(word))
            ? new DelegatedCheck.Right()
            : new DelegatedCheck.Wrong();
    }

    /// <summary>Every verdict word, those of a repeated field too; null where the answer cannot be read.</summary>
    private static string[]? Words(JsonDocument? body)
    {
        try
        {
            return body is not { RootElement.ValueKind: JsonValueKind.Object } ? null :
            [
                .. body.RootElement.EnumerateObject()
                    .Where(field => Verdicts.Contains(field.Name)).Select(field => Word(field.Value)).OfType<string>(),
            ];
        }
        catch (InvalidOperationException)
        {
            // Bytes that are not UTF-8 inside a string.
            return null;
        }
    }

    /// <summary>The word of a field; null where it says nothing. A list or an object becomes a word that nobody knows.</summary>
    private static string? Word(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString()!.Trim(),
        _ => value.GetRawText(),
    };

    private static DelegatedCheck Refusal(Exchange.Answered answer) => SharedErrors.Report(answer) switch
    {
        ReportOutcome.Retry refusal => new DelegatedCheck.Unclear(refusal.Reason, refusal.RetryAfter, refusal.NeedsOperator),
        _ => new DelegatedCheck.Wrong(),
    };
}
