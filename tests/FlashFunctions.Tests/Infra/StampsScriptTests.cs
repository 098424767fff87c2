namespace FlashFunctions.Tests.Infra;

/// <summary>infra/stamps.sh, which deploys several stamps one after another; only what it prints with --dry-run.</summary>
public sealed class StampsScriptTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stamps").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Each_stamp_is_deployed_into_its_own_resource_group_in_its_region()
    {
        var (exitCode, output) = await RunAsync("# two\neu1 westeurope stamp.bicepparam\n\nus1  eastus  stamp.bicepparam", "--dry-run");

        Assert.True(exitCode == 0, output);
        var groups = output.Split('\n').Where(line => line.StartsWith("+ az group create", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, groups.Length);
        Assert.Contains("--name rg-flashfunctions-prod-eu1 --location westeurope ", groups[0], StringComparison.Ordinal);
        Assert.Contains("--name rg-flashfunctions-prod-us1 --location eastus ", groups[1], StringComparison.Ordinal);
        Assert.Contains("stamp us1, eastus (2 of 2)", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("EU westeurope stamp.bicepparam", "line 1: a name is")]
    [InlineData("eu1 westeurope", "line 1: name, region and parameter file")]
    [InlineData("eu1 westeurope stamp.bicepparam\neu1 eastus stamp.bicepparam", "line 2: eu1 is there twice")]
    [InlineData("eu1 westeurope other.bicepparam", "there is no file other.bicepparam")]
    [InlineData("# nothing", "names no stamp")]
    public async Task A_malformed_file_deploys_nothing_and_says_which_line(string stamps, string message)
    {
        var (exitCode, output) = await RunAsync(stamps, "--dry-run");

        Assert.NotEqual(0, exitCode);
        Assert.Contains(message, output, StringComparison.Ordinal);
        Assert.DoesNotContain("+ az", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stamp_that_fails_stops_the_ones_after_it()
    {
        var (exitCode, output) = await RunAsync("eu1 westeurope stamp.bicepparam\nus1 eastus stamp.bicepparam", "--dry-run", "--nonsense");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("stamp eu1 failed; the stamps after it were not touched", output, StringComparison.Ordinal);
        Assert.DoesNotContain("us1", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Region_and_resource_group_come_from_the_file_alone()
    {
        var (exitCode, output) = await RunAsync("eu1 westeurope stamp.bicepparam", "--location", "eastus");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("--location is taken from", output, StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Output)> RunAsync(string stamps, params string[] options)
    {
        File.Copy(Repository.Path("infra", "main.prod.bicepparam"), Path.Combine(_folder, "stamp.bicepparam"), overwrite: true);
        var file = Path.Combine(_folder, "stamps");
        File.WriteAllText(file, stamps);
        return StandInTools.RunWithAsync("/usr/bin:/bin", "stamps.sh", [file, .. options]);
    }
}
