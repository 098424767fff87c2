using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Callbacks;
using FlashFunctions.ScenarioTests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests;

/// <summary>Rule 10: test numbers that operators add by the API.</summary>
public sealed class Rule10ManagedTestNumbersTests : IAsyncLifetime
{
    private const string Number = "+37253000001";
    private const string InPath = "test-numbers/%2B37253000001";

    private const string ServiceKey = "c2l4dGVlbiByYW5kb20gYnl0ZXMsIHR3aWNlIG92ZXIu";

    private readonly LogBook _log = new();
    private readonly Journal _journal = new();
    private ManagedService _managed = null!;

    private TestService Service => _managed.Service;

    public async ValueTask InitializeAsync() => _managed = await ManagedService.StartAsync(services =>
    {
        _log.Attach(services);
        _journal.Attach(services);
    });

    public ValueTask DisposeAsync() => _managed.DisposeAsync();

    [Theory]
    [InlineData(4, "5566")]
    [InlineData(5, "45566")]
    [InlineData(6, "445566")]
    public async Task Its_code_is_right_from_the_moment_of_the_202_and_no_provider_is_called(int length, string code)
    {
        await AddAsync();

        var id = await Service.VerifyAsync(Number, $$""","codeLength":{{length}}""");
        Assert.Equal("WRONG_CODE", (await Service.CheckAsync(id, "9999")).Text("status"));
        Assert.Equal("VERIFIED", (await Service.CheckAsync(id, code)).Text("status"));
        await Service.PumpAsync();
        Assert.Empty(Service.Simulator.Requests());
    }

    [Fact]
    public async Task A_longer_code_than_its_own_is_errorCode_10()
    {
        await AddAsync(""","outcome":"verified" """, code: "1234");

        var answer = await Service.PostAsync("/v1/verify", $$"""{"number":"{{Number}}","method":"call","codeLength":5}""");
        Assert.Equal((400, 10, true), (answer.Status, answer.ErrorCode, answer.Names("codeLength")));
    }

    [Theory]
    [InlineData("verified", "DELIVERED", "pending", "DELIVERED pending,DELIVERED verified")]
    [InlineData("undelivered", "UNDELIVERED", "pending", "UNDELIVERED pending,UNDELIVERED verified")]
    [InlineData("busy", "DELIVERED", "pending", "DELIVERED pending,DELIVERED verified")]
    [InlineData("answered", "DELIVERED", "pending", "DELIVERED pending,DELIVERED verified")]
    [InlineData("late", "DELIVERED", "pending", "SENT pending,DELIVERED pending,DELIVERED verified")]
    [InlineData("down", "UNDELIVERED", "undeliverable", "UNDELIVERED undeliverable")]
    public async Task Each_outcome_has_its_status_its_result_and_its_callbacks(
        string outcome, string status, string result, string callbacks)
    {
        await using var receiver = await Receiver.StartAsync();
        await AddAsync($$""","outcome":"{{outcome}}","delay":{{(outcome == "late" ? 20 : 0)}}""");

        var id = await Service.VerifyAsync(Number, $$""","callbackUrl":"{{receiver.Address}}" """);
        await Service.PumpAsync();
        await Service.PassAsync(TimeSpan.FromSeconds(21));

        var read = await Service.ReadAsync(id);
        Assert.Equal((status, result), (read.Text("status"), read.Text("result")));
        Assert.Equal(
            outcome == "down" ? ["notSent", "skipped"] : ["placed"],
            read.Attempts.Select(attempt => attempt.GetProperty("state").GetString()));
        if (result == "pending")
        {
            Assert.Equal("VERIFIED", (await Service.CheckAsync(id, "5566")).Text("status"));
            await Service.PumpAsync();
        }

        Assert.Equal(
            callbacks, string.Join(',', receiver.All.Select(one => $"{one.Text("status")} {one.Text("result")}")));
        Assert.Empty(Service.Simulator.Requests());
    }

    [Fact]
    public async Task A_blocked_one_is_errorCode_30_with_the_reason()
    {
        await AddAsync(""","outcome":"blocked" """);

        var answer = await Service.PostAsync("/v1/verify", $$"""{"number":"{{Number}}","method":"call"}""");
        Assert.Equal((403, 30, true), (answer.Status, answer.ErrorCode, answer.Names("reason") && answer.Names("scope")));
    }

    [Fact]
    public async Task It_costs_nothing_and_counts_against_no_limit()
    {
        using var client = await _managed.ClientOfAsync("shop", ""","dailyCap":{"amount":0.05,"currency":"EUR"}""");
        await AddAsync();

        for (var request = 0; request < 12; request++)
        {
            Assert.Equal(202, (await _managed.VerifyAsync(client, Number)).Status);
            await Service.PumpAsync();
        }

        Assert.Equal(0m, await _managed.SpentAsync("shop"));
    }

