namespace FlashFunctions.Tests.Infra;

/// <summary>
/// The infrastructure, as the Bicep compiler reads it. Any warning is a mistake: a misspelt property or a wrong type is no more than that
/// to it.
/// </summary>
public sealed class BicepTests : IDisposable
{
    // Everything else that the compiler finds has to be put right.
    private static readonly string[] Excused =
        ["BCP037 siteUpdateStrategy: {", "secure-secrets-in-params param settingNames string[] = objectKeys(settings)"];

    private readonly string _copy = Directory.CreateTempSubdirectory("flashfunctions-infra-").FullName;

    public static TheoryData<string> Files { get; } =
        [.. Directory.EnumerateFiles(BicepCompiler.Infra, "*.bicep*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(BicepCompiler.Infra, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(_copy, recursive: true);

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_file_compiles_without_a_warning(string file)
    {
        var path = Path.Combine(BicepCompiler.Infra, file);
        var build = file.EndsWith(".bicepparam", StringComparison.Ordinal) ? "build-params" : "build";
        var built = await BicepCompiler.RunAsync(build, path, "--stdout");
        var linted = await BicepCompiler.RunAsync("lint", path);

        Assert.Equal((0, "", 0, "", ""), (built.ExitCode, built.Messages, linted.ExitCode, linted.Output, linted.Messages));
    }

    [Fact]
    public void Nothing_that_the_compiler_finds_is_excused_but_what_is_known()
    {
        var disabled = Files.SelectMany(file => File.ReadAllLines(Path.Combine(BicepCompiler.Infra, file.Data)) is var lines
            ? lines.Index().Where(line => line.Item.Contains("#disable", StringComparison.Ordinal))
                .Select(line => $"{line.Item.Trim()["#disable-next-line ".Length..]} {lines[line.Index + 1].Trim()}")
            : []);
        Assert.Equal(Excused.Order(StringComparer.Ordinal), disabled.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("modules/app.bicep", "httpsOnly: true", "httpOnly: true", "BCP089")]
    [InlineData("modules/app.bicep", "reserved: true", "reserved: 'true'", "BCP036")]
    [InlineData("modules/app.bicep", "serverfarms@2024-04-01", "serverfarms@2014-04-01", "BCP081")]
    [InlineData("main.bicep", "    planName: 'plan-${base}'\n", "", "BCP035")]
    [InlineData("main.bicep", "var suffix", "var unread = 'x'\nvar suffix", "no-unused-vars")]
    [InlineData("main.prod.bicepparam", "param monthlyBudget", "param budget", "BCP259")]
    public async Task A_mistake_is_found(string file, string right, string wrong, string code)
    {
        await CopyAsync(file, right, wrong);
        var (_, output, messages) = await BicepCompiler.RunAsync("lint", Path.Combine(_copy, file));
        Assert.Contains(code, output + messages, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    [InlineData("everything")]
    public async Task A_snapshot_shows_what_is_deployed(string name)
    {
        var (exitCode, output, messages) = await BicepCompiler.SnapshotAsync(Path.Combine(BicepCompiler.Infra, $"main.{name}.bicepparam"));
        Assert.True(exitCode == 0 && messages.Length == 0, $"{output}{messages}\nIf that is meant: see docs/deployment.md, \"What checks it\".");
    }

    [Theory]
    [InlineData("param zoneRedundant = true", "param zoneRedundant = false", 0, "")]
    [InlineData("    instanceCount: 3\n", "    instanceCount: 1\n", 1, "zoneRedundant needs an instanceCount of at least 2 for http.")]
    [InlineData("  'first@example.com'\n  'second@example.com'\n", "", 1, "prod needs alertEmails")]
    [InlineData("'https://lanck.example/v1'", "''", 1, "lanckBaseAddress is needed while providers names lanck")]
    public async Task What_cannot_work_is_refused_before_anything_is_deployed(string right, string wrong, int exitCode, string message)
    {
        const string File = "main.everything.bicepparam";
        await CopyAsync(File, right, wrong);
        var refused = await BicepCompiler.SnapshotAsync(Path.Combine(_copy, File), "overwrite");
        Assert.Equal(exitCode, refused.ExitCode);
        Assert.Contains(message, refused.Messages, StringComparison.Ordinal);
    }

    private async Task CopyAsync(string file, string right, string wrong)
    {
        Directory.CreateDirectory(Path.Combine(_copy, "modules"));
        foreach (var path in Directory.EnumerateFiles(BicepCompiler.Infra, "*.bicep*", SearchOption.AllDirectories))
        {
            File.Copy(path, Path.Combine(_copy, Path.GetRelativePath(BicepCompiler.Infra, path)));
        }

        var text = await File.ReadAllTextAsync(Path.Combine(_copy, file), TestContext.Current.CancellationToken);
        Assert.Contains(right, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            Path.Combine(_copy, file), text.Replace(right, wrong, StringComparison.Ordinal), TestContext.Current.CancellationToken);
    }
}
