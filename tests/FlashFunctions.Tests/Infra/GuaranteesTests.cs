using System.Text.RegularExpressions;

namespace FlashFunctions.Tests.Infra;

/// <summary>docs/guarantees.md names tests that exist.</summary>
public sealed partial class GuaranteesTests
{
    [Fact]
    public void Every_test_that_the_page_names_exists()
    {
        var page = File.ReadAllText(Repository.Path("docs", "guarantees.md"));
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

    private static bool Exists(IEnumerable<string> files, string method) =>
        files.Any(file => method.Length == 0 || File.ReadAllText(file).Contains($" {method}(", StringComparison.Ordinal));

    [GeneratedRegex(
        "`(?<class>[A-Za-z0-9]+(Tests|Contract))(\\.(?<method>\\w+))?`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex NamedTest();
}
