using System.Text.RegularExpressions;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Tests.Infra;

/// <summary>The table of what is stored where names every table, and no other.</summary>
public sealed partial class PersonalDataTableTests
{
    [Fact]
    public void Every_table_says_what_it_holds_of_a_person_and_for_how_long()
    {
        var lines = File.ReadAllLines(Repository.Path("docs", "personal-data.md"));
        var named = lines.Select(line => TableRow().Match(line)).Where(row => row.Success).ToArray();

        Assert.Equal(
            TableNames.All.Order(StringComparer.Ordinal), named.Select(row => row.Groups["name"].Value).Order(StringComparer.Ordinal));
        Assert.All(named, row => Assert.NotEmpty(row.Groups["long"].Value.Trim()));
    }

    [GeneratedRegex(@"^\| (?<name>[A-Z]\w+) \|[^|]+\|[^|]+\|(?<long>[^|]+)\|$", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex TableRow();
}
