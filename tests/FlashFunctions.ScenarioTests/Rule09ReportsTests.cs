using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests;

/// <summary>Rule 9: the outcome is reported upstream, to every provider that placed an attempt.</summary>
public sealed class Rule09ReportsTests : IAsyncLifetime
{
    private readonly Journal _journal = new();
    private TestService _service = null!;

    /// <summary>How it ends, by whom it was placed, and the word that the provider is told; null where it has none for it.</summary>
    public static TheoryData<string, string, string?> Verdicts => new()
    {
        { "verified", "unibell", null },
        { "verified", "revicom", "NUMBER_VERIFIED" },
        { "verified", "bird", "verified" },
        { "verified", "lanck", "NUMBER_VERIFIED" },
        { "verified after a wrong code", "revicom", "NUMBER_VERIFIED" },
        { "verified after a wrong code", "bird", "verified" },
        { "failed", "unibell", null },
        { "failed", "revicom", "WRONG_CODE" },
        { "failed", "bird", "wrong_cli" },
        { "failed", "lanck", null },
        { "expired after a wrong code", "revicom", "WRONG_CODE" },
        { "expired after a wrong code", "bird", "wrong_cli" },
        { "expired after a wrong code", "lanck", null },
        { "expired", "unibell", null },
        { "expired", "revicom", null },
        { "expired", "bird", "timeout" },
        { "expired", "lanck", null },
        { "canceled", "revicom", null },
        { "canceled", "bird", "canceled" },
        { "canceled", "lanck", null },
        { "canceled after a wrong code", "revicom", null },
        { "canceled after a wrong code", "bird", "canceled" },
        { "superseded", "unibell", null },
        { "superseded", "revicom", null },
        { "superseded", "bird", "canceled" },
        { "superseded after a wrong code", "revicom", null },
        { "superseded after a wrong code", "bird", "canceled" },
    };

    public async ValueTask InitializeAsync()
    {
        _service = await TestService.StartAsync(services: _journal.Attach);
        await _service.SweepAsync();
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [MemberData(nameof(Verdicts))]
    public async Task Every_end_is_told_in_the_words_of_the_provider(string end, string provider, string? word)
    {
        var id = await StartAsync(provider);
        if (end.EndsWith("after a wrong code", StringComparison.Ordinal))
        {
            await WrongAsync(id);
        }

        await EndAsync(id, end.Split(' ')[0]);
        await _service.PumpAsync();

        Assert.Equal(end.Split(' ')[0], await _service.ResultAsync(id));
        Assert.Equal(word is null ? [] : [word], _service.Simulator.Reports.Select(report => report.Result));
        Assert.All(_service.Simulator.Reports, report => Assert.Equal((provider, Phones.Ordinary[1..]), (report.Provider, report.Number)));
        Assert.All(_service.Simulator.Reports, report => Assert.Null(report.Detail));
    }

    [Fact]
    public async Task What_was_reported_lost_and_ends_with_no_code_entered_is_a_timeout()
    {
        var id = await _service.VerifyByAsync(Phones.With(Phones.Unreachable), "bird");
        await _service.PumpAsync();
        await EndAsync(id, "expired");

        Assert.Equal("undeliverable", await _service.ResultAsync(id));
        Assert.Equal(["timeout"], _service.Simulator.Reports.Select(report => report.Result));
    }

    [Fact]
    public async Task Every_provider_that_placed_an_attempt_is_told()
    {
        var id = await StartAsync("bird", "revicom", "lanck");
        await _service.PassAsync(TimeSpan.FromSeconds(31));
        await _service.PassAsync(TimeSpan.FromSeconds(71));
        await EndAsync(id, "verified");
        await _service.PumpAsync();

        Assert.Equal(
            ["bird", "lanck", "revicom"], _service.Simulator.Reports.Select(report => report.Provider).Order(StringComparer.Ordinal));
        Assert.All(
            (await _service.ReadAsync(id)).Attempts, attempt => Assert.Equal("Verified", attempt.GetProperty("reported").GetString()));
    }

    [Fact]
    public async Task A_provider_that_placed_nothing_is_not_told()
    {
        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.Bird, SimulatedMode.Unauthorized);
        var id = await StartAsync("bird", "revicom");
        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.Bird, SimulatedMode.Up);
        await EndAsync(id, "verified");
        await _service.PumpAsync();

