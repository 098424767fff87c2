using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Workflows;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests;

/// <summary>Reports and jobs that come many times, all at once and backwards, never cost a step and never count anything twice.</summary>
public sealed class DuplicateReportTests : IAsyncLifetime
{
    private const int Duplicates = 12;

    /// <summary>What the simulated Lanck says of a phone that is off, read as UNDELIVERED.</summary>
    private const string Unavailable = "UNAVAILABLE";

    private const string Enqueue = $"{QueueNames.Dispatch}.Send";
    private static readonly string Phone = Phones.With(Phones.Unreachable);
    private readonly Journal _journal = new();
    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync(
        new Dictionary<string, string?>
        {
            ["Guard:SendsPerTenMinutes"] = "2",
            ["Prices:0:Provider"] = "lanck",
            ["Prices:0:Price"] = "0.01",
            ["Prices:0:Currency"] = "EUR",
            ["Prices:1:Provider"] = "revicom",
            ["Prices:1:Price"] = "0.10",
            ["Prices:1:Currency"] = "EUR",
        },
        _journal.Attach);

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Many_jobs_at_once_for_the_last_send_of_the_budget_place_the_step_once_and_skip_nothing()
    {
        var id = await _service.VerifyByAsync(Phone, "lanck", "revicom", "bird");
        await DispatchAsync();

        await AtOnceAsync(id, step: 1, held: $"{TableNames.Guard}.Replace");

        var request = await _service.StoredAsync(id);
        Assert.Equal([AttemptState.Placed, AttemptState.Placed], request.Attempts.Select(attempt => attempt.State));
        Assert.Equal("revicom", request.Attempts[1].Provider);
        Assert.Equal(1, Count("revicom.Place"));
        Assert.Equal(2, request.Attempts.Select(attempt => attempt.SendReservedAt).Distinct().Count(send => send is not null));
        Assert.Empty(request.UnusedSendReservations);
    }

    [Fact]
    public async Task Many_jobs_at_once_beyond_the_send_budget_skip_each_step_once_and_count_nothing()
    {
        var id = await _service.VerifyByAsync(Phone, "lanck", "revicom", "bird");
        await DispatchAsync();
        Assert.Equal(200, (await _service.PostAsync("/v1/calls/flash", $$"""{"number":"{{Phone}}"}""")).Status);

        await AtOnceAsync(id, step: 1);

        var request = await _service.StoredAsync(id);
        Assert.Equal([AttemptState.Placed, AttemptState.Skipped, AttemptState.Skipped], request.Attempts.Select(attempt => attempt.State));
        Assert.Equal([0, 1, 2], request.Attempts.Select(attempt => attempt.Step));
        Assert.Equal((0, 0), (Count("revicom.Place"), request.UnusedSendReservations.Count));
        Assert.Equal("pending", await _service.ResultAsync(id));
    }

    [Fact]
    public async Task Many_jobs_at_once_for_the_last_of_the_cap_place_the_step_once_and_count_it_once()
    {
        using var client = await CappedAsync("0.11");
        var id = await VerifyAsync(client);
        await DispatchAsync();

        await AtOnceAsync(id, step: 1, held: $"{TableNames.Guard}.Replace");

        var request = await _service.StoredAsync(id);
        Assert.Equal([AttemptState.Placed, AttemptState.Placed], request.Attempts.Select(attempt => attempt.State));
        Assert.Equal([10_000, 100_000], request.Attempts.Select(attempt => attempt.CountedSpend!.Units));
        Assert.Equal(110_000, await SpentAsync());
    }

    [Fact]
    public async Task Many_first_jobs_at_once_place_the_first_step_once()
    {
        using var client = await CappedAsync("0.01");
        var id = await VerifyAsync(client);

        await AtOnceAsync(id, step: 0);

        Assert.Equal(AttemptState.Placed, Assert.Single((await _service.StoredAsync(id)).Attempts).State);
        Assert.Equal((1, 10_000), (Count("lanck.Place"), await SpentAsync()));
    }

    [Fact]
    public async Task Of_many_reports_at_once_that_nothing_arrived_one_queues_the_next_step_and_one_tells_the_account()
    {
        var id = await _service.VerifyAsync(Phone, Steps.CallsBy("lanck", "revicom") + ",\"callbackUrl\":\"https://backend.test/told\"");
        await DispatchAsync();
        var report = await UndeliveredAsync();
        _journal.Clear();
        Gather($"{TableNames.Requests}.Read", Duplicates);

        var answers = await Task.WhenAll(Enumerable.Range(0, Duplicates).Select(_ => _service.ReplayAsync(report)));

        Assert.All(answers, answer => Assert.Equal(200, answer));
        Assert.Equal(1, Count(Enqueue));
        Assert.Equal(1, Count($"{QueueNames.Callbacks}.Send"));
        Assert.Equal(1, Count($"{TableNames.Requests}.Replace", won: true));
        Assert.Equal(0, Count($"{TableNames.Guard}.Replace"));
        Assert.Equal(TransportStatus.Undelivered, (await _service.StoredAsync(id)).Status);
    }

