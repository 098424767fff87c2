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

    // A file, what is right in it, what is wrong in its place, and what the compiler calls that.
    private static readonly (string File, string Right, string Wrong, string Code)[] Mistakes =
    [
        ("modules/app.bicep", "httpsOnly: true", "httpOnly: true", "BCP089"),
        ("modules/app.bicep", "reserved: true", "reserved: 'true'", "BCP036"),
        ("modules/app.bicep", "serverfarms@2024-04-01", "serverfarms@2014-04-01", "BCP081"),
        ("main.bicep", "    planName: 'plan-${base}'\n", "", "BCP035"),
        ("main.bicep", "var suffix", "var unread = 'x'\nvar suffix", "no-unused-vars"),
        ("main.prod.bicepparam", "param monthlyBudget", "param budget", "BCP259"),
    ];

    private static IReadOnlyList<string> Files { get; } =
        [.. Directory.EnumerateFiles(BicepCompiler.Infra, "*.bicep*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(BicepCompiler.Infra, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(_copy, recursive: true);

    /// <summary>The compiler's start takes longer than all files together, so it is started once for all of them.</summary>
    [Fact]
    public async Task Every_file_compiles_without_a_warning()
    {
        var files = Copy(_copy);
        var built = await BicepCompiler.RunAsync("build", "--pattern", $"{_copy}/**/*.bicep");
        var withParameters = await BicepCompiler.RunAsync("build-params", "--pattern", $"{_copy}/**/*.bicepparam");
        var linted = await BicepCompiler.RunAsync("lint", "--pattern", $"{_copy}/**/*.bicep*");

        Assert.Equal([(0, "", ""), (0, "", ""), (0, "", "")], [built, withParameters, linted]);
        Assert.All(files, file => Assert.True(File.Exists(Path.ChangeExtension(file, "json")), $"{file} was not compiled."));
    }

    [Fact]
    public void Nothing_that_the_compiler_finds_is_excused_but_what_is_known()
    {
        var disabled = Files.SelectMany(file => File.ReadAllLines(Path.Combine(BicepCompiler.Infra, file)) is var lines
            ? lines.Index().Where(line => line.Item.Contains("#disable", StringComparison.Ordinal))
                .Select(line => $"{line.Item.Trim()["#disable-next-line ".Length..]} {lines[line.Index + 1].Trim()}")
            : []);
        Assert.Equal(Excused.Order(StringComparer.Ordinal), disabled.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_mistake_is_found()
    {
        var places = new List<(string Place, string Code)>();
        foreach (var (index, (file, right, wrong, code)) in Mistakes.Index())
        {
            var folder = Path.Combine(_copy, $"{index}");
            Copy(folder);
            await ChangeAsync(Path.Combine(folder, file), right, wrong);
            var place = Path.Combine(folder, Path.GetDirectoryName(file)!, $"mistaken{Path.GetExtension(file)}");
            File.Move(Path.Combine(folder, file), place);
            places.Add((place, code));
        }

        var (_, output, messages) = await BicepCompiler.RunAsync("lint", "--pattern", $"{_copy}/**/mistaken.bicep*");
        var lines = $"{output}\n{messages}".Split('\n');
        Assert.All(places, mistake => Assert.Contains(
            lines,
            line => line.StartsWith($"{mistake.Place}(", StringComparison.Ordinal)
            && line.Contains($" {mistake.Code}: ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    [InlineData("everything")]
    public async Task A_snapshot_shows_what_is_deployed(string name)
    {
        var (exitCode, output, messages) = await BicepCompiler.SnapshotAsync(Path.Combine(BicepCompiler.Infra, $"main.{name}.bicepparam"));
        Assert.True(
            exitCode == 0 && messages.Length == 0, $"{output}{messages}\nIf that is meant: see docs/deployment.md, \"What checks it\".");
    }

    [Theory]
    [InlineData("param zoneRedundant = true", "param zoneRedundant = false", 0, "")]
    [InlineData("    instanceCount: 3\n", "    instanceCount: 1\n", 1, "zoneRedundant needs an instanceCount of at least 2 for http.")]
    [InlineData("  'first@example.com'\n  'second@example.com'\n", "", 1, "prod needs alertEmails")]
    [InlineData("'https://lanck.example/v1'", "''", 1, "lanckBaseAddress is needed while providers names lanck")]
    public async Task What_cannot_work_is_refused_before_anything_is_deployed(string right, string wrong, int exitCode, string message)
    {
        const string File = "main.everything.bicepparam";
        Copy(_copy);
        await ChangeAsync(Path.Combine(_copy, File), right, wrong);
        var refused = await BicepCompiler.SnapshotAsync(Path.Combine(_copy, File), "overwrite");
        Assert.Equal(exitCode, refused.ExitCode);
        Assert.Contains(message, refused.Messages, StringComparison.Ordinal);
    }

    /// <summary>Copies the infrastructure, and gives the paths of its copy.</summary>
    private static List<string> Copy(string folder)
    {
        var copies = new List<string>();
        foreach (var file in Files)
        {
            var copy = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(BicepCompiler.Infra, file), copy);
            copies.Add(copy);
        }

        return copies;
    }

    private static async Task ChangeAsync(string path, string right, string wrong)
    {
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        Assert.Contains(right, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, text.Replace(right, wrong, StringComparison.Ordinal), TestContext.Current.CancellationToken);
    }
}
