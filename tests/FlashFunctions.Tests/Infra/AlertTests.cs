using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Security;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Tests.Infra;

/// <summary>What alerts ask for is there to be found, and is not sampled away.</summary>
public sealed partial class AlertTests
{
    // What ingestion fills: measurements, which no sampling touches, and the log of ingestion itself, which its own limit does not stop.
    private static readonly string[] Unsampled = ["AppMetrics", "_LogOperation"];

    [Fact]
    public void Every_query_reads_a_table_that_sampling_does_not_thin_out() => Assert.All(
        Snapshot.Everything.Queries, query => Assert.Contains(query.Value.Trim().Split('\n')[0].Trim(), Unsampled));

    [Fact]
    public async Task Every_query_names_measurements_that_exist()
    {
        var instruments = await TelemetryNamesTests.InstrumentsAsync();
        var measured = Snapshot.Everything.Queries.Where(query => query.Value.Contains("AppMetrics", StringComparison.Ordinal)).ToArray();
        Assert.Equal(7, measured.Length);
        Assert.All(measured, query => Assert.NotEmpty(Metric().Matches(query.Value)));
        Assert.All(
            measured.SelectMany(query => Metric().Matches(query.Value)), match => Assert.Contains(match.Groups["name"].Value, instruments));
    }

    [Fact]
    public void Every_query_names_outcomes_that_are_measured()
    {
        var attempts = typeof(PlaceOutcome).GetNestedTypes().Select(type => JsonNamingPolicy.SnakeCaseLower.ConvertName(type.Name));
        string[] known = [.. attempts, $"error_{Problem.Unavailable().ErrorCode}", "exception"];
        var named = Snapshot.Everything.Queries.Values.SelectMany(query => Outcomes().Matches(query))
            .SelectMany(match => match.Groups["list"].Value.Split(','))
            .Select(outcome => outcome.Trim().Trim('"'))
            .ToArray();
        Assert.NotEmpty(named);
        Assert.All(named, outcome => Assert.Contains(outcome, known));
    }

    [Fact]
    public void What_a_query_searches_messages_for_is_logged()
    {
        var messages = new[] { typeof(ServiceOptions).Assembly, typeof(ServiceRegistration).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()?.Message)
            .OfType<string>()
            .ToArray();
        var phrases = Snapshot.Everything.Queries.Values
            .SelectMany(query => Phrase().Matches(query))
            .Select(match => match.Groups["phrase"].Value);
        Assert.All(phrases, phrase => Assert.Contains(messages, message => message.Contains(phrase, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_limit_of_logs_has_an_alert_of_its_own() => Assert.Contains(
        "\"OverQuota\"", Snapshot.Prod.Queries["FlashFunctions: log-limit"], StringComparison.Ordinal);

    [Fact]
    public void A_backlog_and_a_dead_app_are_noticed_by_what_the_platform_measures()
    {
        var alerts = Snapshot.Prod.Of("Microsoft.Insights/metricAlerts");
        Assert.Equal(2, alerts.Count);
        var backlog = Assert.Single(alerts, alert => alert.LastName.Contains("backlog", StringComparison.Ordinal));
        var criterion = Assert.Single(backlog.At("criteria", "allOf").EnumerateArray());
        Assert.Equal("QueueMessageCount", criterion.GetProperty("metricName").GetString());
        Assert.EndsWith(
            "/queueServices/default", Assert.Single(backlog.At("scopes").EnumerateArray()).GetString(), StringComparison.Ordinal);
        var probe = Assert.Single(Snapshot.Prod.Of("Microsoft.Insights/webtests"));
        Assert.Contains("/healthz?sweepWithin=600", probe.At("Request", "RequestUrl").GetString(), StringComparison.Ordinal);
        Assert.Equal(probe.Id, Assert.Single(alerts, alert => alert != backlog).At("criteria", "webTestId").GetString());
    }

    [Fact]
    public void Every_alert_reaches_the_people_named()
    {
        var group = Assert.Single(Snapshot.Everything.Of("Microsoft.Insights/actionGroups"));
        Assert.Equal(
            ["first@example.com", "second@example.com"],
            group.At("emailReceivers").EnumerateArray().Select(receiver => receiver.GetProperty("emailAddress").GetString()));
        Deployed[] rules =
        [
            .. Snapshot.Everything.Of("Microsoft.Insights/scheduledQueryRules"),
            .. Snapshot.Everything.Of("Microsoft.Insights/metricAlerts"),
        ];
        Assert.Equal(10, rules.Length);
        Assert.All(rules, rule => Assert.Contains(group.Id, rule.At("actions").GetRawText(), StringComparison.Ordinal));
        Assert.All(rules, rule => Assert.True(rule.At("enabled").GetBoolean()));
    }

    [GeneratedRegex(@"Name == ""(?<name>[^""]+)""", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Metric();

    [GeneratedRegex(@"Properties\.outcome\) in \((?<list>[^)]+)\)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Outcomes();

    [GeneratedRegex(@"Message !?has(_cs)? ""(?<phrase>[^""]+)""", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Phrase();
}