    [Fact]
    public async Task Reports_that_come_backwards_and_twice_queue_the_next_step_once()
    {
        var id = await _service.VerifyByAsync(Phone, "lanck", "revicom", "bird");
        await DispatchAsync();
        var report = await UndeliveredAsync();
        var sent = report with { Body = report.Body.Replace(Unavailable, "SENT", StringComparison.Ordinal) };
        var rejected = report with { Body = report.Body.Replace(Unavailable, "REJECTED", StringComparison.Ordinal) };
        _journal.Clear();

        foreach (var each in (SimulatedCallback[])[rejected, report, sent, report, rejected, sent])
        {
            Assert.Equal(200, await _service.ReplayAsync(each));
        }

        Assert.Equal(1, Count(Enqueue));
        await _service.PumpAsync();
        _journal.Clear();

        // The step behind it has started: a late report of the one before starts nothing further.
        Assert.Equal(200, await _service.ReplayAsync(report));
        Assert.Equal(200, await _service.ReplayAsync(rejected));
        Assert.Equal(0, Count(Enqueue));
        Assert.Equal(2, (await _service.StoredAsync(id)).Attempts.Count);
    }

    [Theory]
    [InlineData($"{TableNames.Guard}.Read")]
    [InlineData($"{TableNames.Guard}.Replace")]
    [InlineData($"{TableNames.Spend}.Query")]
    [InlineData($"{TableNames.Spend}.Insert")]
    public async Task A_store_that_fails_between_the_claim_and_the_provider_leaves_the_step_to_the_next_delivery(string failing)
    {
        using var client = await CappedAsync("1");
        var id = await VerifyAsync(client);
        await DispatchAsync();
        _journal.Before = operation =>
        {
            // The row of the day's spend that is picked may be there already.
            var name = operation.ToString();
            if (name != failing && !(failing == $"{TableNames.Spend}.Insert" && name == $"{TableNames.Spend}.Replace"))
            {
                return Task.CompletedTask;
            }

            _journal.Before = null;
            throw new StorageUnavailableException();
        };

        await Assert.ThrowsAsync<StorageUnavailableException>(() => RunAsync(id, 1));
        Assert.Single((await _service.StoredAsync(id)).Attempts);
        await RunAsync(id, 1);

        var request = await _service.StoredAsync(id);
        Assert.Equal([AttemptState.Placed, AttemptState.Placed], request.Attempts.Select(attempt => attempt.State));
        Assert.Equal((1, 110_000), (Count("revicom.Place"), await SpentAsync()));
        Assert.Equal(429, (await _service.PostAsync("/v1/calls/flash", $$"""{"number":"{{Phone}}"}""", client)).Status);
    }

    private async Task DispatchAsync()
    {
        Assert.True(await _service.Host.DeliverOneAsync(QueueNames.Dispatch));
        _service.Clock.Advance(TimeSpan.FromSeconds(1));
    }

    private Task RunAsync(string id, int step) => _service.UnstickAsync(
        _service.Service<StepDispatcher>().RunAsync(new StepJob(id, step, StepCause.StepFailed), CancellationToken.None));

    /// <summary>
    /// Duplicates of a job, all of which have read the request before the first of them changes it. With <paramref name="held"/> the one
    /// that has done that goes on only when all the others are through.
    /// </summary>
    private async Task AtOnceAsync(string id, int step, string? held = null)
    {
        var others = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (through, holds) = (0, 0);
        Gather($"{TableNames.Requests}.Read", Duplicates);
        var gather = _journal.After!;
        _journal.After = operation =>
            operation.ToString() == held && Interlocked.Increment(ref holds) == 1 ? others.Task : gather(operation);
        await _service.UnstickAsync(Task.WhenAll(Enumerable.Range(0, Duplicates).Select(_ => Task.Run(async () =>
        {
            await _service.Service<StepDispatcher>().RunAsync(new StepJob(id, step, StepCause.StepFailed), CancellationToken.None);
            if (Interlocked.Increment(ref through) == Duplicates - 1)
            {
                others.SetResult();
            }
        }))));
    }

    /// <summary>Holds the first operations of a kind until all of them are there.</summary>
    private void Gather(string operation, int count)
    {
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var arrived = 0;
        _journal.After = done =>
        {
            if (done.ToString() != operation)
            {
                return Task.CompletedTask;
            }

            if (Interlocked.Increment(ref arrived) == count)
            {
                all.SetResult();
            }

            return all.Task;
        };
    }

    private int Count(string operation, bool won = false)
    {
        var done = _journal.Operations.Where(each => each.ToString() == operation);
        return won ? done.Select(each => ((Row)each.Arguments[0]!).ETag).Distinct().Count() : done.Count();
    }

    /// <summary>The report that nothing arrived, kept from the service.</summary>
    private async Task<SimulatedCallback> UndeliveredAsync()
    {
        _journal.Before = operation => operation.ToString() == $"{TableNames.Requests}.Read"
            ? throw new StorageUnavailableException()
            : Task.CompletedTask;
        await _service.Simulator.DeliverCallbacksAsync();
        _journal.Before = null;
        return _service.Simulator.SentCallbacks.Last(callback => callback.Body.Contains(Unavailable, StringComparison.Ordinal));
    }

    private async Task<HttpClient> CappedAsync(string cap)
    {
        var client = await _service.AddAccountAsync("shop");
        var amount = decimal.Parse(cap, System.Globalization.CultureInfo.InvariantCulture);
        await _service.Service<Core.Accounts.AccountStore>().UpdateAsync(
            "shop", account => account with { DailyCap = new Core.Accounts.SpendCap(amount, "EUR") }, CancellationToken.None);
        return client;
    }

    private async Task<string> VerifyAsync(HttpClient client)
    {
        var answer = await _service.PostAsync(
            "/v1/verify", $$"""{"number":"{{Phone}}","method":"call"{{Steps.CallsBy("lanck", "revicom", "bird")}}}""", client);
        Assert.True(answer.Status == 202, answer.Body);
        return answer.Text("requestId");
    }

    private async Task<long> SpentAsync() =>
        (await _service.Service<Core.Limits.SpendMeter>().ReadAsync("shop", "EUR", CancellationToken.None)).Units;
}
