using System.Text.RegularExpressions;

namespace FlashFunctions.Tests.Infra;

/// <summary>Pages that say which test attacks a promise, a threat or a requirement name tests that exist.</summary>
public sealed partial class GuaranteesTests
{
    [Theory]
    [InlineData("docs/guarantees.md")]
    [InlineData("docs/asvs.md")]
    [InlineData("docs/connections.md")]
    [InlineData("docs/cryptography.md")]
    [InlineData("SECURITY.md")]
    public void Every_test_that_the_page_names_exists(string file)
    {
        var page = File.ReadAllText(Repository.Path(file));
        var sources = Directory.GetFiles(Repository.Path("tests"), "*.cs", SearchOption.AllDirectories)
            .ToLookup(file => Path.GetFileNameWithoutExtension(file), StringComparer.Ordinal);
        var named = NamedTest()
            .Matches(page)
            .Select(match => (Class: match.Groups["class"].Value, Method: match.Groups["method"].Value))
            .Distinct()
            .ToList();

        Assert.NotEmpty(named);
        Assert.Empty(named.Where(test => !Exists(sources[test.Class], test.Method)).Select(test => $"{test.Class}.{test.Method}"));
    }

    [Fact]
    public void Every_threat_has_a_test_that_attacks_it_and_says_what_is_left()
    {
        var model = File.ReadAllText(Repository.Path("SECURITY.md")).Split("## Threat model")[1].Split("### Ways in")[0];
        var threats = model.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1])
            .Where(cells => cells[0] is not ("who" or "---"))
            .ToArray();

        Assert.True(threats.Length >= 16);
        Assert.All(threats, cells => Assert.All(cells, Assert.NotEmpty));
        Assert.All(threats, cells => Assert.Matches(NamedTest(), cells[3]));
    }

    private static bool Exists(IEnumerable<string> files, string method) =>
        files.Any(file => method.Length == 0 || File.ReadAllText(file).Contains($" {method}(", StringComparison.Ordinal));

    [GeneratedRegex(
        "`(?<class>[A-Za-z0-9]+(Tests|Contract))(\\.(?<method>\\w+))?`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex NamedTest();
}
