using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Callbacks;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>
/// Rules 5 and 6: the process is killed at every call of a port, and the queue hides what it was at for ten minutes. Whatever was asked for
/// is done within 90 seconds, and nothing twice.
/// </summary>
public sealed class RecoveryTests : IAsyncLifetime
{
    private const int MostCalls = 30;
    private readonly Journal _journal = new();
    private Receiver _receiver = null!;
    private TestService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _receiver = await Receiver.StartAsync();
        _service = await TestService.StartAsync(services: _journal.Attach);
        await _service.SweepAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Verify(bool before)
    {
        Answer? answer = null;
        return KillEverywhereAsync(
            before,
            _ => Task.FromResult(""),
            async (number, _) =>
                answer = await AnswerAsync(() => _service.PostAsync("/v1/verify", $$"""{"number":"{{number}}","method":"call"}""")),
            (number, _) =>
            {
                // What was accepted is done; what was not answered may have been.
                Assert.InRange(_service.CallsTo(number), answer is null ? 0 : 1, 1);
                return Task.CompletedTask;
            });
    }

    [Theory]
    [InlineData("unibell", true)]
    [InlineData("unibell", false)]
    [InlineData("lanck", true)]
    [InlineData("lanck", false)]
    public Task Dispatch(string provider, bool before) => KillEverywhereAsync(
        before,
        async number => await _service.VerifyByAsync(number, provider, "revicom"),
        async (_, _) => await _service.Host.PumpQueuesAsync(QueueNames.Dispatch),
        async (number, id) =>
        {
            var request = await _service.StoredAsync(id);
            Assert.Contains(request.Attempts, attempt => attempt is { MayHaveReachedThePhone: true, State: not AttemptState.Starting });
            await AssertOnceAStepAsync(number, id);
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_next_step(bool before) => KillEverywhereAsync(
        before,
        async number =>
        {
            var id = await _service.VerifyAsync(
                number, Steps.Of(new("call", "lanck", Wait: 30), new("call", "unibell")));
            await _service.PumpAsync();
            _service.Clock.Advance(TimeSpan.FromSeconds(31));
            return id;
        },
        async (_, _) => await _service.Host.PumpQueuesAsync(QueueNames.Dispatch),
        async (number, id) =>
        {
            Assert.Contains((await _service.StoredAsync(id)).Attempts, attempt => attempt is { Step: 1, State: not AttemptState.Starting });
            await AssertOnceAStepAsync(number, id);
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Webhook(bool before) => KillEverywhereAsync(
        before,
        async number =>
        {
            var id = await _service.VerifyByAsync(number, "lanck", "revicom");
            await _service.Host.PumpQueuesAsync(QueueNames.Dispatch);
            return id;
        },
        async (_, _) => await _service.Simulator.DeliverCallbacksAsync(),
        async (number, id) =>
        {
            // A provider that was not answered reports again.
            foreach (var callback in _service.Simulator.SentCallbacks)
            {
                await _service.ReplayAsync(callback);
            }

            await _service.PumpAsync();
            Assert.Contains((await _service.StoredAsync(id)).Attempts, attempt => attempt is { Step: 1, State: AttemptState.Placed });
            await AssertOnceAStepAsync(number, id);
        },
        Phones.Unreachable);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Next(bool before) => KillEverywhereAsync(
        before,
        async number =>
        {
            var id = await _service.VerifyByAsync(number, "lanck", "unibell");
            await _service.PumpAsync();
            _service.Clock.Advance(TimeSpan.FromSeconds(31));
            return id;
        },
        async (_, id) => await AnswerAsync(() => _service.NextAsync(id)),
        async (number, id) =>
        {
            if ((await _service.StoredAsync(id)).CurrentStep == 0)
            {
                // It was not even written down: a caller who got no answer asks again.
                Assert.Contains((await _service.NextAsync(id)).Status, (int[])[202, 429]);
                await _service.PassAsync(TimeSpan.FromSeconds(31));
            }

            await AssertOnceAStepAsync(number, id);
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Check_and_its_report(bool before) => KillEverywhereAsync(
        before,
        PlacedAsync,
        async (number, id) =>
        {
            await AnswerAsync(() => _service.CheckAsync(id, _service.CodeOn(number)));
            await _service.Host.PumpQueuesAsync(QueueNames.Reports);
        },
        async (number, id) =>
        {
            if (await _service.ResultAsync(id) == "pending")
            {
                Assert.Equal("VERIFIED", (await _service.CheckAsync(id, _service.CodeOn(number))).Text("status"));
                await _service.PumpAsync();
            }

            Assert.Equal("verified", await _service.ResultAsync(id));
            Assert.Contains(_service.Simulator.Reports, report => number.EndsWith(report.Number!, StringComparison.Ordinal));
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Cancel_and_its_report(bool before) => KillEverywhereAsync(
        before,
        PlacedAsync,
        async (_, id) =>
        {
            await AnswerAsync(() => _service.CancelAsync(id));
            await _service.Host.PumpQueuesAsync(QueueNames.Reports);
        },
        async (number, id) =>
        {
            if (await _service.ResultAsync(id) == "pending")
            {
                Assert.Equal(200, (await _service.CancelAsync(id)).Status);
                await _service.PumpAsync();
            }

            Assert.Contains(_service.Simulator.Reports, report => number.EndsWith(report.Number!, StringComparison.Ordinal));
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Callback(bool before) => KillEverywhereAsync(
        before,
        async number =>
        {
            var answer = await _service.PostAsync(
                "/v1/verify",
                $$"""{"number":"{{number}}"{{Steps.CallsBy("lanck")}},"callbackUrl":"{{_receiver.Address}}"}""");
            await _service.Host.PumpQueuesAsync(QueueNames.Dispatch);
            return answer.Text("requestId");
        },
        async (_, _) => await _service.Host.PumpQueuesAsync(QueueNames.Callbacks),
        async (_, id) =>
            Assert.All(
                (await _service.StoredAsync(id)).Callbacks, callback => Assert.Equal("Delivered", callback.Delivery.State.ToString())));

    [Fact]
    public async Task A_message_whose_host_died_stays_hidden_for_ten_minutes()
    {
        await _service.VerifyAsync(Phones.Ordinary, ""","expiresIn":600""");
        _journal.KillBefore(_ => true);
        await _service.Host.PumpQueuesAsync(QueueNames.Dispatch);
        _journal.Revive();
        await _service.PassAsync(TimeSpan.FromMinutes(9.9));
        var hidden = await _service.Host.PumpQueuesAsync(QueueNames.Dispatch);
        _service.Clock.Advance(TimeSpan.FromSeconds(7));

        Assert.Equal(0, hidden);
        Assert.Equal(1, await _service.Host.PumpQueuesAsync(QueueNames.Dispatch));
    }

    [Fact]
    public async Task What_stands_still_is_taken_up_with_growing_pauses_and_once_a_step()
    {
        var id = await _service.VerifyAsync(Phones.Ordinary);
        _journal.Clear();
        for (var minute = 0; minute < 4; minute++)
        {
            _service.Clock.Advance(TimeSpan.FromMinutes(1));
            await _service.Host.RunTimerAsync("Sweep");
        }

        Assert.InRange(_journal.Storage.Count(operation => operation == $"{QueueNames.Dispatch}.Send"), 2, 3);
        await _service.PumpAsync();
        await AssertOnceAStepAsync(Phones.Ordinary, id);
        Assert.Equal(1, _service.CallsTo(Phones.Ordinary));
    }

    private async Task<string> PlacedAsync(string number)
    {
        var id = await _service.VerifyByAsync(number, "bird");
        await _service.PumpAsync();
        return id;
    }

    /// <summary>
    /// Goes through a flow again and again, each time with another phone, and kills the process at each of its calls of a port in turn.
    /// </summary>
    private async Task KillEverywhereAsync(
        bool before, Func<string, Task<string>> prepare, Func<string, string, Task> run, Func<string, string, Task> assert,
        int? behaviour = null)
    {
        var killed = 0;
        for (var point = 0; point < MostCalls; point++)
        {
            var number = behaviour is { } ending ? Phones.With(ending, 100 + point) : Phones.Of(100 + point);
            var id = await prepare(number);
            var (calls, fatal) = (0, point);
            Kill(before, _ => Interlocked.Increment(ref calls) - 1 == fatal);
            await Record.ExceptionAsync(() => run(number, id));
            var died = _journal.IsDead;
            _journal.Revive();
            await RecoverAsync();
            await assert(number, id);
            if (!died)
            {
                break;
            }

            killed++;
        }

        Assert.InRange(killed, 1, MostCalls - 1);
    }

    private void Kill(bool before, Func<Operation, bool> isMeant)
    {
        if (before)
        {
            _journal.KillBefore(isMeant);
        }
        else
        {
            _journal.KillAfter(isMeant);
        }
    }

    /// <summary>Ninety seconds pass, and the timer runs at every full minute.</summary>
    private async Task RecoverAsync()
    {
        for (var passed = 0; passed < 90; passed += 10)
        {
            var minute = TableKeys.Minute(_service.Clock.Now);
            _service.Clock.Advance(TimeSpan.FromSeconds(10));
            if (TableKeys.Minute(_service.Clock.Now) > minute)
            {
                await _service.Host.RunTimerAsync("Sweep");
            }

            await _service.PumpAsync();
        }
    }

    private static async Task<Answer?> AnswerAsync(Func<Task<Answer>> call)
    {
        var answer = await call();
        return answer.Status == 500 ? null : answer;
    }

    private async Task AssertOnceAStepAsync(string number, string id)
    {
        var request = await _service.StoredAsync(id);
        var rang = request.Attempts.Where(attempt => attempt.MayHaveReachedThePhone).Select(attempt => attempt.Step).ToArray();
        Assert.Equal(rang.Distinct(), rang);
        Assert.InRange(_service.CallsTo(number), 0, rang.Length);
    }
}
