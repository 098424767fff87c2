using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Tests.Requests;

namespace FlashFunctions.ScenarioTests;

/// <summary>The timer's work grows with what is due, never with what is stored.</summary>
public sealed class SweepCostTests
{
    private const int Due = 100;
    private const int Few = 1_000;

    [Fact]
    public async Task Sweeping_what_is_due_among_many_stored_requests_takes_no_more_than_among_few()
    {
        var few = await OperationsAsync(Few);
        var many = await OperationsAsync(TestStorage.Many);

        Assert.Equal(Due, few.Count(operation => operation == $"{TableNames.Requests}.Replace"));
        Assert.Equal(Due, many.Count(operation => operation == $"{TableNames.Requests}.Replace"));
        Assert.Equal(InEveryRun(few), InEveryRun(many));
    }

    /// <summary>What does not depend on the minute: which buckets' turn it is, and whether an hour of statistics is over.</summary>
    private static IEnumerable<string> InEveryRun(IEnumerable<string> operations) => operations
        .Where(operation => operation is not ($"{TableNames.Idempotency}.Query" or $"{TableNames.References}.Query")
            && !operation.StartsWith(TableNames.Statistics, StringComparison.Ordinal)
            && !operation.StartsWith(TableNames.Sweep, StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    /// <summary>The storage operations of one run of the timer with so many requests in the store, of which a hundred are due.</summary>
    private static async Task<IReadOnlyList<string>> OperationsAsync(int stored)
    {
        var journal = new Journal();
        await using var service = await TestService.StartAsync(services: journal.Attach);
        await service.SweepAsync();
        var now = service.Clock.GetUtcNow();
        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = 16 };
        await Parallel.ForEachAsync(Enumerable.Range(0, stored), atOnce, async (number, token) =>
            Assert.NotNull(await service.Service<RequestStore>().InsertAsync(NewRequest(number, now), token)));
        service.Clock.Advance(TimeSpan.FromMinutes(2));
        journal.Clear();
        service.ForgetStoreCalls();

        await service.Host.RunTimerAsync("Sweep");

        Assert.Equal(journal.Storage.Order(StringComparer.Ordinal), (service.StoreCalls ?? journal.Storage).Order(StringComparer.Ordinal));
        return journal.Storage;
    }

    /// <summary>The first hundred are due now; of the others every second one was due days ago and the rest will be within days.</summary>
    private static RequestRecord NewRequest(int number, DateTimeOffset now)
    {
        var due = number < Due ? now : now + (TimeSpan.FromMinutes(5 + (number % 4_000)) * (number % 2 == 0 ? 1 : -1));
        return Sample.Message() with
        {
            Id = RequestId.New(due),
            CreatedAt = now,
            EndedAt = due < now ? due : null,
            Steps = [],
        };
    }
}
