using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>Rule 6: no accepted request is lost, and none that was not accepted goes on.</summary>
public sealed class Rule06NothingLostTests : IAsyncLifetime
{
    private const string Enqueue = $"{QueueNames.Dispatch}.Send";
    private const string Insert = $"{TableNames.Requests}.Insert";
    private const string Read = $"{TableNames.Requests}.Read";
    private readonly Journal _journal = new();
    private TestService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await TestService.StartAsync(services: _journal.Attach);
        await _service.SweepAsync();
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData("/v1/verify")]
    [InlineData("/v1/calls/flash")]
    public async Task A_request_whose_job_the_queue_does_not_take_is_503_and_ended(string path)
    {
        FailOn(Enqueue, () => new StorageUnavailableException());
        var answer = await PostAsync(path);
        _journal.Before = null;
        await _service.PumpAsync();
        var request = await _service.StoredAsync(InsertedId());

        Assert.Equal((503, 50), (answer.Status, answer.ErrorCode));
        Assert.True(answer.RetryAfter > TimeSpan.Zero);
        Assert.NotNull(request.EndedAt);
        Assert.Contains("queue", request.EndReason, StringComparison.Ordinal);
        Assert.Equal(0, _service.CallsTo(Phones.Ordinary));
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

        _journal.Before = null;

        Assert.Equal(202, (await PostAsync("/v1/verify")).Status);
    }

    [Fact]
    public async Task A_flash_call_that_the_store_stops_half_way_is_accepted_and_placed_by_its_job()
    {
        FailOn($"{TableNames.Requests}.Replace", () => new StorageUnavailableException());
        var answer = await PostAsync("/v1/calls/flash");
        _journal.Before = null;
        var before = _service.CallsTo(Phones.Ordinary);
        await _service.PassAsync(TimeSpan.FromSeconds(31));

        Assert.Equal(202, answer.Status);
        Assert.False(answer.Json.TryGetProperty("from", out _));
        Assert.Equal(0, before);
        Assert.Equal(1, _service.CallsTo(Phones.Ordinary));
        Assert.Equal("DELIVERED", (await _service.ReadAsync(answer.Text("requestId"))).Text("status"));
    }

    [Fact]
    public async Task What_died_between_the_store_and_the_queue_is_ended_by_the_timer()
    {
        _journal.KillBefore(operation => operation.ToString() == Enqueue);
        await PostAsync("/v1/verify");
        _journal.Revive();
        await _service.PassAsync(TimeSpan.FromMinutes(7));
        var before = (await _service.StoredAsync(InsertedId())).EndedAt;

        await _service.SweepAsync();

        Assert.Null(before);
        Assert.NotNull((await _service.StoredAsync(InsertedId())).EndedAt);
        Assert.Equal("undeliverable", await _service.ResultAsync(InsertedId()));
        Assert.Equal(0, _service.CallsTo(Phones.Ordinary));
    }

    [Fact]
    public async Task A_job_that_fails_for_good_ends_its_request_with_the_reason()
    {
        var id = await _service.VerifyAsync(Phones.Ordinary);
        await PoisonAsync();

        var request = await _service.ReadAsync(id);
        Assert.Equal("undeliverable", request.Text("result"));
        Assert.Equal("UNDELIVERED", request.Text("status"));
        Assert.Contains("job", request.Text("reason"), StringComparison.Ordinal);
        Assert.Equal(0, _service.CallsTo(Phones.Ordinary));
    }

    [Fact]
    public async Task A_job_that_fails_for_good_gives_its_send_back()
    {
        await _service.RestartAsync(new Settings { ["Guard:SendsPerTenMinutes"] = "1" });
        await _service.VerifyAsync(Phones.Ordinary);
        await PoisonAsync();

        Assert.Equal(202, (await PostAsync("/v1/verify")).Status);
    }

    [Fact]
    public async Task A_job_that_fails_for_good_leaves_a_code_that_was_sent_good()
    {
        var id = await _service.VerifyByAsync(Phones.Ordinary, "lanck", "bird");
        await _service.PumpAsync();
        _service.Clock.Advance(TimeSpan.FromSeconds(31));
        await PoisonAsync();

        Assert.Equal(1, _service.CallsTo(Phones.Ordinary));
        Assert.Equal("VERIFIED", (await _service.CheckAsync(id, _service.CodeOn(Phones.Ordinary))).Text("status"));
    }

    [Fact]
    public async Task A_message_that_is_no_job_stops_nothing()
    {
        foreach (var message in (string[])["", "nonsense", "{}", "null", """{"request":"x","step":0,"cause":"Accepted"}"""])
        {
            await _service.EnqueueAsync(QueueNames.Dispatch, message);
            await _service.EnqueueAsync(QueueNames.Reports, message);
        }

        var id = await _service.VerifyAsync(Phones.Ordinary);
        for (var delivery = 0; delivery < 6; delivery++)
        {
            await _service.PassAsync(TimeSpan.FromSeconds(31));
        }

        Assert.Equal("VERIFIED", (await _service.CheckAsync(id, _service.CodeOn(Phones.Ordinary))).Text("status"));
    }

    [Fact]
    public async Task A_store_that_cannot_answer_is_503_with_error_50_and_Retry_After_on_every_call()
    {
        var id = await _service.VerifyByAsync(Phones.Ordinary, "lanck", "bird");
        _service.Clock.Advance(TimeSpan.FromSeconds(31));
        _journal.Before = operation => TableNames.All.Contains(operation.Port)
            ? throw new StorageUnavailableException()
            : Task.CompletedTask;

        Answer[] answers =
        [
            await PostAsync("/v1/verify"),
            await PostAsync("/v1/calls/flash"),
            await _service.CheckAsync(id, "1234"),
            await _service.NextAsync(id),
            await _service.CancelAsync(id),
            await _service.ReadAsync(id),
            await _service.PostAsync($"/v1/requests/{id}", """{"goal":"NUMBER_VERIFIED"}"""),
        ];

        Assert.All(answers, answer => Assert.Equal((503, 50), (answer.Status, answer.ErrorCode)));
        Assert.All(answers, answer => Assert.True(answer.RetryAfter > TimeSpan.Zero));
    }

    [Fact]
    public async Task A_next_step_that_the_queue_does_not_take_is_503_and_may_be_asked_for_again()
    {
        var id = await _service.VerifyByAsync(Phones.Ordinary, "revicom", "lanck");
        await _service.PumpAsync();
        _service.Clock.Advance(TimeSpan.FromSeconds(31));
        FailOn(Enqueue, () => new StorageUnavailableException());
        var refused = await _service.NextAsync(id);
        _journal.Before = null;

        var again = await _service.NextAsync(id);
        await _service.PumpAsync();

        Assert.Equal((503, 50), (refused.Status, refused.ErrorCode));
        Assert.Equal(202, again.Status);
        Assert.Equal(2, _service.CallsTo(Phones.Ordinary));
    }

    private Task<Answer> PostAsync(string path) =>
        _service.PostAsync(path, $$"""{"number":"{{Phones.Ordinary}}"{{(path == "/v1/verify" ? ",\"method\":\"call\"" : "")}}}""");

    private void FailOn(string operation, Func<Exception> failure) =>
        _journal.Before = done => done.ToString() == operation ? throw failure() : Task.CompletedTask;

    /// <summary>Five deliveries that fail, and the poison queue.</summary>
    private async Task PoisonAsync()
    {
        var failures = 0;
        _journal.Before = operation => operation.ToString() == Read && ++failures <= 5
            ? throw new SimulatedCrashException()
            : Task.CompletedTask;
        for (var delivery = 0; delivery < 5; delivery++)
        {
            await _service.PumpAsync();
            _service.Clock.Advance(TimeSpan.FromSeconds(31));
        }

        Assert.True(failures > 5);
        _journal.Before = null;
    }

    private string InsertedId() =>
        ((Row)_journal.Operations.Last(operation => operation.ToString() == Insert).Arguments[0]!).RowKey;
}
