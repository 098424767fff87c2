using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;
using FsCheck;
using FsCheck.Fluent;

namespace FlashFunctions.ScenarioTests;

/// <summary>Whatever happens to a verification, in any order, repeated or lost: what must hold, holds.</summary>
public sealed class PropertyTests(ITestOutputHelper output)
{
    private const int LongestSequence = 24;
    private const ulong Seed = 20_260_723;

    private enum Act
    {
        Pump,
        DispatchOne,
        DeliverWebhooks,
        RepeatWebhook,
        CheckRight,
        CheckWrong,
        Next,
        Cancel,
        VerifyAgain,
        PassSeconds,
        Sweep,
        RedeliverJob,
        RedeliverReport,
    }

    private static Gen<Act> Acts => Gen.Frequency(
        (4, Gen.Constant(Act.Pump)),
        (2, Gen.Constant(Act.DispatchOne)),
        (3, Gen.Constant(Act.DeliverWebhooks)),
        (4, Gen.Constant(Act.RepeatWebhook)),
        (2, Gen.Constant(Act.CheckRight)),
        (3, Gen.Constant(Act.CheckWrong)),
        (2, Gen.Constant(Act.Next)),
        (1, Gen.Constant(Act.Cancel)),
        (1, Gen.Constant(Act.VerifyAgain)),
        (5, Gen.Constant(Act.PassSeconds)),
        (1, Gen.Constant(Act.Sweep)),
        (4, Gen.Constant(Act.RedeliverJob)),
        (1, Gen.Constant(Act.RedeliverReport)));

    private static Gen<Sequence> All =>
        from providers in Gen.Choose(1, 4).SelectMany(steps => Gen.ArrayOf(Gen.Elements("unibell", "revicom", "bird", "lanck"), steps))
        from behaviour in Gen.Elements(
            1, 1, Phones.Rejected, Phones.Unreachable, Phones.Unfinished, Phones.Contradicted, Phones.Swallowed,
            Phones.RefusedAsInvalidNumber,
            Phones.RingsWithServerError, Phones.RingsUnreadable, Phones.CallbacksDuplicated, Phones.CallbacksReordered,
            Phones.CallbacksEarly,
            Phones.CallbacksLost, Phones.CallbacksForged)
        from length in Gen.Choose(5, LongestSequence)
        from acts in Gen.ArrayOf(Gen.Zip(Acts, Gen.Choose(0, 1_000)), length)
        select new Sequence(providers, behaviour, acts);

    [Fact]
    public async Task Any_order_repetition_and_loss_of_what_can_happen_keeps_the_promises()
    {
        output.WriteLine($"seed {Seed}");
        var journal = new Journal();
        await using var service = await TestService.StartAsync(services: journal.Attach);
        await service.SweepAsync();
        var ends = new List<string>();
        foreach (var (index, sequence) in Gen.Sample(All, TestStorage.Sequences, new Rnd(Seed, 1), size: 50).Index())
        {
            var run = new Run(service, journal, Phones.With(sequence.Behaviour, 1_000 + index));
            try
            {
                ends.Add(await run.ThroughAsync(sequence));
            }
            catch (Exception)
            {
                output.WriteLine($"sequence {index}: {sequence}");
                throw;
            }
        }

        output.WriteLine(string.Join(", ", ends.CountBy(end => end).Select(pair => $"{pair.Value} {pair.Key}")));
        Assert.All((string[])["verified", "expired", "canceled", "superseded", "undeliverable"], end => Assert.Contains(end, ends));
    }

    private sealed record Sequence(string[] Providers, int Behaviour, (Act Act, int Choice)[] Acts)
    {
        public override string ToString() =>
            $"{string.Join('+', Providers)} {Behaviour}: {string.Join(' ', Acts.Select(act => $"{act.Act}({act.Choice})"))}";
    }

    /// <summary>One sequence on a number of its own.</summary>
    private sealed class Run(TestService service, Journal journal, string number)
    {
        private readonly Dictionary<string, string> _ended = new(StringComparer.Ordinal);
        private readonly List<string> _ids = [];
        private int _accepted;
        private int _wrong;

        public async Task<string> ThroughAsync(Sequence sequence)
        {
            journal.Clear();
            _ids.Add(await service.VerifyByAsync(number, sequence.Providers));
            foreach (var (act, choice) in sequence.Acts)
            {
                await DoAsync(act, choice);
                await CheckPromisesAsync();
            }

            await service.PassAsync(TimeSpan.FromMinutes(6));
            await service.SweepAsync();
            await CheckPromisesAsync();
            Assert.Equal(_ids.Count, _ended.Count);
            return _ended[_ids[0]];
        }

