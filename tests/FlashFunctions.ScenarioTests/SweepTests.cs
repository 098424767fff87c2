using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Statistics;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

public sealed class SweepTests : JournaledTests
{
    private static readonly TimeSpan PastDue = TimeSpan.FromMinutes(7);

    [Fact]
    public async Task What_is_left_open_past_its_due_time_is_ended_as_what_it_came_to()
    {
        var rang = await VerifyAsync(Phones.Ordinary, "lanck");
        var lost = await VerifyAsync(Phones.With(Phones.Unreachable), "lanck");
        var never = await Service.VerifyAsync(Phones.Of(3));
        await Service.PassAsync(PastDue);
        await Service.SweepAsync();

        Assert.Equal("Expired", (await Service.StoredAsync(rang)).Verification!.Result.ToString());
        Assert.Equal("Undeliverable", (await Service.StoredAsync(lost)).Verification!.Result.ToString());
        Assert.Equal("Undeliverable", (await Service.StoredAsync(never)).Verification!.Result.ToString());
    }

    [Fact]
    public async Task What_is_not_due_is_left_alone()
    {
        var id = await VerifyAsync(Phones.Ordinary, "lanck");
        await Service.PassAsync(TimeSpan.FromMinutes(3));
        await Service.SweepAsync();

        Assert.Null((await Service.StoredAsync(id)).EndedAt);
        Assert.Equal("VERIFIED", (await Service.CheckAsync(id, Service.CodeOn(Phones.Ordinary))).Text("status"));
    }

    [Fact]
    public async Task A_flash_call_without_a_report_is_ended_too()
    {
        var call = await Service.PostAsync("/v1/calls/flash", $$"""{"number":"{{Phones.With(Phones.CallbacksLost)}}"}""");
        await Service.PassAsync(TimeSpan.FromMinutes(12));
        await Service.SweepAsync();

        var request = await Service.ReadAsync(call.Text("requestId"));
        Assert.True(request.Json.TryGetProperty("endedAt", out _));
        Assert.Equal("SENT", request.Text("status"));
    }

    [Fact]
    public async Task A_first_run_that_comes_late_still_ends_what_is_due()
    {
        await using var service = await TestService.StartAsync();
        var id = await service.VerifyAsync(Phones.Ordinary);
        await service.PassAsync(TimeSpan.FromMinutes(30));
        await service.SweepAsync();

        Assert.NotNull((await service.StoredAsync(id)).EndedAt);
    }

    [Fact]
    public async Task A_first_run_of_all_takes_one_query_a_shard_and_misses_nothing_that_came_before_it()
    {
        var journal = new Journal();
        await using var service = await TestService.StartAsync(services: journal.Attach);
        var first = await service.VerifyAsync(Phones.Ordinary);
        await service.PassAsync(TimeSpan.FromDays(3));
        var second = await service.VerifyAsync(Phones.Of(2));
        await service.PassAsync(TimeSpan.FromMinutes(7));
        journal.Clear();
        await service.SweepAsync();

        Assert.NotNull((await service.StoredAsync(first)).EndedAt);
        Assert.NotNull((await service.StoredAsync(second)).EndedAt);
        Assert.Equal(3 * TableKeys.Shards, journal.Storage.Count(operation => operation == $"{TableNames.Requests}.Query"));
        Assert.InRange(journal.Storage.Count, 1, 4 * TableKeys.Shards);
    }

    [Fact]
    public async Task A_timer_that_stood_still_catches_every_minute_up()
    {
        var ids = new List<string>();
        for (var minute = 0; minute < 10; minute++)
        {
            ids.Add(await VerifyAsync(Phones.Of(minute), "lanck"));
            await Service.PassAsync(TimeSpan.FromMinutes(1));
        }

        await Service.PassAsync(TimeSpan.FromHours(3));
        await Service.SweepAsync();

        foreach (var id in ids)
        {
            Assert.NotNull((await Service.StoredAsync(id)).EndedAt);
        }
    }

    [Fact]
    public async Task A_run_that_dies_anywhere_is_made_good_by_the_next_one()
    {
        var ids = new List<string>();
        for (var phone = 0; phone < 4; phone++)
        {
            ids.Add(await VerifyAsync(Phones.Of(phone), "bird"));
        }

        await Service.PassAsync(PastDue);
        for (var crash = 1; crash <= 12; crash++)
        {
            var (writes, fatal) = (0, crash);
            Journal.KillAfter(operation => operation.Verb is "Replace" or "Insert" or "Send" && ++writes == fatal);
            await Record.ExceptionAsync(Service.SweepAsync);
        }

        Journal.Revive();
        await Service.PassAsync(TimeSpan.FromMinutes(2));
        await Service.SweepAsync();

        Assert.Equal(4, Service.Simulator.Reports.Select(report => report.Number).Distinct(StringComparer.Ordinal).Count());
        Assert.All(Service.Simulator.Reports, report => Assert.Equal("timeout", report.Result));
        Assert.Equal(4, (await StatisticsOf.AllAsync(Service)).Counts.Values.Sum(counts => counts.Placed));
        foreach (var id in ids)
        {
            Assert.Equal("expired", await Service.ResultAsync(id));
        }
    }

