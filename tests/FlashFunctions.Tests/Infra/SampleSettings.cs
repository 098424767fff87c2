using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace FlashFunctions.Tests.Infra;

/// <summary>local.settings.sample.json, and settings as the host hands them to the app.</summary>
internal static class SampleSettings
{
    public static JsonElement File { get; } = JsonDocument.Parse(
        System.IO.File.ReadAllBytes(Repository.Path("local.settings.sample.json"))).RootElement;

    public static Dictionary<string, string?> Read() =>
        File.GetProperty("Values")
            .EnumerateObject()
            .ToDictionary(value => value.Name, value => value.Value.GetString(), StringComparer.Ordinal);

    /// <summary>Environment variables as configuration.</summary>
    public static IConfigurationRoot Configuration(IEnumerable<KeyValuePair<string, string?>> settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(
            settings.Select(pair => KeyValuePair.Create(pair.Key.Replace("__", ":", StringComparison.Ordinal), pair.Value)))
        .Build();
}