        Assert.Equal(["revicom"], _service.Simulator.Reports.Select(report => report.Provider));
    }

    [Fact]
    public async Task A_report_never_delays_an_answer_and_goes_through_the_queue()
    {
        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.RevicomConversion, SimulatedMode.Hang);
        var id = await StartAsync("revicom");
        _journal.Clear();

        var check = await _service.CheckAsync(id, _service.CodeOn(Phones.Ordinary));

        Assert.Equal("VERIFIED", check.Text("status"));
        Assert.DoesNotContain(_journal.Operations, operation => operation.Verb == "Report");
        Assert.Single(_journal.Operations, operation => operation.ToString() == $"{QueueNames.Reports}.Send");
    }

    [Fact]
    public async Task A_report_that_is_not_taken_is_tried_again_until_it_is()
    {
        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.RevicomConversion, SimulatedMode.Unavailable);
        var id = await StartAsync("revicom");
        await EndAsync(id, "verified");
        await _service.PumpAsync();
        await _service.PassAsync(TimeSpan.FromSeconds(6));
        var before = _service.Simulator.Reports.Count;
        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.RevicomConversion, SimulatedMode.Up);
        await _service.PassAsync(TimeSpan.FromSeconds(31));

        Assert.Equal(0, before);
        Assert.Equal(["NUMBER_VERIFIED"], _service.Simulator.Reports.Select(report => report.Result));
    }

    [Fact]
    public async Task A_report_that_is_delivered_twice_tells_nobody_twice()
    {
        var id = await StartAsync("bird", "revicom");
        await _service.PassAsync(TimeSpan.FromSeconds(31));
        await EndAsync(id, "verified");
        await _service.PumpAsync();
        var message = (string)_journal.Operations.Last(operation => operation.ToString() == $"{QueueNames.Reports}.Send").Arguments[0]!;
        await _service.EnqueueAsync(QueueNames.Reports, message);
        await _service.PumpAsync();

        Assert.Equal(2, _service.Simulator.Reports.Count);
    }

    [Fact]
    public async Task A_report_that_the_queue_did_not_take_is_found_by_the_timer()
    {
        var id = await StartAsync("bird");
        _journal.Before = operation => operation.ToString() == $"{QueueNames.Reports}.Send"
            ? throw new StorageUnavailableException()
            : Task.CompletedTask;
        var check = await _service.CheckAsync(id, _service.CodeOn(Phones.Ordinary));
        _journal.Before = null;
        await _service.PassAsync(TimeSpan.FromMinutes(7));
        var before = _service.Simulator.Reports.Count;
        await _service.SweepAsync();

        Assert.Equal("VERIFIED", check.Text("status"));
        Assert.Equal(0, before);
        Assert.Equal(["verified"], _service.Simulator.Reports.Select(report => report.Result));
    }

    [Fact]
    public async Task A_report_that_the_queue_did_not_take_from_the_timer_is_sent_by_its_next_run()
    {
        await StartAsync("bird");
        await _service.PassAsync(TimeSpan.FromMinutes(7));
        _journal.Before = operation => operation.ToString() == $"{QueueNames.Reports}.Send"
            ? throw new StorageUnavailableException()
            : Task.CompletedTask;
        await Assert.ThrowsAsync<StorageUnavailableException>(_service.SweepAsync);
        _journal.Before = null;
        await _service.PassAsync(TimeSpan.FromMinutes(1));
        await _service.SweepAsync();

        Assert.Equal(["timeout"], _service.Simulator.Reports.Select(report => report.Result));
    }

    [Fact]
    public async Task A_call_with_an_unclear_answer_is_ended_by_its_two_numbers()
    {
        await _service.RestartAsync(new Settings
        {
            ["Providers:Bird:CallerNumbers"] = "+37282320000-+37282329999",
        });
        var number = Phones.With(Phones.RingsWithServerError);
        var id = await _service.VerifyByAsync(number, "bird");
        await _service.Host.PumpQueuesAsync();
        var check = await _service.CheckAsync(id, _service.CodeOn(number));
        await _service.PumpAsync();

        Assert.Equal("VERIFIED", check.Text("status"));
        Assert.Equal([("hangup", "verified")], _service.Simulator.Reports.Select(report => (report.Kind, report.Result)));
    }

    [Fact]
    public async Task A_goal_is_recorded_and_forwarded_where_the_provider_has_such_a_call()
    {
        await _service.RestartAsync(new Settings { ["Routing:Order:call"] = "lanck" });
        var call = await _service.PostAsync("/v1/calls/flash", $$"""{"number":"{{Phones.Ordinary}}"}""");
        var id = call.Text("requestId");
        await _service.PumpAsync();

        var goal = await _service.PostAsync($"/v1/requests/{id}", """{"goal":"NUMBER_VERIFIED"}""");
        await _service.PumpAsync();

        Assert.Equal((200, "NUMBER_VERIFIED"), (goal.Status, goal.Text("goal")));
        Assert.Equal("NUMBER_VERIFIED", (await _service.ReadAsync(id)).Text("goal"));
        Assert.Equal(["NUMBER_VERIFIED"], _service.Simulator.Reports.Select(report => report.Result));
    }

    [Theory]
    [InlineData("verified", "LINK_OPENED", "NUMBER_VERIFIED", "LINK_OPENED")]
    [InlineData("canceled", "LINK_OPENED", "LINK_OPENED")]
    [InlineData("expired", "LINK_OPENED", "LINK_OPENED")]
    [InlineData("failed", "LINK_OPENED", "LINK_OPENED")]
    [InlineData("expired", "NUMBER_VERIFIED", "NUMBER_VERIFIED")]
    [InlineData("verified", "NUMBER_VERIFIED", "NUMBER_VERIFIED")]
    public async Task A_goal_after_a_result_is_forwarded_too(string end, string goal, params string[] told)
    {
        var id = await StartAsync("lanck");
        await EndAsync(id, end);
        await _service.PumpAsync();

        await _service.PostAsync($"/v1/requests/{id}", $$"""{"goal":"{{goal}}"}""");
        await _service.PumpAsync();
        await _service.PostAsync($"/v1/requests/{id}", $$"""{"goal":"{{goal}}"}""");
        await _service.PumpAsync();

        Assert.Equal(end, await _service.ResultAsync(id));
        Assert.Equal(told, _service.Simulator.Reports.Select(report => report.Result));
    }

    [Fact]
    public async Task Goals_that_come_before_their_report_went_out_are_each_forwarded_once()
    {
        var id = await StartAsync("lanck");
        foreach (var goal in new[] { "LINK_OPENED", "NUMBER_VERIFIED", "LINK_OPENED" })
        {
            await _service.PostAsync($"/v1/requests/{id}", $$"""{"goal":"{{goal}}"}""");
        }

        await _service.PumpAsync();

        Assert.Equal(
            ["LINK_OPENED", "NUMBER_VERIFIED"], _service.Simulator.Reports.Select(report => report.Result).Order(StringComparer.Ordinal));
        Assert.Equal("LINK_OPENED", (await _service.ReadAsync(id)).Text("goal"));
    }

    [Fact]
    public async Task A_late_goal_whose_report_the_queue_did_not_take_is_refused_and_forwarded_when_it_is_repeated()
    {
        var id = await StartAsync("lanck");
        await EndAsync(id, "expired");
        _journal.Before = operation => operation.ToString() == $"{QueueNames.Reports}.Send"
            ? throw new StorageUnavailableException()
            : Task.CompletedTask;
        var refused = await _service.PostAsync($"/v1/requests/{id}", """{"goal":"LINK_OPENED"}""");
        _journal.Before = null;

        await _service.PostAsync($"/v1/requests/{id}", """{"goal":"LINK_OPENED"}""");
        await _service.PumpAsync();

        Assert.Equal((503, 50), (refused.Status, refused.ErrorCode));
        Assert.Equal(["LINK_OPENED"], _service.Simulator.Reports.Select(report => report.Result));
    }

    private async Task<string> StartAsync(params string[] providers)
    {
        var id = await _service.VerifyByAsync(Phones.Ordinary, providers);
        await _service.PumpAsync();
        return id;
    }

    private Task<Answer> WrongAsync(string id) => _service.CheckAsync(id, _service.WrongCodeFor(Phones.Ordinary));

    private async Task EndAsync(string id, string end)
    {
        switch (end)
        {
            case "verified":
                await _service.CheckAsync(id, _service.CodeOn(Phones.Ordinary));
                break;
            case "failed":
                for (var guess = 0; guess < 5; guess++)
                {
                    await WrongAsync(id);
                }

                break;
            case "expired":
                await _service.PassAsync(TimeSpan.FromMinutes(7));
                await _service.SweepAsync();
                break;
            case "canceled":
                await _service.CancelAsync(id);
                break;
            default:
                _service.Clock.Advance(TimeSpan.FromSeconds(31));
                await _service.VerifyByAsync(Phones.Ordinary, "unibell");
                break;
        }
    }
}
