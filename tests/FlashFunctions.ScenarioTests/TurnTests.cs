using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.ScenarioTests.Messages;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests;

/// <summary>
/// Rule 6: what has to wait for our own rate limit, or for a provider's 429, waits as long as the request has life, and is not dropped.
/// </summary>
public sealed class TurnTests
{
    [Fact]
    public async Task Messages_beyond_the_rate_wait_and_all_are_sent()
    {
        await using var service = await StartAsync("1");
        var ids = new List<string>();
        for (var message = 0; message < 8; message++)
        {
            ids.Add(await SendAsync(service, Phones.Of(message)));
        }

        await PassAsync(service, seconds: 30);

        Assert.Equal(8, Upstream.To(service, "sms").Count);
        foreach (var id in ids)
        {
            var request = await service.ReadAsync(id);
            Assert.Equal(("DELIVERED", 1), (request.Text("status"), request.Attempts.Count));
        }
    }

    [Fact]
    public async Task A_look_up_that_cannot_wait_is_503_and_never_UNKNOWN_while_the_provider_is_up()
    {
        await using var service = await StartAsync("2");

        var answers = await service.UnstickAsync(Task.WhenAll(Enumerable.Range(0, 12).Select(phone =>
            service.PostAsync("/v1/insight/hlr", $$"""{"number":"{{Phones.Of(phone)}}"}"""))));

        Assert.Contains(answers, answer => answer.Status == 503);
        Assert.All(answers, answer => Assert.True(
            answer.Status == 200 ? answer.Text("status") == "DELIVERED" : answer is { Status: 503, ErrorCode: 50, RetryAfter: not null }));
    }

    [Fact]
    public async Task A_flash_call_that_has_to_wait_is_202_without_from_which_comes_later()
    {
        await using var service = await StartAsync("1", ("Routing:Order:call", "lanck"));
        await SendAsync(service, Phones.Of(1));
        await SendAsync(service, Phones.Of(2));
        await service.Host.PumpQueuesAsync();

        var answer = await service.PostAsync("/v1/calls/flash", $$"""{"number":"{{Phones.Ordinary}}"}""");
        var before = await service.ReadAsync(answer.Text("requestId"));
        await PassAsync(service, seconds: 10);
        var after = await service.ReadAsync(answer.Text("requestId"));

        Assert.Equal((202, "ACCEPTED"), (answer.Status, before.Text("status")));
        Assert.False(answer.Json.TryGetProperty("from", out _));
        Assert.Equal(service.Simulator.Phone(Phones.Ordinary)!.LastCaller, after.Text("from"));
        Assert.Equal(1, service.CallsTo(Phones.Ordinary));
    }

    [Fact]
    public async Task A_message_waits_for_a_providers_429_and_is_sent_when_that_is_over()
    {
        await using var service = await TestService.StartAsync();
        await service.Simulator.SetProviderModeAsync(SimulatedProviders.Lanck, SimulatedMode.TooManyRequests);
        var id = await SendAsync(service, Phones.Ordinary);
        await PassAsync(service, seconds: 60);
        var before = await service.ReadAsync(id);
        await service.Simulator.SetProviderModeAsync(SimulatedProviders.Lanck, SimulatedMode.Up);
        await PassAsync(service, seconds: 10);

        Assert.Equal("ACCEPTED", before.Text("status"));
        Assert.InRange(before.Attempts.Count, 2, 20);
        Assert.Equal("DELIVERED", (await service.ReadAsync(id)).Text("status"));
        Assert.Single(Upstream.To(service, "sms"), request => request.Status == 200);
    }

    [Fact]
    public async Task A_message_that_waits_to_the_end_of_its_life_ends_with_it()
    {
        await using var service = await TestService.StartAsync();
        await service.SweepAsync();
        await service.Simulator.SetProviderModeAsync(SimulatedProviders.Lanck, SimulatedMode.TooManyRequests);
        var id = await SendAsync(service, Phones.Ordinary);
        var due = (await service.StoredAsync(id)).Id.DueAt;

        await PassAsync(service, seconds: (int)(due - service.Clock.Now).TotalSeconds + 90, step: 10);
        await service.SweepAsync();

        Assert.Equal("UNDELIVERED", (await service.ReadAsync(id)).Text("status"));
    }

    [Fact]
    public async Task A_step_that_waits_gives_way_to_the_next_step_when_its_own_wait_has_passed()
    {
        await using var service = await TestService.StartAsync();
        await service.Simulator.SetProviderModeAsync(SimulatedProviders.Lanck, SimulatedMode.TooManyRequests);
        var id = await service.VerifyByAsync(Phones.Ordinary, "lanck", "bird");
        await PassAsync(service, seconds: 25);
        var before = (await service.ReadAsync(id)).Attempts;
        await PassAsync(service, seconds: 10);
        var after = (await service.ReadAsync(id)).Attempts;

        Assert.All(before, attempt => Assert.Equal("lanck notSent", Name(attempt)));
        Assert.Equal("bird placed", Name(after[^1]));
        Assert.Equal(1, service.CallsTo(Phones.Ordinary));
    }

    [Fact]
    public async Task A_verification_that_waits_rings_once_and_its_code_verifies()
    {
        await using var service = await StartAsync("1", ("Routing:Order:call", "lanck"));
        var ids = new List<string>();
        for (var phone = 0; phone < 4; phone++)
        {
            ids.Add(await service.VerifyAsync(Phones.Of(phone)));
        }

        await PassAsync(service, seconds: 20);

        for (var phone = 0; phone < 4; phone++)
        {
            Assert.Equal(1, service.CallsTo(Phones.Of(phone)));
            Assert.Equal("VERIFIED", (await service.CheckAsync(ids[phone], service.CodeOn(Phones.Of(phone)))).Text("status"));
        }
    }

    private static string Name(System.Text.Json.JsonElement attempt) =>
        $"{(attempt.TryGetProperty("provider", out var provider) ? provider.GetString() : "-")} {attempt.GetProperty("state").GetString()}";

    private static Task<TestService> StartAsync(string perSecond, params (string Name, string Value)[] more) => TestService.StartAsync(
        more
            .Append(("Providers:Lanck:RequestsPerSecond", perSecond))
            .ToDictionary(setting => setting.Item1, setting => (string?)setting.Item2, StringComparer.Ordinal));

    private static async Task<string> SendAsync(TestService service, string number)
    {
        var answer = await service.PostAsync("/v1/sms", $$"""{"number":"{{number}}","text":"Hello"}""");
        Assert.Equal(202, answer.Status);
        return answer.Text("requestId");
    }

    private static async Task PassAsync(TestService service, int seconds, int step = 1)
    {
        for (var until = service.Clock.Now.AddSeconds(seconds); service.Clock.Now < until;)
        {
            await service.PassAsync(TimeSpan.FromSeconds(step));
        }
    }
}
