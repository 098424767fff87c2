using System.Text.RegularExpressions;
using FlashFunctions.Tests.Infra;

namespace FlashFunctions.Tests.Pages;

/// <summary>What the console's files must not contain, whatever a browser makes of it.</summary>
public sealed class ConsoleSourceTests
{
    private static readonly string Folder = Repository.Path("src", "FlashFunctions", "Console");

    private static string[] Scripts => [.. Directory.EnumerateFiles(Folder, "*.js", SearchOption.AllDirectories)];

    [Theory]
    [InlineData("innerHTML")]
    [InlineData("outerHTML")]
    [InlineData("insertAdjacentHTML")]
    [InlineData("createContextualFragment")]
    [InlineData("setHTMLUnsafe")]
    [InlineData("DOMParser")]
    [InlineData("document.write")]
    [InlineData("eval(")]
    [InlineData("new Function")]
    [InlineData("localStorage")]
    [InlineData("document.cookie")]
    public void Text_becomes_text_and_the_key_stays_in_the_tab(string forbidden) =>
        Assert.All(Scripts, script => Assert.DoesNotContain(forbidden, File.ReadAllText(script), StringComparison.Ordinal));

    [Fact]
    public void No_file_names_a_foreign_address()
    {
        foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            var addresses = Regex.Matches(
                    File.ReadAllText(file),
                    """(?:https?:)?//[a-z0-9][\w.-]+\.[a-z]{2,}[^\s'"`]*""",
                    RegexOptions.IgnoreCase,
                    TimeSpan.FromSeconds(5))
                .Select(match => match.Value)
                .Where(address => address != "http://www.w3.org/2000/svg");
            Assert.Empty(addresses);
        }
    }

    [Fact]
    public void The_function_key_is_read_by_the_file_that_sends_it_alone() =>
        Assert.Equal(
            ["api.js"],
            Scripts
                .Where(script => File.ReadAllText(script).Contains("sessionStorage", StringComparison.Ordinal))
                .Select(Path.GetFileName));

    [Fact]
    public void The_function_key_is_entered_in_a_password_field_that_may_be_pasted_into()
    {
        var page = File.ReadAllText(Path.Combine(Folder, "app.js"));

        Assert.Contains("field('Function key', { name: 'key', kind: 'password'", page, StringComparison.Ordinal);
        Assert.All(Scripts, script => Assert.DoesNotMatch("onpaste|['\"]paste['\"]", File.ReadAllText(script)));
    }

    [Fact]
    public void All_files_together_are_less_than_150_KB()
    {
        var weight = Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);

        Assert.True(weight < 150_000, $"{weight} bytes");
    }
}
