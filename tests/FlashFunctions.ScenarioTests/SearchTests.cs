using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests;

/// <summary>GET /manage/requests: operators find requests by what they know of them.</summary>
public sealed class SearchTests : IAsyncLifetime
{
    private static readonly string[] Shape =
        ["id", "account", "product", "number", "country", "provider", "status", "result", "createdAt", "reference"];

    private readonly Journal _journal = new();
    private ManagedService _managed = null!;

    private TestService Service => _managed.Service;

    private long Now => Service.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    public async ValueTask InitializeAsync() => _managed = await ManagedService.StartAsync(_journal.Attach);

    public ValueTask DisposeAsync() => _managed.DisposeAsync();

    [Fact]
    public async Task A_found_request_says_what_it_is_and_how_it_stands()
    {
        var id = await Service.VerifyAsync(Phones.Ordinary, Steps.CallsBy("unibell") + ""","reference":"order 1" """);
        await Service.PumpAsync();
        await Service.CheckAsync(id, Service.CodeOn(Phones.Ordinary));

        var found = Assert.Single(await FindAsync("")).Json;
        Assert.Equal(Shape, found.EnumerateObject().Select(property => property.Name));
        Assert.Equal(
            (id, "development", "verify.call", Phones.Ordinary, "EE", "unibell", "verified", "order 1"),
            (
                Text("id"), Text("account"), Text("product"), Text("number"), Text("country"), Text("provider"), Text("result"),
                Text("reference")));
        Assert.Equal((await Service.ReadAsync(id)).Json.GetProperty("createdAt").GetInt64(), found.GetProperty("createdAt").GetInt64());

        string Text(string name) => found.GetProperty(name).GetString()!;
    }

    [Fact]
    public async Task By_number_they_are_found_in_every_account_the_newest_first_and_however_old()
    {
        using var shop = await _managed.ClientOfAsync("shop");
        var first = await Service.VerifyAsync(Phones.Ordinary);
        await Service.VerifyAsync(Phones.Of(2));
        Service.Clock.Advance(TimeSpan.FromDays(3));
        var second = (await _managed.VerifyAsync(shop, Phones.Ordinary)).Text("requestId");

        Assert.Equal([second, first], await IdsAsync($"number={Uri.EscapeDataString(Phones.Ordinary)}"));
        Assert.Equal([second, first], await IdsAsync($"number={Phones.Ordinary}"));
        Assert.Equal([second], await IdsAsync($"number={Phones.Ordinary}&account=shop"));
        Assert.Equal([first], await IdsAsync($"number={Phones.Ordinary}&to={Now - 1}"));
        Assert.Equal([second], await IdsAsync($"number={Phones.Ordinary}&from={Now - 60_000}"));
        Assert.Empty(await IdsAsync($"number={Phones.Of(3)}"));
    }

    [Fact]
    public async Task By_reference_they_are_found_in_one_account_or_in_all()
    {
        using var shop = await _managed.ClientOfAsync("shop");
        var own = await Service.VerifyAsync(Phones.Of(1), ""","reference":"order-1" """);
        Service.Clock.Advance(TimeSpan.FromDays(2));
        var theirs = (await _managed.VerifyAsync(shop, Phones.Of(2), ""","method":"call","reference":"order-1" """)).Text("requestId");
        await _managed.VerifyAsync(shop, Phones.Of(3), ""","method":"call","reference":"order-2" """);

        Assert.Equal([theirs, own], await IdsAsync("reference=order-1"));
        Assert.Equal([theirs], await IdsAsync("reference=order-1&account=shop"));
        Assert.Equal([own], await IdsAsync($"reference=order-1&number={Phones.Of(1)}"));
        Assert.Empty(await IdsAsync("reference=order"));
    }

    [Fact]
    public async Task By_id_there_is_one()
    {
        var id = await Service.VerifyAsync(Phones.Ordinary);
        Service.Clock.Advance(TimeSpan.FromDays(2));

        Assert.Equal([id], await IdsAsync($"id={id}"));
        Assert.Empty(await IdsAsync($"id={id}&account=shop"));
        Assert.Empty(await IdsAsync($"id={RequestId.New(Service.Clock.GetUtcNow())}"));
    }

    [Fact]
    public async Task Without_number_or_reference_they_are_those_of_the_last_24_hours_unless_said()
    {
        var old = await Service.VerifyAsync(Phones.Of(1));
        var oldAt = Now;
        Service.Clock.Advance(TimeSpan.FromHours(25));
        var recent = await Service.VerifyAsync(Phones.Of(2));

        Assert.Equal([recent], await IdsAsync(""));
        Assert.Equal([recent], await IdsAsync("account=development"));
        Assert.Equal([recent, old], await IdsAsync($"from={oldAt}"));
        Assert.Equal([recent], await IdsAsync($"from={oldAt + 1}"));
        Assert.Equal([old], await IdsAsync($"from=0&to={oldAt}"));
        Assert.Equal([old], await IdsAsync($"to={oldAt + 3_600_000}"));
        Assert.Empty(await IdsAsync($"to={oldAt - 1}"));
        Assert.Empty(await IdsAsync($"from={Now + 10_000_000}"));
    }

