using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>Storage round trips are money and milliseconds: docs/architecture.md says how many each flow may take.</summary>
public sealed class StorageBudgetTests : JournaledTests
{
    private static readonly string[] OnceAMinute = [$"{TableNames.TestNumbers}.Query"];

    private static readonly TimeSpan CoolDown = TimeSpan.FromSeconds(31);

    [Fact]
    public async Task Verify_takes_four_and_two_for_the_index() =>
        AssertAtMost(4 + 2, await CountAsync(() => Service.VerifyAsync(Phones.Ordinary)));

    [Fact]
    public async Task Verify_that_supersedes_a_placed_one_takes_two_more_and_its_report()
    {
        await StartAsync(Phones.Ordinary, "lanck");
        Service.Clock.Advance(CoolDown);

        AssertAtMost(4 + 2 + 2 + 1, await CountAsync(() => Service.VerifyAsync(Phones.Ordinary)));
    }

    [Fact]
    public async Task A_refused_verify_takes_one()
    {
        await Service.VerifyAsync(Phones.Ordinary);

        AssertAtMost(1, await CountAsync(() => Service.PostAsync("/v1/verify", $$"""{"number":"{{Phones.Ordinary}}","method":"call"}""")));
    }

    [Fact]
    public async Task A_message_takes_four_and_two_for_the_index() =>
        AssertAtMost(4 + 2, await CountAsync(() => Service.PostAsync("/v1/sms", $$"""{"number":"{{Phones.Ordinary}}","text":"x"}""")));

    [Theory]
    [InlineData("unibell", 4)]
    [InlineData("revicom", 3)]
    [InlineData("bird", 4)]
    [InlineData("lanck", 3)]
    public async Task Dispatch_takes_three_and_one_for_a_reference(string provider, int budget)
    {
        await Service.VerifyByAsync(Phones.Ordinary, provider);

        AssertAtMost(budget, await CountAsync(DispatchAsync));
    }

    [Theory]
    [InlineData("unibell", 5, 7)]
    [InlineData("revicom", 4, 6)]
    [InlineData("bird", 5, 7)]
    [InlineData("lanck", 4, 6)]
    public async Task A_next_step_takes_one_for_its_message_and_two_for_the_send_budget_of_an_automatic_one(
        string provider, int first, int second)
    {
        await Service.VerifyByAsync(Phones.Ordinary, provider, provider, "lanck");

        AssertAtMost(first, await CountAsync(DispatchAsync));
        Service.Clock.Advance(TimeSpan.FromSeconds(71));
        AssertAtMost(second, await CountAsync(DispatchAsync));
    }

    [Theory]
    [InlineData("unibell", 3)]
    [InlineData("revicom", 2)]
    [InlineData("bird", 3)]
    [InlineData("lanck", 2)]
    public async Task A_webhook_takes_two_and_one_to_find_a_reference(string provider, int budget)
    {
        await Service.VerifyByAsync(Phones.Ordinary, provider);
        await DispatchAsync();

        var operations = await CountAsync(() => Service.Simulator.DeliverCallbacksAsync());

        AssertAtMost(budget * Service.Simulator.SentCallbacks.Count, operations);
        AssertAtMost(budget - 1, await CountAsync(() => Service.ReplayAsync(Service.Simulator.SentCallbacks[^1]), allowNone: true));
    }

    [Theory]
    [InlineData("unibell", 4)]
    [InlineData("lanck", 3)]
    public async Task A_webhook_that_starts_the_next_step_takes_one_more(string provider, int budget)
    {
        await Service.VerifyByAsync(Phones.With(Phones.Unreachable), provider, "revicom");
        await DispatchAsync();

        var operations = await CountAsync(() => Service.Simulator.DeliverCallbacksAsync());

        Assert.Single(operations, operation => operation == $"{QueueNames.Dispatch}.Send");
        AssertAtMost(budget + ((Service.Simulator.SentCallbacks.Count - 1) * (budget - 1)), operations);
    }

