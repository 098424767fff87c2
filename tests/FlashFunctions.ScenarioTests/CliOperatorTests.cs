using FlashFunctions.Cli;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>The operator's program can do what the console can.</summary>
public sealed class CliOperatorTests : IAsyncLifetime
{
    private const string Number = "+37253000001";

    private ManagedService _managed = null!;

    private TestService Service => _managed.Service;

    public async ValueTask InitializeAsync() => _managed = await ManagedService.StartAsync();

    public ValueTask DisposeAsync() => _managed.DisposeAsync();

    [Fact]
    public async Task Requests_are_searched_and_their_timeline_is_read()
    {
        var id = await Service.VerifyAsync(Number, Steps.CallsBy("unibell") + ""","reference":"order 1" """);
        await Service.PumpAsync();
        await Service.CheckAsync(id, Service.CodeOn(Number));

        var found = await RunAsync("requests", "search", "--number", Number);
        foreach (var text in (string[])[id, "verify.call", "unibell", "verified", "order 1"])
        {
            Assert.Contains(text, found.Out, StringComparison.Ordinal);
        }

        Assert.Contains(
            id, (await RunAsync("requests", "search", "--reference", "order 1", "--result", "verified")).Out, StringComparison.Ordinal);
        Assert.Equal("No requests.", (await RunAsync("requests", "search", "--country", "DE")).Out.Trim());
        Assert.Equal(id, (await RunAsync("requests", "search", "--json")).Json.GetProperty("requests")[0].GetProperty("id").GetString());
        Assert.Equal(1, (await CliRun.OfAsync(_managed, "requests", "search", "--limit", "0")).ExitCode);

        await Service.VerifyAsync("+37253000002");
        Assert.Contains("More with --after ", (await RunAsync("requests", "search", "--limit", "1")).Out, StringComparison.Ordinal);
        var timeline = await RunAsync("requests", "timeline", id);
        Assert.Contains("The right code was entered.", timeline.Out, StringComparison.Ordinal);
        Assert.Contains($"(Request {id})", timeline.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_numbers_are_set_listed_and_deleted()
    {
        Assert.Contains(
            "late, 10 s", (await RunAsync("test-numbers", "set", Number, "445566", "--outcome", "late")).Out, StringComparison.Ordinal);
        var listed = await RunAsync("test-numbers", "list");
        Assert.Contains(Number, listed.Out, StringComparison.Ordinal);
        Assert.Contains("in the settings", listed.Out, StringComparison.Ordinal);
        Assert.Equal("VERIFIED", (await Service.CheckAsync(await Service.VerifyAsync(Number), "5566")).Text("status"));
        Assert.Equal(0, (await CliRun.OfAsync(_managed, "test-numbers", "delete", Number)).ExitCode);
        Assert.Equal(1, (await CliRun.OfAsync(_managed, "test-numbers", "delete", Number)).ExitCode);
        Assert.Equal(2, (await CliRun.OfAsync(_managed, "test-numbers", "set", Number, "445566", "--outcome", "engaged")).ExitCode);
    }

    [Fact]
    public async Task The_overview_and_conversion_are_tables()
    {
        var id = await Service.VerifyAsync(Number, Steps.CallsBy("unibell"));
        await Service.PumpAsync();
        await Service.CheckAsync(id, Service.CodeOn(Number));
        await Service.SweepAsync();
        await Service.PassAsync(TimeSpan.FromMinutes(8));
        await Service.SweepAsync();

        var overview = await RunAsync("overview");
        foreach (var text in (string[])["This hour", "A week ago", "100.0 %", "Timer behind", "unibell"])
        {
            Assert.Contains(text, overview.Out, StringComparison.Ordinal);
        }

        Assert.Matches("Jobs wait +flash-dispatch 0 s, flash-reports 0 s, flash-callbacks 0 s", overview.Out);
        Assert.Matches("Active blocks +0, 0 observed", overview.Out);
        var health = await RunAsync("health");
        Assert.Matches("Jobs wait +flash-dispatch 0 s", health.Out);
        Assert.Matches("unibell +ok +4 to 6", health.Out);
        Assert.True((await RunAsync("overview", "--json")).Json.TryGetProperty("funnel", out _));
        var conversion = await RunAsync("conversion", "--by", "provider,country");
        Assert.Matches(@"unibell +EE +1", conversion.Out);
        var csv = (await RunAsync("conversion", "--by", "provider,country", "--csv")).Out.Split('\n');
        Assert.StartsWith("provider,country,", csv[0], StringComparison.Ordinal);
        Assert.StartsWith("unibell,EE,1,", csv[1], StringComparison.Ordinal);
        Assert.Equal("Nothing was counted.", (await RunAsync("conversion", "--country", "DE")).Out.Trim());
    }

    [Theory]
    [InlineData("bash", "complete -F _flashfunctions flashfunctions")]
    [InlineData("zsh", "compdef _flashfunctions flashfunctions")]
    public async Task Shells_complete_command_lines(string shell, string text)
    {
        Assert.Contains(text, (await RunAsync("completion", shell)).Out, StringComparison.Ordinal);
        Assert.Contains("timeline", (await RunAsync("[suggest:11]", "requests ti")).Out, StringComparison.Ordinal);
        Assert.Contains("--result", (await RunAsync("[suggest:21]", "requests search --res")).Out, StringComparison.Ordinal);
        Assert.Contains("undeliverable", (await RunAsync("[suggest:28]", "requests search --result und")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_redirected_has_no_colours()
    {
        await Service.VerifyAsync(Number);

        Assert.DoesNotContain('\u001b', (await RunAsync("requests", "search")).Out);
    }

    private async Task<CliRun> RunAsync(params string[] arguments)
    {
        var run = await CliRun.OfAsync(_managed, arguments);
        Assert.Equal((ExitCodes.Done, ""), (run.ExitCode, run.Error));
        return run;
    }
}
