using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Statistics;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.ScenarioTests.Telemetry;

namespace FlashFunctions.ScenarioTests.Conversion;

/// <summary>A route that verifies far less than in the week before is found, reported and kept in memory.</summary>
[Collection(TelemetryTests.Name)]
public sealed class FailingRoutesTests : IAsyncLifetime
{
    private static readonly string Operator = NumberPlan.Instance.OperatorOf(PhoneNumber.Parse(Phones.Ordinary, null))!;
    private static readonly RouteKey Lanck = new("lanck", "call", "EE", Operator);
    private static readonly TimeSpan PastDue = TimeSpan.FromMinutes(7);

    private readonly LogBook _log = new();
    private ManagedService _managed = null!;
    private TestService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _managed = await ManagedService.StartAsync(_log.Attach);
        _service = _managed.Service;
        await SeedWeekAsync();
        await _service.SweepAsync();
    }

    public ValueTask DisposeAsync() => _managed.DisposeAsync();

    [Fact]
    public async Task A_route_that_falls_under_its_week_is_listed_logged_measured_and_in_memory_and_no_other_is()
    {
        using var meters = new MeterRecording();
        Assert.Empty((await _managed.GetAsync("routes/failing")).Json.GetProperty("routes").EnumerateArray());
        await VerifyAsync(from: 0, count: 20, "lanck", verifies: false);
        await VerifyAsync(from: 100, count: 20, "unibell", verifies: true);
        await _service.PassAsync(PastDue);
        await _service.SweepAsync();

        var answer = await _managed.GetAsync("routes/failing");
        var route = Assert.Single(answer.Json.GetProperty("routes").EnumerateArray());
        Assert.Equal(
            ["lanck", "call", "EE", Operator],
            ((string[])["provider", "method", "country", "operator"]).Select(name => route.GetProperty(name).GetString()));
        Assert.Equal((0, 20), (Now("verified"), Now("verifiable")));
        Assert.Equal(0.7, route.GetProperty("before").GetProperty("conversion").GetDouble(), 0.001);
        Assert.Single(_log.Lines, line => line.Contains("lanck fails silently", StringComparison.Ordinal));
        Assert.Equal(["lanck"], meters.Counted("flashfunctions.routes.failing", "provider"));
        var summary = await _service.Service<ConversionSummaries>().ReadAsync(CancellationToken.None);
        Assert.Equal([Lanck], summary.Failing.Select(failing => failing.Route));

        int Now(string name) => route.GetProperty("now").GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task A_route_that_verifies_again_is_listed_no_more()
    {
        await VerifyAsync(from: 0, count: 20, "lanck", verifies: false);
        await _service.PassAsync(PastDue);
        await _service.SweepAsync();
        await VerifyAsync(from: 100, count: 25, "lanck", verifies: true);
        await _service.PassAsync(TimeSpan.FromMinutes(12));
        await _service.SweepAsync();

        Assert.Empty((await _managed.GetAsync("routes/failing")).Json.GetProperty("routes").EnumerateArray());
        Assert.Single(_log.Lines, line => line.Contains("lanck fails silently no more", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_countrys_conversion_and_time_to_verify_are_stored()
    {
        await VerifyAsync(from: 0, count: 4, "unibell", verifies: true);
        await _service.PassAsync(PastDue);
        await _service.SweepAsync();
        await _service.PassAsync(TimeSpan.FromMinutes(10));
        await _service.SweepAsync();

        var summary = await _service.Service<ConversionSummaries>().ReadAsync(CancellationToken.None);
        var country = Assert.Single(summary.Countries);
        Assert.Equal(("EE", 4_904, 3_434), (country.Country, country.Verifiable, country.Verified));
        Assert.InRange(country.P95Seconds!.Value, 1, 60);
    }

    [Fact]
    public async Task The_list_is_paged()
    {
        var failing = new FailingRoute("lanck", "call", "EE", "A", _service.Clock.Now, 10, 0, 20, 700, 1_000, 1e-9);
        await _service.Service<ConversionSummaries>().WriteAsync(
            new ConversionSummary(
                _service.Clock.Now.AddMinutes(5), [], [failing with { Operator = "B" }, failing, failing with { Operator = "C" }]),
            CancellationToken.None);

        var first = await _managed.GetAsync("routes/failing?limit=2");
        var second = await _managed.GetAsync($"routes/failing?limit=2&after={first.Text("next")}");
        Assert.Equal(
            ["A", "B"], first.Json.GetProperty("routes").EnumerateArray().Select(route => route.GetProperty("operator").GetString()));
        Assert.Equal(["C"], second.Json.GetProperty("routes").EnumerateArray().Select(route => route.GetProperty("operator").GetString()));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, second.Json.GetProperty("next").ValueKind);
        Assert.True((await _managed.GetAsync("routes/failing?limit=0")).Names("limit"));
        Assert.True((await _managed.GetAsync("routes/failing?after=x")).Names("after"));
        Assert.Matches(
            @"lanck +call +EE +A +10 min +0\.0 % \(0 of 20\) +70\.0 % \(700 of 1000\) +1E-09",
            (await CliRun.OfAsync(_managed, "routes", "failing")).Out);
    }

    /// <summary>70 of 100 verified by Lanck in each of 49 hours, before anything is swept.</summary>
    private async Task SeedWeekAsync()
    {
        var tally = new RouteTally();
        (tally.Of(Lanck).Placed, tally.Of(Lanck).Verifiable, tally.Of(Lanck).Verified) = (100, 100, 70);
        for (var hour = 2; hour <= 50; hour++)
        {
            var minute = TableKeys.Minute(_service.Clock.Now - TimeSpan.FromHours(hour));
            await _service.Service<StatisticsStore>().WriteAsync(minute, 0, tally, CancellationToken.None);
        }
    }

    private async Task VerifyAsync(int from, int count, string provider, bool verifies)
    {
        var ids = new List<string>();
        for (var phone = from; phone < from + count; phone++)
        {
            ids.Add(await _service.VerifyByAsync(Phones.Of(phone), provider));
        }

        await _service.PumpAsync();
        for (var phone = from; verifies && phone < from + count; phone++)
        {
            await _service.CheckAsync(ids[phone - from], _service.CodeOn(Phones.Of(phone)));
        }
    }
}
