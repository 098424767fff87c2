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
    }

    [Fact]
    public async Task Operators_see_store_timer_and_providers()
    {
        await using var managed = await ManagedService.StartAsync();

        var answer = await managed.GetAsync("health");

        Assert.Equal((200, "ok"), (answer.Status, answer.Text("storage")));
        Assert.Contains("unibell", answer.Json.GetProperty("providers").EnumerateObject().Select(provider => provider.Name));
    }
}