    [Theory]
    [InlineData("unibell")]
    [InlineData("revicom")]
    [InlineData("bird")]
    [InlineData("lanck")]
    public async Task A_right_code_takes_two_and_its_report(string provider)
    {
        var id = await StartAsync(Phones.Ordinary, provider);

        AssertAtMost(2 + 1, await CountAsync(() => Service.CheckAsync(id, Service.CodeOn(Phones.Ordinary))));
    }

    [Fact]
    public async Task A_wrong_code_takes_four_and_the_last_one_its_report()
    {
        var id = await StartAsync(Phones.Ordinary, "lanck");
        for (var guess = 0; guess < 4; guess++)
        {
            AssertAtMost(4, await CountAsync(() => Service.CheckAsync(id, Service.WrongCodeFor(Phones.Ordinary))));
        }

        AssertAtMost(4 + 1, await CountAsync(() => Service.CheckAsync(id, Service.WrongCodeFor(Phones.Ordinary))));
        AssertAtMost(1, await CountAsync(() => Service.CheckAsync(id, Service.WrongCodeFor(Phones.Ordinary))));
    }

    [Fact]
    public async Task Next_takes_two_one_for_the_queue_and_two_for_the_cool_down()
    {
        var id = await StartAsync(Phones.Ordinary, "revicom", "lanck");
        Service.Clock.Advance(CoolDown);

        AssertAtMost(2 + 1 + 2, await CountAsync(() => Service.NextAsync(id)));
    }

    [Fact]
    public async Task Cancel_takes_two_and_its_report()
    {
        var id = await StartAsync(Phones.Ordinary, "lanck");

        AssertAtMost(2 + 1, await CountAsync(() => Service.CancelAsync(id)));
    }

    [Fact]
    public async Task A_read_takes_one()
    {
        var id = await StartAsync(Phones.Ordinary, "lanck");

        AssertAtMost(1, await CountAsync(() => Service.ReadAsync(id)));
    }

    [Fact]
    public async Task The_timer_takes_a_query_for_each_shard_and_a_write_and_a_report_for_each_request_that_it_ends()
    {
        for (var phone = 0; phone < 5; phone++)
        {
            await StartAsync(Phones.Of(phone), "bird");
        }

        await Service.PassAsync(TimeSpan.FromMinutes(4));
        await Service.SweepAsync();
        Service.Clock.Advance(TimeSpan.FromMinutes(3));
        var operations = await CountAsync(() => Service.Host.RunTimerAsync("Sweep"));

        Assert.Equal(5, operations.Count(operation => operation == $"{TableNames.Requests}.Replace"));
        Assert.Equal(5, operations.Count(operation => operation == $"{QueueNames.Reports}.Send"));
        Assert.DoesNotContain($"{TableNames.Requests}.Read", operations);
        // What is left of erased numbers; nothing for the requests.
        Assert.Equal(
            $"{TableNames.Guard}.Query",
            Assert.Single(operations, operation => operation.StartsWith(TableNames.Guard, StringComparison.Ordinal)));
        // One for what is due, one for what stands still, and one for what is past retention.
        Assert.Equal(3 * TableKeys.Shards, operations.Count(operation => operation == $"{TableNames.Requests}.Query"));
    }

    [Fact]
    public async Task The_fraud_guard_reads_eight_scopes_once_in_five_seconds_at_the_same_time_as_the_number()
    {
        const string More = ""","ip":"192.0.2.7","deviceId":"d" """;
        await Service.VerifyAsync(Phones.Of(1));
        Assert.Equal(8 - 5, FraudReads(await CountAsync(() => Service.VerifyAsync(Phones.Of(2), More))));
        Assert.Equal(0, FraudReads(await CountAsync(() => Service.VerifyAsync(Phones.Of(3), More))));

        Service.Clock.Advance(TimeSpan.FromSeconds(5));
        var operations = await CountAsync(() => Service.VerifyAsync(Phones.Of(4), More));
        Assert.Equal(8, FraudReads(operations));
        AssertAtMost(4 + 2, operations);
    }

