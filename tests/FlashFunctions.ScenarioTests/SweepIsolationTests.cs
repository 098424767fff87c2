using FlashFunctions.Core.Operations;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests;

/// <summary>One request that cannot be handled never keeps the timer from the others, nor is it tried again and again.</summary>
public sealed class SweepIsolationTests : IAsyncLifetime
{
    private const string Replace = $"{TableNames.Requests}.Replace";
    private static readonly TimeSpan PastDue = TimeSpan.FromMinutes(7);
    private readonly Journal _journal = new();
    private TestService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await TestService.StartAsync(
            new Settings { ["Sweep:RetentionDays"] = "2" }, _journal.Attach);
        await _service.SweepAsync();
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task A_request_that_cannot_be_saved_is_passed_by_and_the_others_end()
    {
        var ids = await VerifyAsync(6);
        var tries = 0;
        FailFor(ids[2], () =>
        {
            tries++;
            return new InvalidOperationException("A row is at most 1 MiB.");
        });
        await _service.PassAsync(PastDue);
        await _service.SweepAsync();
        await _service.PassAsync(TimeSpan.FromMinutes(1));
        await _service.SweepAsync();

        Assert.Equal((bool[])[false, false, true, false, false, false], await OpenAsync(ids));
        Assert.Equal("expired", await _service.ResultAsync(ids[2]));
        Assert.InRange(tries, 1, 2);
        Assert.True(await WatermarkAsync() >= TableKeys.Minute(_service.Clock.Now) - 2);
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_stops_neither_the_sweep_nor_the_purge()
    {
        var table = _service.Host.Services.GetRequiredKeyedService<ITable>(TableNames.Requests);
        var bad = TableKeys.Request(RequestId.New(_service.Clock.Now + TimeSpan.FromMinutes(5)));
        await table.InsertAsync(
            new Row(bad, new Dictionary<string, object?>(StringComparer.Ordinal) { ["Data"] = "{ no JSON" }), CancellationToken.None);
        var ids = await VerifyAsync(4);
        await _service.PassAsync(PastDue);
        await _service.SweepAsync();
        var open = await OpenAsync(ids);
        for (var hour = 0; hour < 50; hour += 2)
        {
            await _service.PassAsync(TimeSpan.FromHours(2));
            await _service.SweepAsync();
        }

        Assert.Equal((bool[])[false, false, false, false], open);
        Assert.Null(await table.ReadAsync(bad, CancellationToken.None));
        foreach (var id in ids)
        {
            Assert.Equal(404, (await _service.ReadAsync(id)).Status);
        }
    }

    [Fact]
    public async Task What_the_store_fails_for_is_ended_once_it_answers_and_the_statistics_are_whole()
    {
        var ids = await VerifyAsync(6);
        await _service.PumpAsync();
        FailFor(ids[0], () => new StorageUnavailableException());
        await _service.PassAsync(PastDue);
        await Assert.ThrowsAsync<StorageUnavailableException>(_service.SweepAsync);
        var duringOutage = await OpenAsync(ids);
        await _service.PassAsync(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<StorageUnavailableException>(_service.SweepAsync);
        _journal.Before = null;
        await _service.PassAsync(TimeSpan.FromMinutes(1));
        await _service.SweepAsync();

        Assert.Equal((bool[])[true, false, false, false, false, false], duringOutage);
        Assert.Equal(new bool[6], await OpenAsync(ids));
        Assert.Equal(6, await PlacedAsync());
    }

    [Fact]
    public async Task A_shard_that_the_store_fails_for_holds_up_no_other()
    {
        var ids = await VerifyAsync(12);
        var failing = RequestId.Parse(ids[0], null).Shard;
        _journal.Before = operation => operation.Arguments[0] is PartitionRange range
            && range.First.StartsWith($"{failing:x2}-", StringComparison.Ordinal)
            ? throw new StorageUnavailableException()
            : Task.CompletedTask;
        await _service.PassAsync(PastDue);
        await Assert.ThrowsAsync<StorageUnavailableException>(_service.SweepAsync);
        var duringOutage = await OpenAsync(ids);
        _journal.Before = null;
        await _service.SweepAsync();

        Assert.Equal(ids.Select(id => RequestId.Parse(id, null).Shard == failing), duringOutage);
        Assert.Equal(new bool[12], await OpenAsync(ids));
    }

    [Fact]
    public async Task Shards_are_purged_side_by_side()
    {
        await VerifyAsync(30);
        await _service.PumpAsync();
        const int Enough = 8;
        var together = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (now, most) = (0, 0);
        _journal.Before = async operation =>
        {
            if (operation is { Port: TableNames.Guard, Verb: "Read" })
            {
                most = Math.Max(most, Interlocked.Increment(ref now));
                if (most < Enough)
                {
                    await together.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
                }

                together.TrySetResult();
                Interlocked.Decrement(ref now);
            }
        };
        for (var hour = 0; hour < 50; hour += 2)
        {
            await _service.PassAsync(TimeSpan.FromHours(2));
            await _service.SweepAsync();
        }

        Assert.InRange(most, Enough, 64);
    }

    private void FailFor(string id, Func<Exception> failure) => _journal.Before = operation =>
        operation.ToString() == Replace && ((Row)operation.Arguments[0]!).RowKey == id ? throw failure() : Task.CompletedTask;

    private async Task<string[]> VerifyAsync(int count)
    {
        var ids = new List<string>();
        for (var phone = 0; phone < count; phone++)
        {
            ids.Add(await _service.VerifyByAsync(Phones.Of(phone), "lanck"));
        }

        await _service.PumpAsync();
        return [.. ids];
    }

    private async Task<bool[]> OpenAsync(string[] ids)
    {
        var open = new List<bool>();
        foreach (var id in ids)
        {
            open.Add((await _service.StoredAsync(id)).EndedAt is null);
        }

        return [.. open];
    }

    private async Task<long> WatermarkAsync() =>
        (await _service.Service<Watermarks>().ReadAsync(Watermarks.Due, CancellationToken.None)).Minute;

    private async Task<long> PlacedAsync() => (await StatisticsOf.AllAsync(_service)).Counts.Values.Sum(counts => counts.Placed);
}
