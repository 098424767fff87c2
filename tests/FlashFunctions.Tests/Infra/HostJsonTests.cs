using System.Text.Json;

namespace FlashFunctions.Tests.Infra;

/// <summary>What host.json has to say for the Functions host, since no test here runs that.</summary>
public sealed class HostJsonTests
{
    private readonly JsonElement _host = JsonDocument.Parse(File.ReadAllText(Repository.Path("host.json"))).RootElement;

    [Theory]
    [InlineData("Microsoft.AspNetCore")]
    [InlineData("System.Net.Http")]
    [InlineData("Yarp")]
    public void No_log_holds_the_addresses_of_calls_in_which_keys_and_path_tokens_are(string category) =>
        Assert.Equal("Warning", _host.GetProperty("logging").GetProperty("logLevel").GetProperty(category).GetString());

    [Fact]
    public void The_host_exports_by_OpenTelemetry_as_the_worker_does()
    {
        Assert.Equal("OpenTelemetry", _host.GetProperty("telemetryMode").GetString());
        Assert.False(_host.GetProperty("logging").TryGetProperty("applicationInsights", out _)); // It has no effect in that mode.
    }

    [Fact]
    public void A_failed_job_is_seen_again_after_10_seconds_and_enough_jobs_run_at_once_for_one_provider_to_hang()
    {
        var queues = _host.GetProperty("extensions").GetProperty("queues");

        Assert.Equal("00:00:10", queues.GetProperty("visibilityTimeout").GetString());
        Assert.Equal((32, 64), (queues.GetProperty("batchSize").GetInt32(), queues.GetProperty("newBatchThreshold").GetInt32()));
    }
}
