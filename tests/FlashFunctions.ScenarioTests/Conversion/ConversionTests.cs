using System.Globalization;
using FlashFunctions.Core.Statistics;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests.Conversion;

/// <summary>GET /manage/conversion.</summary>
public sealed class ConversionTests : IAsyncLifetime
{
    private const string Latvian = "+37121000001";
    private static readonly TimeSpan PastDue = TimeSpan.FromMinutes(7);
    private ManagedService _managed = null!;
    private TestService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _managed = await ManagedService.StartAsync();
        _service = _managed.Service;
        await _service.SweepAsync();
    }

    public ValueTask DisposeAsync() => _managed.DisposeAsync();

    [Fact]
    public async Task Attempts_are_counted_by_provider_method_country_and_operator_with_interval_and_price()
    {
        await VerifyAsync(Phones.Ordinary, "unibell", verifies: true);
        await VerifyAsync(Phones.With(Phones.Answered), "unibell");
        await VerifyAsync(Phones.With(Phones.Declined), "unibell");
        await VerifyAsync(Phones.With(Phones.Unreachable), "unibell");
        await VerifyAsync(Phones.With(Phones.Forbidden), "unibell");
        await VerifyAsync(Phones.With(Phones.RingsWithServerError), "lanck");
        await VerifyAsync(Latvian, "bird");
        await EndAsync();

        var rows = await RowsAsync("by=provider,method,country,operator");
        Assert.Equal(
            ["bird call LV", "lanck call EE", "unibell call EE"],
            rows.Select(row => $"{row["provider"]} {row["method"]} {row["country"]}"));
        var unibell = rows[2];
        Assert.Equal(OperatorOf(Phones.Ordinary), unibell["operator"]);
        Assert.Equal(
            ["5", "1", "1", "1", "1", "1", "3", "2", "0", "5", "1", "0.2", "0.05"],
            ((string[])
            [
                "placed", "rang", "answered", "declined", "unreachable", "refused", "delivered", "undelivered", "unclear", "verifiable",
                "verified", "conversion", "price",
            ]).Select(name => unibell[name]));
        var (low, high) = ConversionMath.Wilson(1, 5);
        Assert.Equal(low, Number(unibell["low"]), 1e-5);
        Assert.Equal(high, Number(unibell["high"]), 1e-5);
        Assert.Equal(("1", "1", "0"), (rows[1]["placed"], rows[1]["delivered"], rows[1]["conversion"]));
        Assert.Equal(("1", "0", "0"), (rows[0]["placed"], rows[0]["priced"], rows[0]["price"]));
    }

    [Fact]
    public async Task Each_dimension_is_a_filter_and_only_what_is_asked_for_is_a_column()
    {
        await VerifyAsync(Phones.Ordinary, "lanck", verifies: true);
        await VerifyAsync(Phones.Of(2), "unibell");
        await VerifyAsync(Latvian, "lanck");
        var sms = await _service.PostAsync("/v1/verify", $$"""{"number":"{{Phones.Of(3)}}","method":"sms"}""");
        Assert.Equal(202, sms.Status);
        await EndAsync();

        Assert.Equal(["lanck 3", "unibell 1"], (await RowsAsync("by=provider")).Select(row => $"{row["provider"]} {row["placed"]}"));
        Assert.DoesNotContain("method", (await RowsAsync("by=provider"))[0].Keys);
        Assert.Equal("2", Assert.Single(await RowsAsync("by=country&provider=lanck&country=ee"))["placed"]);
        Assert.Equal("1", Assert.Single(await RowsAsync("by=method&method=sms"))["placed"]);
        Assert.Equal(
            "3", Assert.Single(await RowsAsync($"by=operator&operator={Uri.EscapeDataString(OperatorOf(Phones.Ordinary))}"))["placed"]);
        Assert.Equal("", (await RowsAsync("by=mccmnc&method=call"))[0]["mccmnc"]);
        Assert.Empty(await RowsAsync("by=operator&operator=Nobody"));
        var hour = Assert.Single(await RowsAsync("by=hour&provider=unibell"))["hour"];
        Assert.Equal("1", Assert.Single(await RowsAsync($"by=provider&provider=unibell&hour={hour}"))["placed"]);
        Assert.Empty(await RowsAsync($"by=provider&hour={(long)Number(hour) - 3_600_000}"));
    }

    [Fact]
    public async Task The_network_that_a_provider_tells_is_counted_beside_the_operator()
    {
        await VerifyAsync(Phones.Ordinary, "lanck");
        await VerifyAsync(Phones.Of(2), "unibell");
        await EndAsync();

        var rows = await RowsAsync("by=provider,operator,mccmnc");
        Assert.Equal(rows[0]["operator"], rows[1]["operator"]);
        Assert.Matches("^248[0-9]{2}$", rows[0]["mccmnc"]);
        Assert.Equal("", rows[1]["mccmnc"]);
    }

    [Fact]
    public async Task A_table_has_a_line_of_names_and_the_same_rows()
    {
        await VerifyAsync(Phones.Ordinary, "lanck", verifies: true);
        await EndAsync();

        var answer = await _managed.GetAsync("conversion?by=provider,operator&format=csv");
        var lines = answer.Body.Split("\r\n");
        Assert.Equal(
            "provider,operator,placed,rang,answered,declined,unreachable,refused,delivered,undelivered,unclear,notSent,verifiable,verified,"
                + "conversion,low,high,medianSeconds,p95Seconds,priced,price",
            lines[0]);
        Assert.StartsWith($"lanck,{OperatorOf(Phones.Ordinary)},1,1,0,", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",1,0.1", lines[1], StringComparison.Ordinal);
        Assert.Equal(3, lines.Length);
    }

    [Theory]
    [InlineData("by=provider,colour", "by")]
    [InlineData("by=provider,provider", "by")]
    [InlineData("by=provider,,method", "by")]
    [InlineData("from=yesterday", "from")]
    [InlineData("to=-1", "to")]
    [InlineData("from=2000&to=1000", "to")]
    [InlineData("from=253402300799999", "from")]
    [InlineData("from=0", "from")]
    [InlineData("provider=nobody", "provider")]
    [InlineData("method=pigeon", "method")]
    [InlineData("country=Estonia", "country")]
    [InlineData("country=UK", "country")]
    [InlineData("mccmnc=telia", "mccmnc")]
    [InlineData("hour=ten", "hour")]
    [InlineData("format=xml", "format")]
    public async Task A_malformed_parameter_is_named(string query, string name)
    {
        var answer = await _managed.GetAsync($"conversion?{query}");

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names(name), answer.Body);
    }

    [Fact]
    public async Task Times_at_the_end_of_time_are_no_error()
    {
        Assert.Equal(200, (await _managed.GetAsync("conversion?to=253402300799999&hour=253402300799999")).Status);
        Assert.Equal(200, (await _managed.GetAsync("conversion?to=0")).Status);
    }

    [Fact]
    public async Task The_last_day_is_the_default_and_a_time_may_be_asked_for()
    {
        var before = _service.Clock.Now.ToUnixTimeMilliseconds();
        await VerifyAsync(Phones.Ordinary, "lanck");
        await EndAsync();
        await _service.PassAsync(TimeSpan.FromHours(30));
        await _service.SweepAsync();
        var now = _service.Clock.Now.ToUnixTimeMilliseconds();

        Assert.Empty(await RowsAsync(""));
        Assert.Equal("lanck", Assert.Single(await RowsAsync($"from={before}"))["provider"]);
        Assert.Empty(await RowsAsync($"from={before + (3 * 3_600_000)}&to={now}"));
    }

    [Fact]
    public async Task Test_numbers_count_nowhere()
    {
        var id = await _service.VerifyAsync(Phones.Test);
        await _service.PumpAsync();
        await _service.CheckAsync(id, "0000");
        await EndAsync();

        Assert.Empty(await RowsAsync(""));
    }

    [Fact]
    public async Task Messages_and_calls_of_other_products_are_placed_and_lower_no_conversion()
    {
        await VerifyAsync(Phones.Ordinary, "lanck", verifies: true);
        await _service.PostAsync("/v1/calls/flash", $$"""{"number":"{{Phones.Of(2)}}","code":"1234"}""");
        await EndAsync();
        await _service.PassAsync(TimeSpan.FromMinutes(30));
        await _service.SweepAsync();

        var row = Assert.Single(await RowsAsync("by=method"));
        Assert.Equal(("2", "1", "1", "1"), (row["placed"], row["verifiable"], row["verified"], row["conversion"]));
    }

    [Fact]
    public async Task An_hour_that_is_over_is_folded_and_reads_as_before()
    {
        for (var phone = 0; phone < 5; phone++)
        {
            await VerifyAsync(Phones.Of(phone), "lanck", verifies: phone < 2);
        }

        await EndAsync();
        var rows = await RowsAsync("by=provider,method,country,operator,mccmnc,hour");
        await _service.PassAsync(TimeSpan.FromHours(3));
        await _service.SweepAsync();

        var folded = await RowsAsync("by=provider,method,country,operator,mccmnc,hour");
        Assert.Equal(rows, folded);
        Assert.Equal("5", (await RowsAsync("by=provider"))[0]["placed"]);
        Assert.All(await StoredAsync(), row => Assert.True(TableKeys.IsStatisticsHour(row.PartitionKey)));
        Assert.InRange((await StoredAsync()).Count, 1, 2);
    }

    [Fact]
    public async Task Statistics_are_deleted_after_400_days()
    {
        await VerifyAsync(Phones.Ordinary, "lanck");
        await EndAsync();
        await _service.PassAsync(TimeSpan.FromDays(399));
        await _service.SweepAsync();
        Assert.Single(await StoredAsync());
        await _service.PassAsync(TimeSpan.FromDays(2));
        await _service.SweepAsync();

        Assert.Empty(await StoredAsync());
    }

    private static string OperatorOf(string number) =>
        Core.Numbers.NumberPlan.Instance.OperatorOf(Core.Primitives.PhoneNumber.Parse(number, null))!;

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private async Task VerifyAsync(string number, string provider, bool verifies = false)
    {
        var id = await _service.VerifyByAsync(number, provider);
        await _service.PumpAsync();
        if (verifies)
        {
            Assert.Equal("VERIFIED", (await _service.CheckAsync(id, _service.CodeOn(number))).Text("status"));
        }
    }

    private async Task EndAsync()
    {
        await _service.PumpAsync();
        await _service.PassAsync(PastDue);
        await _service.SweepAsync();
    }

    private async Task<IReadOnlyList<Dictionary<string, string>>> RowsAsync(string query)
    {
        var answer = await _managed.GetAsync($"conversion?{query}");
        Assert.True(answer.Status == 200, answer.Body);
        return
        [
            .. answer.Json.GetProperty("rows").EnumerateArray()
                .Select(
                    row => row.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.ToString(), StringComparer.Ordinal)),
        ];
    }

    private async Task<IReadOnlyList<Row>> StoredAsync() => (await _service.Host.Services
        .GetRequiredKeyedService<ITable>(TableNames.Statistics)
            .QueryAsync(new PartitionRange("0", "9"), null, 1_000, CancellationToken.None)).Rows;
}