        private Task DoAsync(Act act, int choice) => act switch
        {
            Act.Pump => service.PumpAsync(),
            Act.DispatchOne => service.UnstickAsync(service.Host.DeliverOneAsync(QueueNames.Dispatch)),
            Act.DeliverWebhooks => service.UnstickAsync(service.Simulator.DeliverCallbacksAsync()),
            Act.RepeatWebhook => RepeatWebhookAsync(choice),
            Act.CheckRight => CheckAsync(CodeOf(choice)),
            Act.CheckWrong => CheckAsync("5555"),
            Act.Next => service.NextAsync(_ids[^1]),
            Act.Cancel => service.CancelAsync(_ids[^1]),
            Act.VerifyAgain => VerifyAgainAsync(),
            Act.PassSeconds => Pass(TimeSpan.FromSeconds(choice % 80)),
            Act.Sweep => service.SweepAsync(),
            Act.RedeliverJob => RedeliverAsync(QueueNames.Dispatch, choice),
            _ => RedeliverAsync(QueueNames.Reports, choice),
        };

        /// <summary>What happened is not delivered here: only the time is.</summary>
        private Task Pass(TimeSpan time)
        {
            service.Clock.Advance(time);
            return Task.CompletedTask;
        }

        private async Task RepeatWebhookAsync(int choice)
        {
            SimulatedCallback[] sent = [.. service.Simulator.SentCallbacks.Where(
                callback => callback.Provider != "bird"
                && callback.Body.Contains(number[1..], StringComparison.Ordinal))];
            if (sent.Length > 0)
            {
                await service.ReplayAsync(sent[choice % sent.Length]);
            }
        }

        private string CodeOf(int choice) =>
            service.Simulator.Phone(number)?.History is { Count: > 0 } calls ? calls[choice % calls.Count].From![^4..] : "5555";

        private async Task CheckAsync(string code)
        {
            var answer = await service.CheckAsync(_ids[^1], code);
            if (answer.Status == 200)
            {
                _accepted += answer.Text("status") == "VERIFIED" ? 1 : 0;
                _wrong += answer.Text("status") == "WRONG_CODE" ? 1 : 0;
            }

            Assert.True(answer.Status is 200 or 409 or 410 or 429, answer.Body);
        }

        private async Task VerifyAgainAsync()
        {
            var answer = await service.PostAsync("/v1/verify", $$"""{"number":"{{number}}","method":"call"}""");
            Assert.True(answer.Status is 202 or 429, answer.Body);
            if (answer.Status == 202)
            {
                _ids.Add(answer.Text("requestId"));
                (_accepted, _wrong) = (0, 0);
            }
        }

        private async Task RedeliverAsync(string queue, int choice)
        {
            string[] sent =
            [
                .. journal.Operations
                    .Where(operation => operation.ToString() == $"{queue}.Send")
                    .Select(operation => (string)operation.Arguments[0]!),
            ];
            if (sent.Length > 0)
            {
                await service.EnqueueAsync(queue, sent[choice % sent.Length]);
            }
        }

        private async Task CheckPromisesAsync()
        {
            Assert.InRange(_accepted, 0, 1);
            Assert.InRange(_wrong, 0, 5);
            var mayHaveRung = 0;
            foreach (var id in _ids)
            {
                mayHaveRung += await CheckPromisesAsync(id);
            }

            Assert.InRange(service.CallsTo(number), 0, mayHaveRung);
        }

        private async Task<int> CheckPromisesAsync(string id)
        {
            var result = await service.ResultAsync(id);
            if (_ended.TryGetValue(id, out var end))
            {
                Assert.Equal(end, result);
            }
            else if (result != "pending")
            {
                _ended[id] = result;
            }

            var stored = await service.StoredAsync(id);
            var steps = stored.Attempts.Where(attempt => attempt.MayHaveReachedThePhone).Select(attempt => attempt.Step).ToArray();
            Assert.Equal(steps.Distinct(), steps);
            Assert.Equal(stored.Attempts.Select(attempt => attempt.Step).Order(), stored.Attempts.Select(attempt => attempt.Step));
            return steps.Length;
        }
    }
}