    [Fact]
    public async Task Each_filter_leaves_those_that_it_names()
    {
        using var shop = await _managed.ClientOfAsync("shop");
        var rejected = await Service.VerifyAsync(Phones.With(Phones.Rejected), Steps.CallsBy("unibell"));
        Service.Clock.Advance(TimeSpan.FromSeconds(1));
        var verified = await Service.VerifyAsync(Phones.Of(1), Steps.CallsBy("bird"));
        await Service.PumpAsync();
        await Service.CheckAsync(verified, Service.CodeOn(Phones.Of(1)));
        Service.Clock.Advance(TimeSpan.FromSeconds(1));
        var sms = (await Service.PostAsync("/v1/sms", $$"""{"number":"{{Phones.Of(2)}}","text":"Hello"}""", shop)).Text("requestId");
        Service.Clock.Advance(TimeSpan.FromSeconds(1));
        var abroad = await Service.VerifyAsync("+4915112345678", Steps.CallsBy("bird"));
        Service.Clock.Advance(TimeSpan.FromSeconds(1));
        var test = await Service.VerifyAsync(Phones.Test);
        await Service.PumpAsync();

        Assert.Equal([sms], await IdsAsync("account=shop"));
        Assert.Equal([abroad], await IdsAsync("country=DE"));
        Assert.Equal([abroad], await IdsAsync("country=de"));
        Assert.Equal([abroad, verified], await IdsAsync("provider=bird"));
        Assert.Equal([test], await IdsAsync("provider=test"));
        Assert.Equal([sms], await IdsAsync("product=sms"));
        Assert.Equal([test, abroad, verified, rejected], await IdsAsync("product=verify.call"));
        Assert.Equal([verified], await IdsAsync("result=verified"));
        Assert.Equal([abroad], await IdsAsync("result=undeliverable"));
        Assert.Equal([test, rejected], await IdsAsync("result=pending"));
        Assert.Equal([rejected], await IdsAsync("result=pending&provider=unibell&country=EE"));
        Assert.Empty(await IdsAsync("result=pending&country=DE"));
    }

    [Fact]
    public async Task A_verification_past_its_life_is_found_as_expired_before_the_timer_has_come()
    {
        var id = await Service.VerifyAsync(Phones.Ordinary, Steps.CallsBy("bird"));
        await Service.PumpAsync();
        Service.Clock.Advance(TimeSpan.FromMinutes(6));

        Assert.Equal([id], await IdsAsync("result=expired"));
        Assert.Empty(await IdsAsync("result=pending"));
    }

