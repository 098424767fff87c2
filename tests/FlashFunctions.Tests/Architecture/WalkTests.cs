using System.Text.RegularExpressions;
using FlashFunctions.Core;
using FlashFunctions.Functions;
using FlashFunctions.Tests.Infra;

namespace FlashFunctions.Tests.Architecture;

/// <summary>The walk in docs/architecture.md: short enough to be read in one sitting, and true.</summary>
public sealed partial class WalkTests
{
    private static readonly string Page = File.ReadAllText(Repository.Path("docs", "architecture.md"));

    [Fact]
    public void A_verification_passes_at_most_40_types_from_HTTP_to_its_webhook() =>
        Assert.InRange(TypesIn("### Verify", "### Check").Length, 20, 40);

    [Fact]
    public void The_walk_names_every_type_once()
    {
        var named = TypesIn("### Verify", "## Turns");

        Assert.Empty(named.GroupBy(name => name, StringComparer.Ordinal).Where(same => same.Count() > 1).Select(same => same.Key));
    }

    [Fact]
    public void Every_type_of_the_walk_exists()
    {
        var types = new[] { typeof(CoreRegistration), typeof(VerifyFunctions) }.SelectMany(type => type.Assembly.GetTypes())
            .Select(type => type.Name).ToHashSet(StringComparer.Ordinal);

        // The file of the webhook functions holds a class for each provider.
        Assert.DoesNotContain(TypesIn("### Verify", "## Turns"), name => !types.Contains(name) && name != "WebhookFunctions");
    }

    private static string[] TypesIn(string from, string to)
    {
        var start = Page.IndexOf(from, StringComparison.Ordinal);
        var text = Page[start..Page.IndexOf(to, start, StringComparison.Ordinal)];
        return [.. TypeName().Matches(text).Select(match => match.Groups["name"].Value)];
    }

    [GeneratedRegex("`(?<name>[A-Z][A-Za-z]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex TypeName();
}
