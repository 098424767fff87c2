using System.Text.Json;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests;

/// <summary>Every queue's failed jobs end on the operators' list, from where they can be sent again.</summary>
public sealed class PoisonQueueTests : IAsyncLifetime
{
    private readonly Journal _journal = new();
    private ManagedService _managed = null!;

    public async ValueTask InitializeAsync() => _managed = await ManagedService.StartAsync(_journal.Attach);

    public ValueTask DisposeAsync() => _managed.DisposeAsync();

    [Theory]
    [InlineData(QueueNames.Dispatch)]
    [InlineData(QueueNames.Reports)]
    [InlineData(QueueNames.Callbacks)]
    public async Task A_message_that_cannot_be_read_is_listed_whole_and_can_be_sent_again(string queue)
    {
        string[] messages = ["", "nonsense", "{}", "null", """{"request":"x"}""", $"\"{new string('ж', 20_000)}\""];
        foreach (var message in messages)
        {
            await _managed.Service.EnqueueAsync(queue, message);
        }

        await FailForGoodAsync();

        var letters = await LettersAsync();
        var readable = queue == QueueNames.Callbacks ? 1 : 0; // A callback job of an unknown request is a job.
        Assert.Equal(messages.Length - readable, letters.Count(letter => letter.GetProperty("kind").GetString() == "unreadable"));
        Assert.All(letters, letter => Assert.Equal("", letter.GetProperty("account").GetString()));

        var id = letters[0].GetProperty("id").GetString();
        Assert.Equal(200, (await _managed.PostAsync($"dead-letters/{id}/retry")).Status);
        Assert.DoesNotContain(await LettersAsync(), letter => letter.GetProperty("id").GetString() == id);
    }

    [Fact]
    public async Task A_step_that_failed_for_good_is_listed_with_its_request_and_account()
    {
        using var client = await _managed.ClientOfAsync("shop");
        var id = (await _managed.VerifyAsync(client, Phones.Ordinary)).Text("requestId");
        await PoisonAsync(QueueNames.Dispatch);

        var letter = Assert.Single(await LettersAsync());
        Assert.Equal(
            ["step", "shop", id],
            new[] { "kind", "account", "requestId" }.Select(name => letter.GetProperty(name).GetString()));
    }

    [Fact]
    public async Task A_report_that_a_provider_did_not_take_for_an_hour_is_listed_and_can_be_sent_again()
    {
        var service = _managed.Service;
        await service.Simulator.SetProviderModeAsync(SimulatedProviders.RevicomConversion, SimulatedMode.Unavailable);
        var id = await service.VerifyByAsync(Phones.Ordinary, "revicom");
        await service.PumpAsync();
        await service.CheckAsync(id, service.CodeOn(Phones.Ordinary));
        await service.PumpAsync();
        await PassAsync(57);
        Assert.Empty(await LettersAsync());
        await PassAsync(8);
        var letter = Assert.Single(await LettersAsync());
        Assert.Equal(
            ("report", id, "The provider did not take it within an hour."),
            (
                letter.GetProperty("kind").GetString(), letter.GetProperty("requestId").GetString(),
                letter.GetProperty("reason").GetString()));

        await service.Simulator.SetProviderModeAsync(SimulatedProviders.RevicomConversion, SimulatedMode.Up);
        await _managed.PostAsync($"dead-letters/{letter.GetProperty("id").GetString()}/retry");
        await service.PumpAsync();
        Assert.Equal(["NUMBER_VERIFIED"], service.Simulator.Reports.Select(report => report.Result));
        Assert.Empty(await LettersAsync());

        async Task PassAsync(int minutes)
        {
            for (var minute = 0; minute < minutes; minute++)
            {
                await service.PassAsync(TimeSpan.FromMinutes(1));
            }
        }
    }

    [Fact]
    public async Task A_report_that_failed_for_good_is_listed_and_reaches_the_provider_when_it_is_sent_again()
    {
        using var client = await _managed.ClientOfAsync("shop");
        var id = (await _managed.VerifyAsync(client, Phones.Ordinary, Steps.CallsBy("bird"))).Text("requestId");
        await _managed.Service.PumpAsync();
        var check = await _managed.Service.SendAsync(
            client,
            HttpMethod.Post,
            "/v1/verify/check",
            new StringContent($$"""{"requestId":"{{id}}","code":"{{_managed.Service.CodeOn(Phones.Ordinary)}}"}"""));
        Assert.Equal("VERIFIED", check.Text("status"));
        await PoisonAsync(QueueNames.Reports);

        var letter = Assert.Single(await LettersAsync());
        Assert.Equal(("report", "shop"), (letter.GetProperty("kind").GetString(), letter.GetProperty("account").GetString()));
        Assert.Empty(Reports());
        Assert.Equal(200, (await _managed.PostAsync($"dead-letters/{letter.GetProperty("id").GetString()}/retry")).Status);
        await _managed.Service.PumpAsync();

        Assert.Single(Reports());
        Assert.Empty(await LettersAsync());
    }

    private async Task FailForGoodAsync()
    {
        for (var delivery = 0; delivery < 6; delivery++)
        {
            await _managed.Service.PassAsync(TimeSpan.FromSeconds(31));
        }
    }

    private IReadOnlyList<object> Reports() => _managed.Service.Simulator.Reports;

    private async Task<IReadOnlyList<JsonElement>> LettersAsync() =>
        [.. (await _managed.GetAsync("dead-letters")).Json.GetProperty("deadLetters").EnumerateArray()];

    /// <summary>Five deliveries of a queue's job that fail, and its poison queue.</summary>
    private async Task PoisonAsync(string queue)
    {
        var failures = 0;
        _journal.Before = operation =>
            operation.ToString() == $"{TableNames.Requests}.Read" && ++failures <= 5
                ? throw new SimulatedCrashException()
                : Task.CompletedTask;
        for (var delivery = 0; delivery < 5; delivery++)
        {
            await _managed.Service.Host.PumpQueuesAsync(queue);
            _managed.Service.Clock.Advance(TimeSpan.FromSeconds(31));
        }

        Assert.Equal(5, failures);
        _journal.Before = null;
        await _managed.Service.Host.PumpQueuesAsync(queue + QueueNames.PoisonSuffix);
    }
}
