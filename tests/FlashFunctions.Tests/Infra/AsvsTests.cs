using System.Text.RegularExpressions;

namespace FlashFunctions.Tests.Infra;

/// <summary>docs/asvs.md answers every requirement of the chapters that it names, honestly enough to be counted.</summary>
public sealed partial class AsvsTests
{
    /// <summary>By section of ASVS 5.0.0, the level of each requirement in order.</summary>
    private static readonly (string Section, string Levels)[] Sections =
    [
        ("4.1", "12233"), ("4.2", "23333"), ("4.3", "22"), ("4.4", "1222"),
        ("6.1", "122"), ("6.2", "111111112222"), ("6.3", "11223333"), ("6.4", "112233"), ("6.5", "22222333"), ("6.6", "2223"),
        ("6.7", "33"), ("6.8", "2222"),
        ("11.1", "2233"), ("11.2", "22233"), ("11.3", "11233"), ("11.4", "1222"), ("11.5", "23"), ("11.6", "23"), ("11.7", "33"),
        ("13.1", "2333"), ("13.2", "222223"), ("13.3", "2233"), ("13.4", "1222233"),
        ("16.1", "2"), ("16.2", "22222"), ("16.3", "2222"), ("16.4", "222"), ("16.5", "2223"),
    ];

    private static readonly string Page = File.ReadAllText(Repository.Path("docs", "asvs.md"));

    private static string[][] Rows =>
    [
        .. Page.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal) && char.IsAsciiDigit(line[2]))
            .Select(line => line.Split(" | ", StringSplitOptions.TrimEntries).Select(cell => cell.Trim('|', ' ')).ToArray()),
    ];

    [Fact]
    public void Every_requirement_has_its_line_with_its_level()
    {
        var required = Sections.SelectMany(section => section.Levels.Select((level, index) => $"{section.Section}.{index + 1} {level}"));

        Assert.Equal(required, Rows.Select(cells => $"{cells[0]} {cells[1]}"));
    }

    [Fact]
    public void No_line_is_empty_and_each_answer_is_one_of_three()
    {
        Assert.All(Rows, cells => Assert.Equal(6, cells.Length));
        Assert.All(Rows, cells => Assert.All(cells, Assert.NotEmpty));
        Assert.All(Rows, cells => Assert.Matches(Answer(), cells[3]));
    }

    [Fact]
    public void What_is_met_names_where_and_a_test_or_says_why_there_is_none() =>
        Assert.All(Rows.Where(cells => cells[3] == "met"), cells =>
        {
            Assert.NotEqual("—", cells[4]);
            Assert.Matches(Proof(), cells[5]);
        });

    [Fact]
    public void The_counts_are_right()
    {
        var answers = Rows.Select(cells => cells[3]).ToArray();
        var met = answers.Count(answer => answer == "met");
        var notApplicable = answers.Count(answer => answer.StartsWith("not applicable", StringComparison.Ordinal));
        var notMet = answers.Count(answer => answer.StartsWith("not met", StringComparison.Ordinal));

        Assert.Contains(
            $"Of {answers.Length} requirements {met} are met, {notApplicable} are not applicable and {notMet} are not met.",
            Page,
            StringComparison.Ordinal);
    }

    [GeneratedRegex("^(met|not (applicable|met), because .{10,})$", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Answer();

    [GeneratedRegex("^by (reading|the libraries)\\b|`[A-Za-z0-9]+(Tests|Contract)[`.]", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Proof();
}
