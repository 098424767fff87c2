using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace FlashFunctions.Tests.Infra;

/// <summary>The settings that the code reads, those that the Bicep sets and those that the sample names are the same ones.</summary>
public sealed class AppSettingsTests
{
    private static readonly string[] NotInTheCloud = ["Storage", "DevelopmentAccount__KeyId", "DevelopmentAccount__Secret"];
    private static readonly string[] NotOnOneMachine = ["Storage__TableServiceUri", "Storage__QueueServiceUri", "Storage__ClientId"];

    // Of these the templates set what a deployment says or where it runs, not the code's defaults.
    private static readonly string[] OfTheDeployment = ["Service", "Security", "TestNumbers", "DevelopmentAccount"];
    private static readonly string[] DependOnWhereItRuns =
        [
            "Numbers__RequireAssignedRange", "Storage__createAtStart", "Storage__tableServiceUri", "Storage__queueServiceUri",
            "Storage__clientId"
        ];

    private static readonly string[] OfTheHostInTheCloud =
    [
        "AzureWebJobsStorage__accountName", "AzureWebJobsStorage__credential", "AzureWebJobsStorage__clientId", "Storage__credential",
        "AzureWebJobsDisableHomepage",
        "AzureFunctionsJobHost__extensions__queues__batchSize", "AzureFunctionsJobHost__extensions__queues__newBatchThreshold",
        "APPLICATIONINSIGHTS_CONNECTION_STRING", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "OTEL_SERVICE_NAME", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG",
        "AZURE_TRACING_DISABLED", "DOTNET_SYSTEM_NET_HTTP_ENABLEACTIVITYPROPAGATION",
    ];

    private static readonly string[] OfTheHostOnOneMachine =
    [
        "AzureWebJobsStorage", "FUNCTIONS_WORKER_RUNTIME", "AZURE_FUNCTIONS_ENVIRONMENT", "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "OTEL_SERVICE_NAME", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL",
    ];

    [Fact]
    public void The_Bicep_sets_every_setting_that_the_code_reads_and_no_other() => AssertSame(
        CodeSettings.All.Except(NotInTheCloud, StringComparer.OrdinalIgnoreCase), OfTheHostInTheCloud, Snapshot.Everything.Settings.Keys);

    [Fact]
    public void The_sample_names_every_setting_that_the_code_reads_and_no_other() => AssertSame(
        CodeSettings.All.Except(NotOnOneMachine, StringComparer.OrdinalIgnoreCase), OfTheHostOnOneMachine, SampleSettings.Read().Keys);

    [Fact]
    public void The_Bicep_sets_what_the_code_has_for_a_default()
    {
        foreach (var (section, type) in CodeSettings.Sections.Where(section => !OfTheDeployment.Contains(section.Key)))
        {
            var prefix = section.Replace(":", "__", StringComparison.Ordinal) + "__";
            var set = Snapshot.Dev.Settings
                .Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal) && !DependOnWhereItRuns.Contains(pair.Key));
            var configuration = SampleSettings.Configuration(set.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)));
            var bound = Activator.CreateInstance(type)!;
            configuration.GetSection(section).Bind(bound);
            Assert.Equal(JsonSerializer.Serialize(Activator.CreateInstance(type)!, type), JsonSerializer.Serialize(bound, type));
        }
    }

    [Fact]
    public void Names_are_ones_that_Linux_takes() => Assert.All(
        Snapshot.Everything.Settings.Keys.Concat(SampleSettings.Read().Keys), name => Assert.Matches("^[A-Za-z0-9_]+$", name));

    private static void AssertSame(IEnumerable<string> read, string[] host, IEnumerable<string> given)
    {
        var patterns = read.Concat(host).ToDictionary(name => name, PatternOf, StringComparer.Ordinal);
        var names = given.ToArray();
        Assert.Empty(patterns.Where(pattern => !names.Any(pattern.Value.IsMatch)).Select(pattern => $"{pattern.Key} is missing"));
        Assert.Empty(
            names.Where(name => !patterns.Values.Any(pattern => pattern.IsMatch(name))).Select(name => $"{name} is read by nobody"));
    }

    private static Regex PatternOf(string name) => new(
        $"^{Regex.Escape(name).Replace(@"\*", ".+", StringComparison.Ordinal)}$",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(1));
}
