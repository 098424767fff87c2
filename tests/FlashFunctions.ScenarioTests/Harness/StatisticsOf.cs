using FlashFunctions.Core.Statistics;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.ScenarioTests.Harness;

/// <summary>What a service has counted so far, in all minutes together.</summary>
public static class StatisticsOf
{
    public static async Task<RouteTally> AllAsync(TestService service)
    {
        var all = new RouteTally();
        await foreach (var slice in service.Service<StatisticsStore>().ReadAsync(0, TableKeys.LastMinute, CancellationToken.None))
        {
            all.Add(slice.Tally);
        }

        return all;
    }
}
