using System.Text;
using System.Text.Json;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>Rule 2: a code of n digits is n digits hard to guess, or no provider carries it.</summary>
public sealed class CodeEntropyTests
{
    private const string TenNumbers = "+37282320000-+37282320009";
    private const string TenThousandNumbers = "+37282320000-+37282329999";

    [Theory]
    [InlineData("Providers:Bird:CallerNumbers", TenNumbers, 4, "unibell", false)]
    [InlineData("Providers:Bird:CallerNumbers", TenThousandNumbers, 4, "unibell", true)]
    [InlineData("Providers:Bird:CallerNumbers", TenThousandNumbers, 5, "lanck", false)]
    [InlineData("Providers:Bird:AssumedTails", "0", 4, "unibell", false)]
    [InlineData("Providers:Bird:AssumedTails", "9999", 4, "unibell", false)]
    [InlineData("Providers:Bird:AssumedTails", "10000", 4, "unibell", true)]
    [InlineData("Providers:Bird:AssumedTails", "999999", 6, "lanck", false)]
    [InlineData("Providers:Bird:AssumedTails", "1000000", 6, "lanck", true)]
    public async Task A_provider_whose_tails_are_too_few_is_passed_over(string key, string value, int length, string other, bool suits)
    {
        await using var service = await TestService.StartInProductionAsync((key, value), ("Routing:Order:call", $"bird,{other}"));
        using var client = await service.AddAccountAsync("acme");

        var answer = await VerifyAsync(service, client, $$"""{"number":"{{Phones.Ordinary}}","method":"call","codeLength":{{length}}}""");
        Assert.Equal(202, answer.Status);
        await service.PumpAsync();
        var request = await service.StoredAsync(answer.Text("requestId"));
        Assert.Equal(suits ? "bird" : other, Assert.Single(request.Attempts).Provider);

        service.Clock.Advance(TimeSpan.FromMinutes(1));
        var named = await VerifyAsync(
            service,
            client,
            $$"""{"number":"{{Phones.Ordinary}}","codeLength":{{length}}{{Steps.Of("sms", new("call", "bird"))}}}""");
        Assert.Equal(suits ? (202, 0) : (400, 10), (named.Status, named.ErrorCode));
        Assert.Equal(!suits, named.Names("workflow[1].provider"));
    }

    [Theory]
    [InlineData("""{"method":"call"}""", "method")]
    [InlineData("""{"method":"sms"},{"method":"call"}""", "workflow[1].method")]
    public async Task With_no_provider_left_the_step_is_named(string steps, string field)
    {
        await using var service = await TestService.StartInProductionAsync(
            ("Routing:Country:EE:call", "bird"), ("Providers:Bird:AssumedTails", "0"));
        using var client = await service.AddAccountAsync("acme");
        var body = field == "method" ? "\"method\":\"call\"" : $"\"workflow\":[{steps}]";

        var here = await VerifyAsync(service, client, $$"""{"number":"{{Phones.Ordinary}}",{{body}}}""");
        var elsewhere = await VerifyAsync(service, client, $$"""{"number":"+358401234501",{{body}}}""");

        Assert.Equal((400, 10), (here.Status, here.ErrorCode));
        Assert.True(here.Names(field), here.Body);
        Assert.Equal(202, elsewhere.Status);
        Assert.Empty(service.Simulator.Requests());
    }

    [Fact]
    public async Task A_flash_call_whose_code_the_backend_checks_is_not_bound()
    {
        await using var service = await TestService.StartInProductionAsync(
            ("Providers:Bird:CallerNumbers", TenNumbers), ("Routing:Order:call", "bird"));
        using var client = await service.AddAccountAsync("acme");

        var answer = await service.SendAsync(
            client, HttpMethod.Post, "/v1/calls/flash", Json($$"""{"number":"{{Phones.Ordinary}}"}"""));

        Assert.Equal(200, answer.Status);
        Assert.StartsWith("3728232000", answer.Text("from").TrimStart('+'), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TenNumbers, 1)]
    [InlineData("", 0)]
    [InlineData(TenThousandNumbers, null)]
    public async Task Health_names_it(string numbers, int? digits)
    {
        await using var service = await TestService.StartInProductionAsync(
            ("Providers:Bird:CallerNumbers", numbers), ("Providers:Bird:AssumedTails", "0"), ("LocalHost:FunctionKey", ManagedService.Key));

        var health = await HealthAsync(service);

        var shortCodes = health.TryGetProperty("shortCodes", out var named) ? named : default;
        Assert.Equal(digits is not null, shortCodes.ValueKind == JsonValueKind.Object);
        Assert.Equal(digits, digits is null ? null : shortCodes.GetProperty("bird").GetInt32());
    }

    [Fact]
    public async Task Development_carries_it_all_the_same_named_or_not()
    {
        await using var service = await TestService.StartAsync(new Settings
        {
            ["Providers:Bird:CallerNumbers"] = TenNumbers,
            ["Routing:Order:call"] = "bird",
        });

        var byOrder = await service.VerifyAsync(Phones.Ordinary);
        var byName = await service.VerifyByAsync(Phones.Of(2), "bird");
        await service.PumpAsync();

        Assert.Equal("VERIFIED", (await service.CheckAsync(byOrder, service.CodeOn(Phones.Ordinary))).Text("status"));
        Assert.Equal("VERIFIED", (await service.CheckAsync(byName, service.CodeOn(Phones.Of(2)))).Text("status"));
    }

    [Fact]
    public async Task The_simulated_Bird_is_taken_to_have_ten_thousand_tails_and_another_one_none()
    {
        await using var simulated = await TestService.StartAsync(
            new Settings { ["LocalHost:FunctionKey"] = ManagedService.Key });
        await using var other = await TestService.StartAsync(new Settings
        {
            ["Providers:Bird:BaseAddress"] = "https://bird.example",
            ["LocalHost:FunctionKey"] = ManagedService.Key,
        });

        Assert.False((await HealthAsync(simulated)).TryGetProperty("shortCodes", out _));
        Assert.Equal(0, (await HealthAsync(other)).GetProperty("shortCodes").GetProperty("bird").GetInt32());
    }

    private static Task<Answer> VerifyAsync(TestService service, HttpClient client, string json) =>
        service.SendAsync(client, HttpMethod.Post, "/v1/verify", Json(json));

    private static async Task<JsonElement> HealthAsync(TestService service)
    {
        using var client = service.NewClient(null, null);
        client.DefaultRequestHeaders.Add("x-functions-key", ManagedService.Key);
        return (await service.SendAsync(client, HttpMethod.Get, "/manage/health", null)).Json;
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}