    [Fact]
    public async Task Another_instance_s_change_counts_within_a_minute()
    {
        await Service.VerifyAsync(Number);
        await Service.PumpAsync();
        Assert.Equal(1, Service.CallsTo(Number));
        var other = Service.Host.Services.GetRequiredKeyedService<ITable>(TableNames.TestNumbers);
        var row = Row.Of(
            TableKeys.TestNumber(Number), ("Data", $$"""{"number":"{{Number}}","code":"445566","outcome":"Verified","delay":0}"""));
        await other.InsertAsync(row, CancellationToken.None);
        await Service.PassAsync(TimeSpan.FromSeconds(61));

        var id = await Service.VerifyAsync(Number);
        await Service.PumpAsync();
        Assert.Equal("VERIFIED", (await Service.CheckAsync(id, "5566")).Text("status"));
        Assert.Equal(1, Service.CallsTo(Number));
    }

    [Fact]
    public async Task A_change_counts_at_once_where_it_is_made_and_what_is_live_keeps_its_code()
    {
        await AddAsync();
        var before = await Service.VerifyAsync(Number);
        var replaced = await _managed.PostAsync("test-numbers", Body(code: "778899"));
        Assert.Equal((200, "778899"), (replaced.Status, replaced.Text("code")));
        Assert.Equal("VERIFIED", (await Service.CheckAsync(before, "5566")).Text("status"));

        var after = await Service.VerifyAsync(Number);
        Assert.Equal("WRONG_CODE", (await Service.CheckAsync(after, "5566")).Text("status"));
        var deleted = await _managed.DeleteAsync(InPath);
        Assert.Equal((200, "deleted"), (deleted.Status, deleted.Text("done")));
        Assert.Equal("VERIFIED", (await Service.CheckAsync(after, "8899")).Text("status"));

        await Service.VerifyAsync(Number);
        await Service.PumpAsync();
        Assert.Equal(1, Service.CallsTo(Number));
        Assert.Equal((404, 20), await StatusAsync(_managed.DeleteAsync(InPath)));
    }

    [Fact]
    public async Task The_store_failing_leaves_the_test_numbers_of_before()
    {
        await AddAsync();
        await Service.VerifyAsync(Number);
        _journal.Before = operation => operation.Port == TableNames.TestNumbers
            ? throw new StorageUnavailableException("down")
            : Task.CompletedTask;
        Service.Clock.Advance(TimeSpan.FromMinutes(2));

        var id = await Service.VerifyAsync(Number);
        await Service.PumpAsync();
        Assert.Equal("VERIFIED", (await Service.CheckAsync(id, "5566")).Text("status"));
        Assert.Empty(Service.Simulator.Requests());
    }

    [Theory]
    [InlineData("number", """{"code":"1234"}""")]
    [InlineData("number", """{"number":"12","code":"1234"}""")]
    [InlineData("number", """{"number":"+999123456789","code":"1234"}""")]
    [InlineData("number", """{"number":5,"code":"1234"}""")]
    [InlineData("code", """{"number":"+37253000001"}""")]
    [InlineData("code", """{"number":"+37253000001","code":"123"}""")]
    [InlineData("code", """{"number":"+37253000001","code":"1234567"}""")]
    [InlineData("code", """{"number":"+37253000001","code":"12a4"}""")]
    [InlineData("outcome", """{"number":"+37253000001","code":"1234","outcome":"engaged"}""")]
    [InlineData("delay", """{"number":"+37253000001","code":"1234","delay":601}""")]
    [InlineData("delay", """{"number":"+37253000001","code":"1234","delay":-1}""")]
    [InlineData("delay", """{"number":"+37253000001","code":"1234","outcome":"late","delay":0}""")]
    [InlineData("note", """{"number":"+37253000001","code":"1234","note":"x"}""")]
    public async Task What_is_wrong_is_errorCode_10_and_named(string field, string body)
    {
        var answer = await _managed.PostAsync("test-numbers", body);

        Assert.Equal((400, 10, true), (answer.Status, answer.ErrorCode, answer.Names(field)));
    }

