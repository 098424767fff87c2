namespace FlashFunctions.Tests.Infra;

public sealed class BicepTests : IDisposable
{
    private readonly string _copy = Directory.CreateTempSubdirectory("flashfunctions-infra-").FullName;

    public void Dispose() => Directory.Delete(_copy, recursive: true);

    [Fact]
    public async Task The_infrastructure_has_no_findings()
    {
        var (exitCode, output) = await BicepCheck.RunAsync("check.mjs", BicepCheck.Infra);
        Assert.True(exitCode == 0, output);
    }

    [Theory]
    [InlineData("main.bicep", "output appName string = ", "output appName string ", "cannot be read")]
    [InlineData("modules/app.bicep", "    serverFarmId: plan.id", "    serverFarmId plan.id", "modules/app.bicep:")]
    [InlineData("main.dev.bicepparam", "param monthlyBudget = 20", "param monthlyBudget = ", "main.dev.bicepparam:9: cannot be read")]
    [InlineData("main.bicep", "'modules/storage.bicep'", "'modules/stores.bicep'", "there is no module modules/stores.bicep")]
    [InlineData("main.bicep", "    planName: 'plan-${base}'\n", "", "app needs the parameter planName")]
    [InlineData("main.bicep", "    planName: ", "    plan: 'x'\n    planName: ", "app takes no parameter plan")]
    [InlineData("main.bicep", "storage.outputs.tableServiceUri", "storage.outputs.tables", "storage has no output tables")]
    [InlineData("main.bicep", "name: appName", "name: appNames", "appNames is declared nowhere")]
    [InlineData("main.bicep", "var suffix", "var unread = 'x'\nvar suffix", "unread is used nowhere")]
    [InlineData("main.bicep", "var suffix", "var name = 'x'\nvar suffix", "name is declared twice")]
    [InlineData("main.prod.bicepparam", "param environmentName = 'prod'\n", "", "main.bicep needs the parameter environmentName")]
    [InlineData("main.prod.bicepparam", "param monthlyBudget", "param budget", "main.bicep has no parameter budget")]
    [InlineData("modules/app.bicep", "sites@2024-04-01' =", "sites@2014-04-01' =", "is reviewed at 2024-04-01, not at 2014-04-01")]
    [InlineData("modules/app.bicep", "'Microsoft.Web/serverfarms", "'Microsoft.Web/farms", "Microsoft.Web/farms has not been reviewed")]
    [InlineData("modules/app.bicep", "httpsOnly: true", "httpOnly: true", "has no reviewed property properties.httpOnly")]
    [InlineData("modules/app.bicep", "httpsOnly: true", "httpsOnly: true\n    httpsOnly: false", "httpsOnly is set twice")]
    [InlineData("modules/vault.bicep", "4633458b-", "4633458c-", "is not the id of a reviewed role")]
    public async Task A_mistake_is_found(string file, string right, string wrong, string finding)
    {
        var text = await CopyAsync(file);
        Assert.Contains(right, text, StringComparison.Ordinal);
        var broken = text.Replace(right, wrong, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_copy, file), broken, TestContext.Current.CancellationToken);

        var (exitCode, output) = await BicepCheck.RunAsync("check.mjs", _copy);

        Assert.Equal(1, exitCode);
        Assert.Contains(finding, output, StringComparison.Ordinal);
    }

    private async Task<string> CopyAsync(string file)
    {
        Directory.CreateDirectory(Path.Combine(_copy, "modules"));
        foreach (var path in Directory.EnumerateFiles(BicepCheck.Infra, "*.bicep*", SearchOption.AllDirectories))
        {
            File.Copy(path, Path.Combine(_copy, Path.GetRelativePath(BicepCheck.Infra, path)));
        }

        return await File.ReadAllTextAsync(Path.Combine(_copy, file), TestContext.Current.CancellationToken);
    }
}
