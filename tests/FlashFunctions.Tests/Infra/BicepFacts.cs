using System.Text.Json;

namespace FlashFunctions.Tests.Infra;

/// <summary>What the syntax trees of infra/ say.</summary>
/// <param name="AppSettings">By name, a star for a part that is computed; the literal value, or null for an expression.</param>
/// <param name="Tables">The tables that are made.</param>
/// <param name="Queues">The queues that are made, without suffix.</param>
/// <param name="QueueSuffixes">What each queue is made with.</param>
/// <param name="AlertPhrases">What alerts search messages for.</param>
/// <param name="FunctionsNamed">Functions that alerts and always-ready instances name.</param>
/// <param name="Secrets">Secrets that settings refer to, and those that the parameter files write.</param>
internal sealed record BicepFacts(
    IReadOnlyDictionary<string, string?> AppSettings,
    IReadOnlyList<string> Tables,
    IReadOnlyList<string> Queues,
    IReadOnlyList<string> QueueSuffixes,
    IReadOnlyList<string> AlertPhrases,
    IReadOnlyList<string> FunctionsNamed,
    BicepSecrets Secrets)
{
    public static async Task<BicepFacts> ReadAsync()
    {
        var (exitCode, output) = await BicepCheck.RunAsync("inspect.mjs", BicepCheck.Infra);
        Assert.True(exitCode == 0, output);
        return JsonSerializer.Deserialize<BicepFacts>(output, JsonSerializerOptions.Web)!;
    }
}

/// <summary>Names of secrets.</summary>
/// <param name="Read">By the settings.</param>
/// <param name="Written">By parameter file.</param>
internal sealed record BicepSecrets(IReadOnlyList<string> Read, IReadOnlyDictionary<string, IReadOnlyList<string>> Written);
