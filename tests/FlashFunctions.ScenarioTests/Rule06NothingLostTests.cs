using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>Rule 6: no accepted request is lost, and none that was not accepted goes on.</summary>
public sealed class Rule06NothingLostTests : JournaledTests
{
    private const string Enqueue = $"{QueueNames.Dispatch}.Send";
    private const string Insert = $"{TableNames.Requests}.Insert";
    private const string Read = $"{TableNames.Requests}.Read";

    [Theory]
    [InlineData("/v1/verify")]
    [InlineData("/v1/calls/flash")]
    public async Task A_request_whose_job_the_queue_does_not_take_is_503_and_ended(string path)
    {
        FailOn(Enqueue, () => new StorageUnavailableException());
        var answer = await PostAsync(path);
        Journal.Before = null;
        await Service.PumpAsync();
        var request = await Service.StoredAsync(InsertedId());

        Assert.Equal((503, 50), (answer.Status, answer.ErrorCode));
        Assert.True(answer.RetryAfter > TimeSpan.Zero);
        Assert.NotNull(request.EndedAt);
        Assert.Contains("queue", request.EndReason, StringComparison.Ordinal);
        Assert.Equal(0, Service.CallsTo(Phones.Ordinary));
    }

    [Theory]
    [InlineData(Enqueue, true)]
    [InlineData(Insert, true)]
    [InlineData(Enqueue, false)]
    [InlineData(Insert, false)]
    public async Task A_failure_of_any_kind_gives_the_send_and_the_cool_down_back(string operation, bool isStore)
    {
        for (var send = 0; send < 6; send++)
        {
            FailOn(operation, () => isStore ? new StorageUnavailableException() : new SimulatedCrashException());
            Assert.Equal(isStore ? 503 : 500, (await PostAsync("/v1/verify")).Status);
            Assert.Equal(isStore ? 503 : 500, (await PostAsync("/v1/calls/flash")).Status);
        }

        Journal.Before = null;

        Assert.Equal(202, (await PostAsync("/v1/verify")).Status);
    }

    [Fact]
    public async Task A_flash_call_that_the_store_stops_half_way_is_accepted_and_placed_by_its_job()
    {
        FailOn($"{TableNames.Requests}.Replace", () => new StorageUnavailableException());
        var answer = await PostAsync("/v1/calls/flash");
        Journal.Before = null;
        var before = Service.CallsTo(Phones.Ordinary);
        await Service.PassAsync(TimeSpan.FromSeconds(31));

        Assert.Equal(202, answer.Status);
        Assert.False(answer.Json.TryGetProperty("from", out _));
        Assert.Equal(0, before);
        Assert.Equal(1, Service.CallsTo(Phones.Ordinary));
        Assert.Equal("DELIVERED", (await Service.ReadAsync(answer.Text("requestId"))).Text("status"));
    }

    [Fact]
    public async Task What_died_between_the_store_and_the_queue_is_ended_by_the_timer()
    {
        Journal.KillBefore(operation => operation.ToString() == Enqueue);
        await PostAsync("/v1/verify");
        Journal.Revive();
        await Service.PassAsync(TimeSpan.FromMinutes(7));
        var before = (await Service.StoredAsync(InsertedId())).EndedAt;

        await Service.SweepAsync();

        Assert.Null(before);
        Assert.NotNull((await Service.StoredAsync(InsertedId())).EndedAt);
        Assert.Equal("undeliverable", await Service.ResultAsync(InsertedId()));
        Assert.Equal(0, Service.CallsTo(Phones.Ordinary));
    }

    [Fact]
    public async Task A_job_that_fails_for_good_ends_its_request_with_the_reason()
    {
        var id = await Service.VerifyAsync(Phones.Ordinary);
        await PoisonAsync();

        var request = await Service.ReadAsync(id);
        Assert.Equal("undeliverable", request.Text("result"));
        Assert.Equal("UNDELIVERED", request.Text("status"));
        Assert.Contains("job", request.Text("reason"), StringComparison.Ordinal);
        Assert.Equal(0, Service.CallsTo(Phones.Ordinary));
    }

    [Fact]
    public async Task A_job_that_fails_for_good_gives_its_send_back()
    {
        await Service.RestartAsync(new Settings { ["Guard:SendsPerTenMinutes"] = "1" });
        await Service.VerifyAsync(Phones.Ordinary);
        await PoisonAsync();

        Assert.Equal(202, (await PostAsync("/v1/verify")).Status);
    }