    [Theory]
    [InlineData("number", "number=12")]
    [InlineData("number", "number=37253000001")]
    [InlineData("number", "number=%2B999123456789")]
    [InlineData("reference", "reference=%C3%A4")]
    [InlineData("account", "account=No Account")]
    [InlineData("country", "country=EST")]
    [InlineData("country", "country=12")]
    [InlineData("country", "country=UK")]
    [InlineData("provider", "provider=nobody")]
    [InlineData("product", "product=verify")]
    [InlineData("result", "result=good")]
    [InlineData("from", "from=yesterday")]
    [InlineData("from", "from=2&to=1")]
    [InlineData("from", "from=-1")]
    [InlineData("to", "to=1.5")]
    [InlineData("to", "to=99999999999999999")]
    [InlineData("limit", "limit=0")]
    [InlineData("limit", "limit=201")]
    [InlineData("limit", "limit=many")]
    [InlineData("after", "after=x")]
    [InlineData("after", "after=999999999999999-01KJQ0ZP407DZ9RMFGMBA4GVGK")]
    [InlineData("after", "after=000000000000001-a%2Fb")]
    [InlineData("id", "id=x")]
    [InlineData("acount", "acount=shop")]
    [InlineData("number", "number=%2B37253000001&number=%2B37253000002")]
    public async Task A_malformed_parameter_is_errorCode_10_and_named(string field, string query)
    {
        var answer = await _managed.GetAsync($"requests?{query}");

        Assert.Equal((400, 10, true), (answer.Status, answer.ErrorCode, answer.Names(field)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("account=development")]
    [InlineData("number=%2B37253000701")]
    [InlineData("reference=same")]
    public async Task Pages_miss_none_and_repeat_none_over_hours_and_accounts(string query)
    {
        using var shop = await _managed.ClientOfAsync("shop");
        var made = new List<string>();
        for (var number = 0; number < 9; number++)
        {
            var answer = await _managed.VerifyAsync(
                query.Length > 0 || number % 2 == 0 ? Service.Http : shop, Phones.Of(7), ""","method":"call","reference":"same" """);
            made.Add(answer.Text("requestId"));
            Service.Clock.Advance(TimeSpan.FromMinutes(43));
        }

        made.Reverse();
        foreach (var limit in new[] { 1, 4, 9, 200 })
        {
            var (ids, pages) = await AllAsync($"{query}&limit={limit}");
            Assert.Equal(made, ids);
            Assert.InRange(pages, 1, (9 / limit) + 1);
        }
    }

    [Fact]
    public async Task A_call_looks_at_no_more_than_1000_rows_and_says_where_it_stopped()
    {
        var template = await Service.StoredAsync(await Service.VerifyAsync(Phones.Ordinary));
        var (store, index) = (Service.Service<RequestStore>(), Service.Service<RequestIndex>());
        await Parallel.ForAsync(0, 1_100, async (number, token) =>
        {
            var at = Service.Clock.GetUtcNow() - TimeSpan.FromSeconds(number);
            var request = template with { Id = RequestId.New(at + TimeSpan.FromMinutes(5)), CreatedAt = at };
            await store.InsertAsync(request, token);
            await index.WriteAsync(request, token);
        });
        _journal.Clear();

        var first = await _managed.GetAsync("requests?country=DE");
        Assert.Empty(first.Json.GetProperty("requests").EnumerateArray());
        Assert.NotNull(first.Json.GetProperty("next").GetString());
        Assert.InRange(_journal.Operations.Count(operation => operation.ToString() == $"{TableNames.Requests}.Read"), 900, 1_000);
        Assert.InRange(RowsOfIndex(), 900, 1_250);

        var (none, pages) = await AllAsync("country=DE");
        Assert.Empty(none);
        Assert.InRange(pages, 2, 3);
        var (all, _) = await AllAsync("limit=200");
        Assert.Equal(1_101, all.Distinct(StringComparer.Ordinal).Count());
        Assert.DoesNotContain(_journal.Operations, operation => operation.ToString() == $"{TableNames.Requests}.Query");

        int RowsOfIndex() => _journal.Operations.Where(operation => operation.ToString() == $"{TableNames.Index}.Query")
            .Sum(operation => (int)operation.Arguments[2]!);
    }

    [Fact]
    public async Task A_long_quiet_time_takes_few_calls()
    {
        var id = await Service.VerifyAsync(Phones.Ordinary);
        Service.Clock.Advance(TimeSpan.FromDays(20));
        _journal.Clear();

        var (ids, pages) = await AllAsync("from=0");
        Assert.Equal([id], ids);
        Assert.Equal(1, pages);
        Assert.InRange(_journal.Operations.Count(operation => operation.Port == TableNames.Index), 400, 1_100);
    }

    [Fact]
    public async Task A_request_that_cannot_be_read_does_not_hide_the_others()
    {
        var id = await Service.VerifyAsync(Phones.Of(1));
        var broken = RequestId.New(Service.Clock.GetUtcNow() + TimeSpan.FromMinutes(5));
        await Service.Service<RequestIndex>().WriteAsync((await Service.StoredAsync(id)) with { Id = broken }, CancellationToken.None);
        await Service.Host.Services.GetRequiredKeyedService<ITable>(TableNames.Requests)
            .InsertAsync(Row.Of(TableKeys.Request(broken), ("Data", "{")), CancellationToken.None);

        Assert.Equal([id], await IdsAsync(""));
    }

    [Fact]
    public async Task Without_the_function_key_nothing_is_found() =>
        Assert.Equal(401, (await Service.GetAsync("/manage/requests")).Status);

    private async Task<IReadOnlyList<Answer>> FindAsync(string query)
    {
        var answer = await _managed.GetAsync($"requests?{query}");
        Assert.True(answer.Status == 200, answer.Body);
        Assert.Null(answer.Json.GetProperty("next").GetString());
        return [.. answer.Json.GetProperty("requests").EnumerateArray().Select(request => answer with { Body = request.GetRawText() })];
    }

    private async Task<IEnumerable<string>> IdsAsync(string query) => (await FindAsync(query)).Select(found => found.Text("id"));

    private async Task<(IReadOnlyList<string> Ids, int Pages)> AllAsync(string query)
    {
        var (ids, pages, after) = (new List<string>(), 0, "");
        do
        {
            var answer = await _managed.GetAsync($"requests?{query}{after}");
            Assert.True(answer.Status == 200, answer.Body);
            ids.AddRange(answer.Json.GetProperty("requests").EnumerateArray().Select(request => request.GetProperty("id").GetString()!));
            after = answer.Json.GetProperty("next").GetString() is { } next ? $"&after={next}" : "";
            pages++;
        }
        while (after.Length > 0 && pages < 100);
        return (ids, pages);
    }
}
