using FlashFunctions.Tests.Infra;

namespace FlashFunctions.Tests.Architecture;

/// <summary>
/// A line of code has at most 140 characters. Outside <c>src</c> the text of a raw string may be longer, since a break would change what it
/// says.
/// </summary>
public sealed class LineLengthTests
{
    private const int Longest = 140;
    private const string RawQuotes = "\"\"\"";

    [Theory]
    [InlineData("src", false)]
    [InlineData("samples", false)]
    [InlineData("tests", true)]
    [InlineData("bench", true)]
    public void No_line_is_longer_than_140_characters(string folder, bool mayRawTextBeLonger) =>
        Assert.Empty(Sources(folder).SelectMany(file => TooLong(File.ReadLines(file), mayRawTextBeLonger)
            .Select(line => $"{Path.GetRelativePath(Repository.Path(), file)}:{line}")));

    [Fact]
    public void Only_the_text_of_a_raw_string_may_be_longer()
    {
        string[] lines = ["var text = $\"\"\"", new('x', 141), "    \"\"\";", new('x', 141), $"Call(\"\"\"{new string('x', 141)}\"\"\");"];

        Assert.Equal([4, 5], TooLong(lines, mayRawTextBeLonger: true));
        Assert.Equal([2, 4, 5], TooLong(lines, mayRawTextBeLonger: false));
    }

    private static IEnumerable<int> TooLong(IEnumerable<string> lines, bool mayRawTextBeLonger)
    {
        var (number, isRaw) = (0, false);
        foreach (var line in lines)
        {
            number++;
            var isText = isRaw;
            isRaw ^= line.Split(RawQuotes).Length % 2 == 0;
            if (line.Length > Longest && !(mayRawTextBeLonger && isText && isRaw))
            {
                yield return number;
            }
        }
    }

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Repository.Path(folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));
}
