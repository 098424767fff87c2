using System.Text.Json;
using System.Text.RegularExpressions;

namespace FlashFunctions.Tests.Infra;

/// <summary>What a parameter file deploys, out of its committed snapshot, which <see cref="BicepTests"/> holds to the templates.</summary>
internal sealed partial class Snapshot
{
    private Snapshot(string name) =>
        Resources = [.. JsonDocument.Parse(File.ReadAllBytes(Repository.Path("infra", $"main.{name}.snapshot.json"))).RootElement
            .GetProperty("predictedResources").EnumerateArray().Select(resource => new Deployed(resource))];

    public static Snapshot Dev { get; } = new("dev");

    public static Snapshot Prod { get; } = new("prod");

    public static Snapshot Everything { get; } = new("everything");

    public static IReadOnlyList<Snapshot> All { get; } = [Dev, Prod, Everything];

    public IReadOnlyList<Deployed> Resources { get; }

    public Deployed App => Assert.Single(Of("Microsoft.Web/sites"));

    /// <summary>The app's settings; an expression where the value is known in Azure alone.</summary>
    public IReadOnlyDictionary<string, string> Settings =>
        Assert.Single(Of("Microsoft.Web/sites/config"), config => config.LastName == "appsettings")
            .Properties.EnumerateObject()
            .ToDictionary(setting => setting.Name, setting => setting.Value.GetString()!, StringComparer.Ordinal);

    /// <summary>The secrets that a deployment writes.</summary>
    public IReadOnlyList<string> SecretsWritten => [.. Of("Microsoft.KeyVault/vaults/secrets").Select(secret => secret.LastName)];

    /// <summary>The secrets that the app's settings refer to, by setting.</summary>
    public IReadOnlyDictionary<string, string> SecretsRead => Settings
        .Select(setting => (setting.Key, Match: Reference().Match(setting.Value)))
        .Where(setting => setting.Match.Success)
        .ToDictionary(setting => setting.Key, setting => setting.Match.Groups["name"].Value, StringComparer.Ordinal);

    /// <summary>The queries of the log alerts, by rule.</summary>
    public IReadOnlyDictionary<string, string> Queries => Of("Microsoft.Insights/scheduledQueryRules").ToDictionary(
        rule => rule.Properties.GetProperty("displayName").GetString()!,
        rule => Assert.Single(rule.At("criteria", "allOf").EnumerateArray()).GetProperty("query").GetString()!,
        StringComparer.Ordinal);

    public IReadOnlyList<Deployed> Of(string type) => [.. Resources.Where(resource => resource.Type == type)];

    [GeneratedRegex(
        @"^@Microsoft\.KeyVault\(VaultName=kv-[a-z0-9-]+;SecretName=(?<name>[a-z0-9-]+)\)$", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Reference();
}

/// <summary>One resource of a snapshot.</summary>
internal sealed record Deployed(JsonElement Json)
{
    public string Type => Json.GetProperty("type").GetString()!;

    public string Id => Json.GetProperty("id").GetString()!;

    public string LastName => Json.GetProperty("name").GetString()!.Split('/')[^1];

    public JsonElement Properties => Json.GetProperty("properties");

    /// <summary>A property by its path; undefined where there is none.</summary>
    public JsonElement At(params string[] path) => path.Aggregate(
        Properties,
        (element, name) => element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var next) ? next : default);
}