    [Fact]
    public async Task A_job_that_fails_for_good_leaves_a_code_that_was_sent_good()
    {
        var id = await Service.VerifyByAsync(Phones.Ordinary, "lanck", "bird");
        await Service.PumpAsync();
        Service.Clock.Advance(TimeSpan.FromSeconds(31));
        await PoisonAsync();

        Assert.Equal(1, Service.CallsTo(Phones.Ordinary));
        Assert.Equal("VERIFIED", (await Service.CheckAsync(id, Service.CodeOn(Phones.Ordinary))).Text("status"));
    }

    [Fact]
    public async Task A_message_that_is_no_job_stops_nothing()
    {
        foreach (var message in (string[])["", "nonsense", "{}", "null", """{"request":"x","step":0,"cause":"Accepted"}"""])
        {
            await Service.EnqueueAsync(QueueNames.Dispatch, message);
            await Service.EnqueueAsync(QueueNames.Reports, message);
        }

        var id = await Service.VerifyAsync(Phones.Ordinary);
        for (var delivery = 0; delivery < 6; delivery++)
        {
            await Service.PassAsync(TimeSpan.FromSeconds(31));
        }

        Assert.Equal("VERIFIED", (await Service.CheckAsync(id, Service.CodeOn(Phones.Ordinary))).Text("status"));
    }

    [Fact]
    public async Task A_store_that_cannot_answer_is_503_with_error_50_and_Retry_After_on_every_call()
    {
        var id = await Service.VerifyByAsync(Phones.Ordinary, "lanck", "bird");
        Service.Clock.Advance(TimeSpan.FromSeconds(31));
        Journal.Before = operation => TableNames.All.Contains(operation.Port)
            ? throw new StorageUnavailableException()
            : Task.CompletedTask;

        Answer[] answers =
        [
            await PostAsync("/v1/verify"),
            await PostAsync("/v1/calls/flash"),
            await Service.CheckAsync(id, "1234"),
            await Service.NextAsync(id),
            await Service.CancelAsync(id),
            await Service.ReadAsync(id),
            await Service.PostAsync($"/v1/requests/{id}", """{"goal":"NUMBER_VERIFIED"}"""),
        ];

        Assert.All(answers, answer => Assert.Equal((503, 50), (answer.Status, answer.ErrorCode)));
        Assert.All(answers, answer => Assert.True(answer.RetryAfter > TimeSpan.Zero));
    }

    [Fact]
    public async Task A_next_step_that_the_queue_does_not_take_is_503_and_may_be_asked_for_again()
    {
        var id = await Service.VerifyByAsync(Phones.Ordinary, "revicom", "lanck");
        await Service.PumpAsync();
        Service.Clock.Advance(TimeSpan.FromSeconds(31));
        FailOn(Enqueue, () => new StorageUnavailableException());
        var refused = await Service.NextAsync(id);
        Journal.Before = null;

        var again = await Service.NextAsync(id);
        await Service.PumpAsync();

        Assert.Equal((503, 50), (refused.Status, refused.ErrorCode));
        Assert.Equal(202, again.Status);
        Assert.Equal(2, Service.CallsTo(Phones.Ordinary));
    }

    private Task<Answer> PostAsync(string path) =>
        Service.PostAsync(path, $$"""{"number":"{{Phones.Ordinary}}"{{(path == "/v1/verify" ? ",\"method\":\"call\"" : "")}}}""");

    private void FailOn(string operation, Func<Exception> failure) =>
        Journal.Before = done => done.ToString() == operation ? throw failure() : Task.CompletedTask;

    /// <summary>Five deliveries that fail, and the poison queue.</summary>
    private async Task PoisonAsync()
    {
        var failures = 0;
        Journal.Before = operation => operation.ToString() == Read && ++failures <= 5
            ? throw new SimulatedCrashException()
            : Task.CompletedTask;
        for (var delivery = 0; delivery < 5; delivery++)
        {
            await Service.PumpAsync();
            Service.Clock.Advance(TimeSpan.FromSeconds(31));
        }

        Assert.True(failures > 5);
        Journal.Before = null;
    }

    private string InsertedId() =>
        ((Row)Journal.Operations.Last(operation => operation.ToString() == Insert).Arguments[0]!).RowKey;
}
