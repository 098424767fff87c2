using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests.Fraud;

/// <summary>The fraud guard on the operators' command line.</summary>
public sealed class FraudCliTests : IAsyncLifetime
{
    private ManagedService _managed = null!;

    public async ValueTask InitializeAsync() => _managed = await ManagedService.StartAsync();

    public ValueTask DisposeAsync() => _managed.DisposeAsync();

    [Fact]
    public async Task Operators_block_list_and_lift()
    {
        var blocked = await RunAsync("fraud", "block", "prefix", "+37253", "--minutes", "30", "--note", "why", "--json");
        var id = blocked.Json.GetProperty("id").GetString()!;
        await _managed.Service.PostAsync("/v1/verify", """{"number":"+37253000001","method":"call"}""");

        Assert.Contains("+37253", (await RunAsync("fraud", "blocks")).Out, StringComparison.Ordinal);
        Assert.Contains(
            "is blocked by an operator", (await RunAsync("fraud", "decisions", "--rule", "list")).Out, StringComparison.Ordinal);
        Assert.Equal($"{id} was lifted.", (await RunAsync("fraud", "lift", id)).Out.Trim());
        Assert.Equal("No blocks.", (await RunAsync("fraud", "blocks")).Out.Trim());
    }

    [Fact]
    public async Task Operators_keep_lists()
    {
        var added = await RunAsync("fraud", "add", "allow", "country", "EE", "--account", "development", "--json");
        var id = added.Json.GetProperty("id").GetString()!;

        Assert.Contains("EE", (await RunAsync("fraud", "list", "allow")).Out, StringComparison.Ordinal);
        Assert.Equal($"{id} was deleted.", (await RunAsync("fraud", "delete", "allow", id)).Out.Trim());
        Assert.Equal("No entries.", (await RunAsync("fraud", "list", "allow")).Out.Trim());
    }

    [Theory]
    [InlineData("value", "fraud", "block", "country", "UK")]
    [InlineData("value", "fraud", "add", "allow", "country", "ZZ")]
    [InlineData("fraud.countries.call[0]", "accounts", "create", "britons", "--countries", "UK")]
    public async Task Operators_read_that_a_country_does_not_exist(string field, params string[] arguments)
    {
        var run = await CliRun.OfAsync(_managed, arguments);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(field, run.Error, StringComparison.Ordinal);
        Assert.Contains("must be a country with numbers", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operators_preview_settings()
    {
        await _managed.Service.VerifyAsync("+37253000001");

        var preview = await RunAsync(
            "fraud", "preview", "development", "--hours", "1", "--fraud", """{"countries":{"call":["LV"]}}""", "--json");

        Assert.Equal((1, 1), (preview.Json.GetProperty("requests").GetInt32(), preview.Json.GetProperty("refused").GetInt32()));
        Assert.Contains(
            "country",
            (await RunAsync("fraud", "preview", "development", "--fraud", """{"countries":{"call":["LV"]}}""")).Out,
            StringComparison.Ordinal);
    }

    private async Task<CliRun> RunAsync(params string[] arguments)
    {
        var run = await CliRun.OfAsync(_managed, arguments);
        Assert.True(run.ExitCode == 0, run.Error);
        return run;
    }
}