    [Fact]
    public async Task They_are_listed_in_pages_with_those_of_the_settings()
    {
        foreach (var last in (int[])[3, 1, 2])
        {
            await _managed.PostAsync("test-numbers", $$"""{"number":"+3725300000{{last}}","code":"1234"}""");
        }

        var late = await _managed.PostAsync("test-numbers", """{"number":"+37253000009","code":"123456","outcome":"late"}""");
        Assert.Equal((201, "late", 10), (late.Status, late.Text("outcome"), late.Json.GetProperty("delay").GetInt32()));

        var (all, last1) = Read(await _managed.GetAsync("test-numbers"));
        Assert.Equal(["+15005550006 settings", "+37253000001", "+37253000002", "+37253000003", "+37253000009"], all);
        Assert.Null(last1);
        var (first, next) = Read(await _managed.GetAsync("test-numbers?limit=3"));
        var (second, end) = Read(await _managed.GetAsync($"test-numbers?limit=3&after={next}"));
        Assert.Equal(all, first.Concat(second));
        Assert.Null(end);
        foreach (var (field, query) in ((string, string)[])[("limit", "limit=0"), ("limit", "limit=x"), ("after", "after=x")])
        {
            var wrong = await _managed.GetAsync($"test-numbers?{query}");
            Assert.Equal((400, 10, true), (wrong.Status, wrong.ErrorCode, wrong.Names(field)));
        }
    }

    [Fact]
    public async Task One_of_the_settings_is_replaced_but_not_deleted()
    {
        await _managed.PostAsync("test-numbers", $$"""{"number":"{{Phones.Test}}","code":"7788"}""");
        Assert.Equal("VERIFIED", (await Service.CheckAsync(await Service.VerifyAsync(Phones.Test), "7788")).Text("status"));
        Assert.Equal(200, (await _managed.DeleteAsync("test-numbers/15005550006")).Status);

        Assert.Equal("VERIFIED", (await Service.CheckAsync(await Service.VerifyAsync(Phones.Test), "0000")).Text("status"));
        var refused = await _managed.DeleteAsync("test-numbers/15005550006");
        Assert.Equal((400, 10, true), (refused.Status, refused.ErrorCode, refused.Names("number")));
    }

    [Fact]
    public async Task Every_change_is_a_line_of_the_security_log_without_a_number_or_a_code()
    {
        await AddAsync();
        await _managed.DeleteAsync(InPath);

        var lines = _log.Lines.Where(line => line.Contains("Changed by an operator", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, lines.Length);
        Assert.Contains("POST test-numbers, fields code,number, done", lines[0], StringComparison.Ordinal);
        Assert.Contains("DELETE test-numbers/…", lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain(
            _log.Lines,
            line => line.Contains("37253000001", StringComparison.Ordinal) || line.Contains("445566", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_was_added_is_named_at_the_next_start_outside_development()
    {
        var log = new LogBook();
        var settings = new Settings
        {
            ["LocalHost:FunctionKey"] = ManagedService.Key,
            ["Security:ServiceKey"] = ServiceKey,
            ["Security:CodeKeys:k1"] = ServiceKey,
            ["Security:ActiveCodeKey"] = "k1",
            ["DevelopmentAccount:KeyId"] = null,
            ["DevelopmentAccount:Secret"] = null,
        };
        await using var service = await TestService.StartAsync(settings, log.Attach, environment: "Production");
        using var operators = service.NewClient(null, null);
        operators.DefaultRequestHeaders.Add("x-functions-key", ManagedService.Key);
        var added = await service.PostAsync("/manage/test-numbers", Body(), operators);
        Assert.Equal(201, added.Status);
        Assert.DoesNotContain(log.Lines, line => line.Contains("+3725300****", StringComparison.Ordinal));

        await service.RestartAsync(settings);

        Assert.Contains(
            log.Lines,
            line => line.Contains("+3725300****", StringComparison.Ordinal) && line.Contains("is a test number", StringComparison.Ordinal));
    }

    private static string Body(string more = "", string code = "445566") => $$"""{"number":"{{Number}}","code":"{{code}}"{{more}}}""";

    private static (IReadOnlyList<string> Numbers, string? Next) Read(Answer answer)
    {
        Assert.Equal(200, answer.Status);
        var numbers = answer.Json.GetProperty("testNumbers").EnumerateArray()
            .Select(test => test.GetProperty("number").GetString()! + (test.TryGetProperty("configured", out _) ? " settings" : ""));
        return ([.. numbers], answer.Json.GetProperty("next").GetString());
    }

    private static async Task<(int, int)> StatusAsync(Task<Answer> call)
    {
        var answer = await call;
        return (answer.Status, answer.ErrorCode);
    }

    private async Task AddAsync(string more = "", string code = "445566")
    {
        var added = await _managed.PostAsync("test-numbers", Body(more, code));
        Assert.True(added.Status == 201, added.Body);
    }
}