    [Fact]
    public async Task Counts_of_the_fraud_guard_are_written_a_second_after_the_first_though_others_follow()
    {
        var written = new TaskCompletionSource();
        Journal.Before = operation =>
        {
            _ = IsWriteOfFraud(operation.ToString()) && written.TrySetResult();
            return Task.CompletedTask;
        };

        await StartAsync(Phones.Of(1), "lanck");
        Service.Clock.Advance(TimeSpan.FromMilliseconds(600));
        await StartAsync(Phones.Of(2), "lanck");
        Service.Clock.Advance(TimeSpan.FromMilliseconds(600));

        await written.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
    }

    [Fact]
    public async Task Counts_of_the_fraud_guard_are_written_once_a_second_and_scope_however_many_there_were()
    {
        for (var phone = 0; phone < 10; phone++)
        {
            var id = await StartAsync(Phones.Of(phone), "lanck");
            await Service.CheckAsync(id, Service.CodeOn(Phones.Of(phone)));
        }

        Journal.Clear();
        await Service.Service<FraudCounters>().WriteAsync(CancellationToken.None);
        var first = Journal.Storage;
        Service.Clock.Advance(TimeSpan.FromSeconds(2));
        await StartAsync(Phones.Of(11), "lanck");
        Journal.Clear();
        await Service.Service<FraudCounters>().WriteAsync(CancellationToken.None);

        // Three prefixes, the country and the account; the first time with the row by which each is purged.
        Assert.All(first, operation => Assert.Equal($"{TableNames.Fraud}.Insert", operation));
        Assert.InRange(first.Count, 1, 2 * 5);
        Assert.All(Journal.Storage, operation => Assert.Equal($"{TableNames.Fraud}.Replace", operation));
        Assert.InRange(Journal.Storage.Count, 1, 5);
    }

    /// <summary>
    /// Without what an instance reads once a minute whatever it does: test numbers, the fraud guard's lists and blocks. The fraud guard's
    /// reads of scopes are counted apart, its writes are once a second.
    /// </summary>
    private static void AssertAtMost(int budget, IReadOnlyList<string> operations)
    {
        var counted = operations.Where(operation => !OnceAMinute.Contains(operation) && !IsOfFraud(operation)).ToArray();
        Assert.True(counted.Length <= budget, $"{counted.Length} instead of {budget}: {string.Join(", ", counted)}");
        Assert.All(OnceAMinute, once => Assert.InRange(operations.Count(operation => operation == once), 0, 1));
        Assert.InRange(FraudReads(operations), 0, 2 + 8);
    }

    private static int FraudReads(IReadOnlyList<string> operations) =>
        operations.Count(operation => operation == $"{TableNames.Fraud}.Query");

    private static bool IsOfFraud(string operation) => operation.StartsWith(TableNames.Fraud, StringComparison.Ordinal);

    private static bool IsWriteOfFraud(string operation) => IsOfFraud(operation) && !operation.EndsWith(".Query", StringComparison.Ordinal);

    private Task<bool> DispatchAsync() => Service.Host.DeliverOneAsync(QueueNames.Dispatch);

    private async Task<string> StartAsync(string number, params string[] providers)
    {
        var id = await Service.VerifyByAsync(number, providers);
        await Service.PumpAsync();
        return id;
    }

    private async Task<IReadOnlyList<string>> CountAsync(Func<Task> flow, bool allowNone = false)
    {
        Journal.Clear();
        Service.ForgetStoreCalls();
        await flow();
        var operations = Journal.Storage;
        Assert.Equal(Known(operations), Known(Service.StoreCalls ?? operations));
        Assert.True(allowNone || operations.Count > 0);
        return operations;

        static IEnumerable<string> Known(IEnumerable<string> calls) =>
            calls.Where(operation => !IsWriteOfFraud(operation)).Order(StringComparer.Ordinal);
    }
}
