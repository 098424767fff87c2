using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests;

/// <summary>Rule 5: each step is placed at most once, whatever is delivered twice and wherever the process dies.</summary>
public sealed class Rule05AtMostOnceTests
{
    private static readonly TimeSpan Redelivery = TimeSpan.FromSeconds(31);

    /// <summary>Numbers that we choose from, where Bird would choose otherwise.</summary>
    private static readonly Settings Pool = new()
    {
        ["Providers:Bird:CallerNumbers"] = "+37282320000-+37282329999",
    };

    public static TheoryData<string> Providers => ["unibell", "revicom", "bird", "lanck"];

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_dispatch_message_that_is_delivered_again_and_again_calls_once_a_step(string provider)
    {
        var journal = new Journal();
        await using var service = await TestService.StartAsync(services: journal.Attach);
        var id = await service.VerifyByAsync(Phones.Ordinary, provider, "lanck", provider);
        for (var round = 0; round < 4; round++)
        {
            await service.PumpAsync();
            foreach (var message in Dispatched(journal))
            {
                await service.EnqueueAsync(QueueNames.Dispatch, message);
            }

            await service.PumpAsync();
            service.Clock.Advance(TimeSpan.FromSeconds(72));
        }

        await AssertOnceAStepAsync(service, id);
        Assert.Equal(3, service.CallsTo(Phones.Ordinary));
        Assert.Equal("pending", await service.ResultAsync(id));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_crash_anywhere_in_dispatch_calls_at_most_once_a_step_and_loses_no_request(string provider)
    {
        var journal = new Journal();
        await using var service = await TestService.StartAsync(services: journal.Attach);
        await service.SweepAsync();
        var operations = await OperationsOfDispatchAsync(service, journal, provider);
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        Assert.InRange(operations, 5, 6);
        for (var point = 0; point < operations * 2; point++)
        {
            var number = Phones.Of(100 + point);
            ids[number] = await service.VerifyByAsync(number, provider, "lanck");
            CrashOnce(journal, point / 2, before: point % 2 == 0);
            await service.PumpAsync();
            await service.PassAsync(Redelivery);
            Assert.Null(journal.Before ?? journal.After);
        }

        await service.PassAsync(TimeSpan.FromSeconds(72));
        await AssertOnceAStepAsync(service, ids.Values);
        await service.PassAsync(TimeSpan.FromMinutes(6));
        await service.SweepAsync();
        await AssertAllEndedAsync(service, ids.Values);
        await AssertOnceAStepAsync(service, ids.Values);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task After_a_crash_behind_the_providers_answer_the_step_is_not_placed_again_and_the_next_one_covers_it(string provider)
    {
        var journal = new Journal();
        await using var service = await TestService.StartAsync(services: journal.Attach);
        var id = await service.VerifyAsync(
            Phones.Ordinary, Steps.Of(new("call", provider, Wait: 60), new("call", "lanck")));
        CrashAfterPlacing(journal);
        await service.PumpAsync();
        await service.PassAsync(Redelivery);
        var attempt = (await service.ReadAsync(id)).Attempts[0];
        var callsAfterCrash = service.CallsTo(Phones.Ordinary);
        await service.PassAsync(TimeSpan.FromSeconds(72));

        Assert.Equal(1, callsAfterCrash);
        Assert.NotEqual("starting", attempt.GetProperty("state").GetString());
        Assert.Equal(2, service.CallsTo(Phones.Ordinary));
        Assert.Equal("VERIFIED", (await service.CheckAsync(id, service.CodeOn(Phones.Ordinary))).Text("status"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_code_that_rang_before_a_crash_verifies_where_we_chose_its_number(bool byWholeNumber)
    {
        var journal = new Journal();
        await using var service = await TestService.StartAsync(Pool, journal.Attach);
        var id = await service.VerifyByAsync(Phones.Ordinary, "bird");
        CrashAfterPlacing(journal);
        await service.Host.DeliverOneAsync(QueueNames.Dispatch);
        Assert.Equal("starting", (await service.ReadAsync(id)).Attempts[0].GetProperty("state").GetString());
        var caller = service.Simulator.Phone(Phones.Ordinary)!.LastCaller!;

        var check = byWholeNumber
            ? await service.PostAsync("/v1/verify/check", $$"""{"requestId":"{{id}}","cli":"+{{caller}}"}""")
            : await service.CheckAsync(id, caller[^4..]);

        Assert.Equal("VERIFIED", check.Text("status"));
    }

    [Fact]
    public async Task A_flash_call_that_rang_before_a_crash_tells_the_number_that_we_chose()
    {
        var journal = new Journal();
        await using var service = await TestService.StartAsync(
            new Settings(Pool) { ["Routing:Order:call"] = "bird" }, journal.Attach);
        CrashAfterPlacing(journal);
        await service.PostAsync("/v1/calls/flash", $$"""{"number":"{{Phones.Ordinary}}"}""");
        var id = (string)journal.Operations.Where(operation => operation.ToString() == $"{TableNames.Requests}.Insert")
            .Select(operation => ((Row)operation.Arguments[0]!).RowKey).Single();
        await service.PassAsync(Redelivery);

        Assert.Equal(
            service.Simulator.Phone(Phones.Ordinary)!.LastCaller,
            (await service.ReadAsync(id)).Attempts[0].GetProperty("from").GetString());
        Assert.Equal(1, service.CallsTo(Phones.Ordinary));
    }

    [Fact]
    public async Task A_number_that_was_chosen_and_never_rang_verifies_nothing()
    {
        await using var service = await TestService.StartAsync(Pool);
        await service.Simulator.SetProviderModeAsync(SimulatedProviders.Bird, SimulatedMode.Unauthorized);
        var id = await service.VerifyByAsync(Phones.Ordinary, "bird", "lanck");
        await service.PumpAsync();

        var attempt = (await service.StoredAsync(id)).Attempts[0];
        Assert.Equal(("bird", null, null, null), (attempt.Provider, attempt.TailHash, attempt.CallerHash, attempt.Caller));
    }

    [Theory]
    [InlineData(Phones.RingsWithServerError)]
    [InlineData(Phones.RingsAndResets)]
    [InlineData(Phones.RingsUnreadable)]
    [InlineData(Phones.RingsEmpty)]
    public async Task An_unclear_answer_is_never_repeated_and_the_wait_runs_out_first(int behaviour)
    {
        var number = Phones.With(behaviour);
        await using var service = await TestService.StartAsync();
        var id = await service.VerifyAsync(number, """,""" + "\"workflow\":[{\"method\":\"call\",\"wait\":40},{\"method\":\"call\"}]");
        await service.PumpAsync();
        await service.PassAsync(Redelivery);
        var first = (await service.ReadAsync(id)).Attempts;
        var callsBefore = service.CallsTo(number);
        await service.PassAsync(TimeSpan.FromSeconds(10));

        Assert.Single(first);
        Assert.Equal(1, callsBefore);
        Assert.Contains(first[0].GetProperty("state").GetString(), (string[])["unclear", "placed"]);
        Assert.Equal(2, service.CallsTo(number));
    }

    [Fact]
    public async Task A_code_that_rang_behind_an_unclear_answer_verifies()
    {
        var number = Phones.With(Phones.RingsWithServerError);
        await using var service = await TestService.StartAsync();
        var id = await service.VerifyByAsync(number, "lanck");
        await service.PumpAsync();

        Assert.Equal("VERIFIED", (await service.CheckAsync(id, service.CodeOn(number))).Text("status"));
    }

    [Fact]
    public async Task Duplicate_webhooks_of_a_failure_start_the_next_step_once()
    {
        var journal = new Journal();
        await using var service = await TestService.StartAsync(services: journal.Attach);
        var number = Phones.With(Phones.Unreachable);
        var id = await service.VerifyByAsync(number, "unibell", "lanck");
        await service.PumpAsync();
        foreach (var callback in service.Simulator.SentCallbacks)
        {
            await service.ReplayAsync(callback);
        }

        await service.PumpAsync();

        await AssertOnceAStepAsync(service, id);
        Assert.Equal(2, service.CallsTo(number));
    }

    [Fact]
    public async Task A_failure_that_is_reported_while_the_answer_is_on_its_way_starts_the_next_step_once()
    {
        var journal = new Journal();
        await using var service = await TestService.StartAsync(services: journal.Attach);
        var number = Phones.With(Phones.Unreachable);
        var id = await service.VerifyAsync(
            number, Steps.Of(new("call", "lanck"), "call", new("call", "bird")));
        journal.After = async operation =>
        {
            // The webhook and the job that it queues overtake the provider's answer.
            if (operation.Verb == "Place" && operation.Port == "lanck")
            {
                journal.After = null;
                await service.Simulator.DeliverCallbacksAsync();
                await service.Host.DeliverOneAsync(QueueNames.Dispatch);
            }
        };
        await service.PumpAsync();

        await AssertOnceAStepAsync(service, id);
        Assert.Equal(3, service.CallsTo(number));
    }

    [Fact]
    public async Task A_flash_call_is_placed_once_though_its_job_comes_later()
    {
        await using var service = await TestService.StartAsync();
        var answer = await service.PostAsync("/v1/calls/flash", $$"""{"number":"{{Phones.Ordinary}}"}""");
        await service.PumpAsync();
        await service.PassAsync(Redelivery);

        Assert.Equal(200, answer.Status);
        Assert.Equal(1, service.CallsTo(Phones.Ordinary));
    }

    [Fact]
    public async Task A_flash_call_whose_process_died_before_the_claim_is_placed_by_its_job()
    {
        var journal = new Journal();
        await using var service = await TestService.StartAsync(services: journal.Attach);
        journal.KillAfter(operation => operation.ToString() == $"{QueueNames.Dispatch}.Send");
        await service.PostAsync("/v1/calls/flash", $$"""{"number":"{{Phones.Ordinary}}"}""");
        journal.Revive();
        var before = service.CallsTo(Phones.Ordinary);
        await service.PassAsync(Redelivery);

        Assert.Equal(0, before);
        Assert.Equal(1, service.CallsTo(Phones.Ordinary));
    }

    private static void CrashAfterPlacing(Journal journal) => journal.After = operation =>
    {
        if (operation.Verb != "Place")
        {
            return Task.CompletedTask;
        }

        journal.After = null;
        throw new SimulatedCrashException();
    };

    private static async Task<int> OperationsOfDispatchAsync(TestService service, Journal journal, string provider)
    {
        await service.VerifyByAsync(Phones.Of(99), provider, "lanck");
        journal.Clear();
        await service.Host.PumpQueuesAsync(QueueNames.Dispatch);
        return journal.Operations.Count;
    }

    private static void CrashOnce(Journal journal, int operation, bool before)
    {
        journal.Clear();
        Task Crash(Operation done)
        {
            if (done.Index != operation)
            {
                return Task.CompletedTask;
            }

            (journal.Before, journal.After) = (null, null);
            throw new SimulatedCrashException();
        }

        journal.Before = before ? Crash : null;
        journal.After = before ? null : Crash;
    }

    private static string[] Dispatched(Journal journal) =>
        [
            .. journal.Operations
                .Where(operation => operation.ToString() == $"{QueueNames.Dispatch}.Send")
                .Select(operation => (string)operation.Arguments[0]!),
        ];

    /// <summary>Every step has one attempt at most that may have rung, and there are no more calls than those.</summary>
    private static async Task AssertOnceAStepAsync(TestService service, string id)
    {
        var request = await service.StoredAsync(id);
        var rang = request.Attempts.Where(attempt => attempt.MayHaveReachedThePhone).Select(attempt => attempt.Step).ToArray();
        Assert.Equal(rang.Distinct(), rang);
        Assert.InRange(service.CallsTo(request.Number.E164), 0, rang.Length);
    }

    private static async Task AssertOnceAStepAsync(TestService service, IEnumerable<string> ids)
    {
        foreach (var id in ids)
        {
            await AssertOnceAStepAsync(service, id);
        }
    }

    private static async Task AssertAllEndedAsync(TestService service, IEnumerable<string> ids)
    {
        foreach (var id in ids)
        {
            Assert.NotNull((await service.StoredAsync(id)).EndedAt);
        }
    }
}
