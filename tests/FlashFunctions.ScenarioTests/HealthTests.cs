using System.Text.Json;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

public sealed class HealthTests
{
    [Fact]
    public async Task Everybody_is_told_ok_and_nothing_else()
    {
        await using var service = await TestService.StartAsync();

        var answer = await service.GetAsync("/healthz");

        Assert.Equal(200, answer.Status);
        Assert.Equal("""{"status":"ok"}""", answer.Body);
    }

    [Fact]
    public async Task HEAD_answers_like_GET_without_a_body()
    {
        await using var service = await TestService.StartAsync();

        var answer = await service.SendAsync(service.Http, HttpMethod.Head, "/healthz", null);

        Assert.Equal((200, ""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_503_for_everybody_and_named_to_operators()
    {
        var journal = new Journal();
        await using var managed = await ManagedService.StartAsync(journal.Attach);
        journal.Before = operation => operation.Port == TableNames.Sweep ? throw new StorageUnavailableException() : Task.CompletedTask;

        var everybody = await managed.Service.GetAsync("/healthz");
        var operators = await managed.GetAsync("health");

        Assert.Equal((503, """{"status":"unavailable"}"""), (everybody.Status, everybody.Body));
        Assert.Equal((503, "unavailable"), (operators.Status, operators.Text("storage")));
        Assert.Equal((TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2)), (everybody.RetryAfter, operators.RetryAfter));
    }

    [Fact]
    public async Task A_timer_that_never_runs_is_late_after_five_minutes()
    {
        await using var managed = await ManagedService.StartAsync();
        var service = managed.Service;

        Assert.Equal(200, (await service.GetAsync("/healthz?sweepWithin=60")).Status);
        Assert.False((await managed.GetAsync("health")).Json.TryGetProperty("sweepLagSeconds", out _));

        service.Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(503, (await service.GetAsync("/healthz?sweepWithin=60")).Status);
        Assert.Equal(300, (await managed.GetAsync("health")).Json.GetProperty("sweepLagSeconds").GetInt64());
    }

    [Fact]
    public async Task Operators_see_store_timer_and_providers()
    {
        await using var managed = await ManagedService.StartAsync();

        var answer = await managed.GetAsync("health");

        Assert.Equal((200, "ok"), (answer.Status, answer.Text("storage")));
        Assert.Contains("unibell", answer.Json.GetProperty("providers").EnumerateObject().Select(provider => provider.Name));
    }

    [Fact]
    public async Task Queue_age_is_by_how_much_the_first_waiting_job_is_overdue()
    {
        await using var managed = await ManagedService.StartAsync();
        var service = managed.Service;
        Assert.Equal((0, 0, 0), Ages((await managed.GetAsync("health")).Json));

        // Its second step is due in 30 s: until then nothing of it is overdue.
        await service.VerifyAsync("+37253000001", Steps.Of(new("call", "unibell", Wait: 30), "sms"));
        service.Clock.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal((7, 0, 0), Ages((await managed.GetAsync("health")).Json));
        await service.PumpAsync();
        service.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((0, 0, 0), Ages((await managed.GetAsync("health")).Json));
        service.Clock.Advance(TimeSpan.FromSeconds(28 + 5));

        Assert.InRange(Ages((await managed.GetAsync("health")).Json).Dispatch, 4, 6);
    }

    [Fact]
    public async Task A_dead_letter_s_job_that_is_sent_again_is_no_older_than_its_message()
    {
        await using var managed = await ManagedService.StartAsync();
        var service = managed.Service;
        var old = service.Clock.GetUtcNow().AddDays(-3).ToUnixTimeMilliseconds();
        await service.EnqueueAsync(QueueNames.Reports, $$"""{"request":"01KJQ0ZP407DZ9RMFGMBA4GVGK","due":{{old}}}""");
        await service.EnqueueAsync(QueueNames.Callbacks, "no job at all");
        service.Clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal((0, 3, 3), Ages((await managed.GetAsync("health")).Json));
    }

    private static (int Dispatch, int Reports, int Callbacks) Ages(JsonElement health)
    {
        var ages = health.GetProperty("queueAgeSeconds");
        int Of(string queue) => ages.GetProperty(queue).GetInt32();
        return (Of(QueueNames.Dispatch), Of(QueueNames.Reports), Of(QueueNames.Callbacks));
    }
}
