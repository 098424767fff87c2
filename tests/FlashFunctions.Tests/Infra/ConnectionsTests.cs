using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FlashFunctions.AzureStorage;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Providers.Bird;
using FlashFunctions.Core.Providers.Lanck;
using FlashFunctions.Core.Providers.Revicom;
using FlashFunctions.Core.Providers.Unibell;
using FlashFunctions.Core.Providers.Wire;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Tests.Infra;

/// <summary>The limits and time-outs in docs/connections.md are those of the code and of host.json.</summary>
public sealed partial class ConnectionsTests
{
    [Fact]
    public void The_figures_are_those_of_the_code()
    {
        var documented = File.ReadAllLines(Repository.Path("docs", "connections.md"))
            .Select(line => FigureRow().Match(line))
            .Where(row => row.Success)
            .Select(row => $"{row.Groups["name"].Value} = {row.Groups["value"].Value}");

        Assert.Equal(InCode().Select(figure => $"{figure.Name} = {Text(figure.Value)}"), documented);
    }

    [Fact]
    public void Every_provider_has_the_same_limits_by_default() => Assert.All(
        (ProviderOptions[])[new UnibellOptions(), new RevicomOptions(), new BirdOptions(), new LanckOptions()],
        options => Assert.Equal((32, 15), (options.ConcurrentCalls, options.AttemptTimeout.TotalSeconds)));

    private static IEnumerable<(string Name, object Value)> InCode()
    {
        var (storage, provider) = (new StorageOptions(), new UnibellOptions());
        using var handler = new SocketsHttpHandler();
        ProviderRegistration.Configure(handler);
        var queues = JsonDocument.Parse(File.ReadAllText(Repository.Path("host.json"))).RootElement
            .GetProperty("extensions").GetProperty("queues");
        return
        [
            ("`Storage__tryTimeout`", storage.TryTimeout),
            ("`Storage__retries`", storage.Retries),
            ("`Storage__deadline`", storage.Deadline),
            ("`ConcurrentCalls`", provider.ConcurrentCalls),
            ("`AttemptTimeout`", provider.AttemptTimeout),
            ("`Circuit:MinimumThroughput`", provider.Circuit.MinimumThroughput),
            ("`Circuit:BreakDuration`", provider.Circuit.BreakDuration),
            ("connecting to a provider", handler.ConnectTimeout),
            ("bytes of a provider's answer", HttpExchange.LongestAnswer),
            ("places of an account or a host", SendSlots.Most),
            ("places on a fast host", SendSlots.MostOnFastHost),
            ("places on a slow host", SendSlots.MostOnSlowHost),
            ("places on a doubtful host", SendSlots.MostOnDoubtfulHost),
            ("places on all doubtful hosts", SendSlots.MostDoubtfulOfAll),
            ("time of a receiver", CallbackSender.AnswerTime),
            ("tries of a callback", RetrySchedule.MostTries),
            ("`batchSize`", queues.GetProperty("batchSize").GetInt32()),
            ("`newBatchThreshold`", queues.GetProperty("newBatchThreshold").GetInt32()),
            ("tries of a job", queues.GetProperty("maxDequeueCount").GetInt32()),
        ];
    }

    private static string Text(object value) => value is TimeSpan time
        ? $"{time.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s"
        : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    [GeneratedRegex(
        @"^\| (?<name>[^|]+) \| (?<value>\d+( s)?) \| `[\w.]+` \|$", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex FigureRow();
}
