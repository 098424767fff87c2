using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace FlashFunctions.Tests.Infra;

/// <summary>The settings that the code reads, those that the Bicep sets and those that the sample names are the same ones.</summary>
public sealed class AppSettingsTests
{
    private static readonly string[] NotInTheCloud = ["Storage", "DevelopmentAccount__KeyId", "DevelopmentAccount__Secret"];
    private static readonly string[] NotOnOneMachine = ["Storage__TableServiceUri", "Storage__QueueServiceUri", "Storage__ClientId"];
    private static readonly string[] DependOnWhereItRuns = ["Numbers__RequireAssignedRange", "Storage__createAtStart"];
    private static readonly string[] OfTheHostInTheCloud =
    [
        "AzureWebJobsStorage__accountName", "AzureWebJobsStorage__credential", "AzureWebJobsStorage__clientId", "Storage__credential",
        "AzureFunctionsJobHost__extensions__queues__batchSize", "AzureFunctionsJobHost__extensions__queues__newBatchThreshold",
        "APPLICATIONINSIGHTS_CONNECTION_STRING", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "OTEL_SERVICE_NAME", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL",
    ];

    private static readonly string[] OfTheHostOnOneMachine =
    [
        "AzureWebJobsStorage", "FUNCTIONS_WORKER_RUNTIME", "AZURE_FUNCTIONS_ENVIRONMENT", "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "OTEL_SERVICE_NAME", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL",
    ];

    [Fact]
    public async Task The_Bicep_sets_every_setting_that_the_code_reads_and_no_other()
    {
        var facts = await BicepFacts.ReadAsync();
        AssertSame(CodeSettings.All.Except(NotInTheCloud, StringComparer.OrdinalIgnoreCase), OfTheHostInTheCloud, facts.AppSettings.Keys);
    }

    [Fact]
    public void The_sample_names_every_setting_that_the_code_reads_and_no_other() => AssertSame(
        CodeSettings.All.Except(NotOnOneMachine, StringComparer.OrdinalIgnoreCase), OfTheHostOnOneMachine, SampleSettings.Read().Keys);

    [Fact]
    public async Task The_Bicep_sets_what_the_code_has_for_a_default()
    {
        var facts = await BicepFacts.ReadAsync();
        foreach (var (section, type) in CodeSettings.Sections)
        {
            var prefix = section.Replace(":", "__", StringComparison.Ordinal) + "__";
            var literals = facts.AppSettings.Where(pair => pair.Value is not null && pair.Key.StartsWith(prefix, StringComparison.Ordinal));
            var configuration = SampleSettings.Configuration(literals.Where(pair => !DependOnWhereItRuns.Contains(pair.Key)));
            var bound = Activator.CreateInstance(type)!;
            configuration.GetSection(section).Bind(bound);
            Assert.Equal(JsonSerializer.Serialize(Activator.CreateInstance(type)!, type), JsonSerializer.Serialize(bound, type));
        }
    }

    [Fact]
    public async Task Names_are_ones_that_Linux_takes()
    {
        var facts = await BicepFacts.ReadAsync();
        Assert.All(facts.AppSettings.Keys.Concat(SampleSettings.Read().Keys), name => Assert.Matches("^[A-Za-z0-9_*]+$", name));
    }

    private static void AssertSame(IEnumerable<string> read, string[] host, IEnumerable<string> given)
    {
        var patterns = read.Concat(host).ToDictionary(name => name, PatternOf, StringComparer.Ordinal);
        var names = given.ToArray();
        Assert.Empty(patterns.Where(pattern => !names.Any(pattern.Value.IsMatch)).Select(pattern => $"{pattern.Key} is missing"));
        Assert.Empty(names.Where(name => !patterns.Values.Any(pattern => pattern.IsMatch(name))).Select(name => $"{name} is read by nobody"));
    }

    private static Regex PatternOf(string name) => new(
        $"^{Regex.Escape(name).Replace(@"\*", ".+", StringComparison.Ordinal)}$",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(1));
}