    [Fact]
    public async Task The_minutes_statistics_are_written_per_provider_method_and_country()
    {
        await VerifyAsync(Phones.Ordinary, "lanck");
        await VerifyAsync(Phones.With(Phones.Unreachable), "lanck");
        await VerifyAsync(Phones.With(Phones.RingsWithServerError), "lanck");
        var verified = await VerifyAsync(Phones.Of(5), "bird");
        await VerifyAsync("+37121000001", "bird");
        await VerifyAsync(Phones.With(Phones.RefusedAsInvalidNumber), "unibell");
        await Service.CheckAsync(verified, Service.CodeOn(Phones.Of(5)));
        await Service.PassAsync(PastDue);
        await Service.SweepAsync();
        await Service.SweepAsync();

        var routes = (await StatisticsOf.AllAsync(Service)).Counts;
        Assert.All(routes.Keys, route => Assert.Equal("call", route.Method));
        Assert.Equal(3, Sum("lanck", "EE", counts => counts.Placed));
        Assert.Equal(1, Sum("lanck", "EE", counts => counts.Undelivered));
        Assert.Equal(2, Sum("lanck", "EE", counts => counts.Delivered));
        Assert.Equal((1, 1), (Sum("bird", "EE", counts => counts.Placed), Sum("bird", "EE", counts => counts.Verified)));
        Assert.Equal((1, 0), (Sum("bird", "LV", counts => counts.Placed), Sum("bird", "LV", counts => counts.Verified)));
        Assert.Equal((0, 1), (Sum("unibell", "EE", counts => counts.Placed), Sum("unibell", "EE", counts => counts.NotSent)));

        long Sum(string provider, string country, Func<RouteCounts, long> count) =>
            routes.Where(pair => pair.Key.Provider == provider && pair.Key.Country == country).Sum(pair => count(pair.Value));
    }

    [Fact]
    public async Task Each_shard_is_read_once_and_only_what_ended_is_written_however_much_is_stored()
    {
        var store = Service.Service<RequestStore>();
        var template = await Service.StoredAsync(await VerifyAsync(Phones.Ordinary, "lanck"));
        var now = Service.Clock.GetUtcNow();
        for (var request = 0; request < 2_000; request++)
        {
            // A hundred are due within the next two minutes, the others within the hours after.
            var due = request < 100 ? now + TimeSpan.FromSeconds(60 + (request % 60)) : now + TimeSpan.FromMinutes(30 + (request % 300));
            await store.InsertAsync(template with { Id = RequestId.New(due) }, CancellationToken.None);
        }

        Service.Clock.Advance(TimeSpan.FromMinutes(4));
        Journal.Clear();
        await Service.Host.RunTimerAsync("Sweep");

        var queries = Journal.Operations.Where(operation => operation.ToString() == $"{TableNames.Requests}.Query")
            .Select(operation => (PartitionRange)operation.Arguments[0]!).ToArray();
        var swept = queries.Where(range => range.Only is null && TableKeys.RequestMinute(range.Last) >= TableKeys.Minute(now)).ToArray();
        Assert.Equal(swept.Distinct(), swept);
        Assert.Equal(TableKeys.Shards, swept.Length);
        Assert.Equal(100, Journal.Storage.Count(operation => operation == $"{TableNames.Requests}.Replace"));
        Assert.Equal(0, Journal.Storage.Count(operation => operation == $"{TableNames.Requests}.Read"));
    }

    [Fact]
    public async Task What_nothing_leads_to_is_looked_for_a_few_times_a_minute_and_everywhere_once_in_a_life()
    {
        await Service.PassAsync(TimeSpan.FromMinutes(2));
        Journal.Clear();
        await Service.SweepAsync();

        Assert.InRange(Journal.Storage.Count(operation => operation == $"{TableNames.Idempotency}.Query"), 1, 3 * 3);
        Assert.InRange(Journal.Storage.Count(operation => operation == $"{TableNames.References}.Query"), 0, 3);
        foreach (var days in (int[])[1, 2, 30, 365])
        {
            var round = TimeSpan.FromDays(days);
            var seen = Enumerable.Range(0, (int)round.TotalMinutes).SelectMany(minute => Buckets.Due(29_000_000 + minute, round)).ToArray();
            Assert.Equal(Buckets.Count, seen.Length);
            Assert.Equal(Buckets.Count, seen.Distinct(StringComparer.Ordinal).Count());
        }
    }

    [Fact]
    public async Task The_health_answer_tells_how_far_the_timer_is_behind()
    {
        await using var managed = await ManagedService.StartAsync();
        await managed.Service.SweepAsync();
        await managed.Service.PassAsync(TimeSpan.FromMinutes(10));
        var behind = await managed.GetAsync("health");
        await managed.Service.SweepAsync();
        await managed.Service.PassAsync(TimeSpan.FromSeconds(2));
        var upToDate = await managed.GetAsync("health");

        Assert.Equal(200, behind.Status);
        Assert.InRange(behind.Json.GetProperty("sweepLagSeconds").GetInt64(), 500, 700);
        Assert.InRange(upToDate.Json.GetProperty("sweepLagSeconds").GetInt64(), 0, 130);
    }

    [Fact]
    public async Task An_alarm_can_ask_whether_the_timer_keeps_up()
    {
        await Service.SweepAsync();
        await Service.PassAsync(TimeSpan.FromMinutes(10));
        var late = await Service.GetAsync("/healthz?sweepWithin=300");
        var lateEnough = await Service.GetAsync("/healthz?sweepWithin=900");
        var mistyped = await Service.GetAsync("/healthz?sweepWithin=soon");

        Assert.Equal([503, 200, 200], new[] { late, lateEnough, mistyped }.Select(answer => answer.Status));
        Assert.Equal(["unavailable", "ok", "ok"], new[] { late, lateEnough, mistyped }.Select(answer => answer.Text("status")));
    }

    private async Task<string> VerifyAsync(string number, string provider)
    {
        var id = await Service.VerifyByAsync(number, provider);
        await Service.PumpAsync();
        return id;
    }
}
