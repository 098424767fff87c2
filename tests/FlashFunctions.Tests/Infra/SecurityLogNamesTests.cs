using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using FlashFunctions.Core.Security;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Tests.Infra;

/// <summary>
/// What the documentation calls an event of the security log is what the code calls it, with the same id, level and fields.
/// </summary>
public sealed partial class SecurityLogNamesTests
{
    [Fact]
    public async Task The_documentation_names_every_event_with_its_fields_and_no_other()
    {
        var text = await File.ReadAllTextAsync(Repository.Path("docs", "security-log.md"), TestContext.Current.CancellationToken);
        var documented = Row().Matches(text).Select(row => string.Join(
            ' ',
            [
                row.Groups["id"].Value, row.Groups["event"].Value, row.Groups["level"].Value,
                .. Field().Matches(row.Groups["fields"].Value).Select(field => field.Groups["name"].Value)
            ]));

        Assert.Equal(InCode(), documented);
        Assert.Contains($"`{SecurityLog.Category}`", text, StringComparison.Ordinal);
    }

    private static IEnumerable<string> InCode() => typeof(SecurityLog).GetNestedType("Log", BindingFlags.NonPublic)!
        .GetMethods(BindingFlags.Static | BindingFlags.Public)
        .Select(method => (Name: method.Name, Event: method.GetCustomAttribute<LoggerMessageAttribute>()!))
        .OrderBy(pair => pair.Event.EventId)
        .Select(pair => string.Join(
            ' ',
            [
                pair.Event.EventId.ToString(CultureInfo.InvariantCulture), pair.Name, pair.Event.Level.ToString(),
                .. Placeholder().Matches(pair.Event.Message).Select(field => field.Groups["name"].Value).Where(name => name != "Count"),
            ]));

    [GeneratedRegex(
        @"^\| (?<id>\d+) \| `(?<event>\w+)` \| (?<level>\w+) \| (?<fields>.*) \|$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Row();

    [GeneratedRegex("`(?<name>[A-Za-z]+)`", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Field();

    [GeneratedRegex(@"\{(?<name>[A-Za-z]+)\}", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Placeholder();
}
