using System.Globalization;
using System.Text.Json;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Bench.Fraud;

/// <summary>
/// The attack simulator: honest traffic and attackers against the fraud guard itself (its rules, counters, blocks and number guard, over
/// two instances that share a table in memory and a clock that is moved), a day at a time. Seeded, so that a run can be repeated.
/// </summary>
internal sealed class AttackReport(int seed, TextWriter output)
{
    /// <summary>What a message costs, in euros, and a call.</summary>
    private const double Price = 0.06;

    /// <summary>The goals of the specification.</summary>
    private const double MostHonestRefused = 0.001;

    private static readonly FraudRule[] Rules =
    [
        FraudRule.PrefixConversion, FraudRule.CountryUnverified, FraudRule.IpUnverified, FraudRule.IpCountries, FraudRule.Sequential,
        FraudRule.WrongCodes, FraudRule.Device,
    ];

    /// <summary>
    /// Runs every scenario, with each rule by itself and with all of them, and prints the table. Returns 0 where every goal is met.
    /// </summary>
    public async Task<int> RunAsync(string? only, CancellationToken cancellationToken)
    {
        var missed = 0;
        await output.WriteLineAsync(
            "| scenario | rule | attack sends stopped | sends paid | paid before the first refusal | until it, minutes | paid, EUR "
                + "| honest refused |");
        await output.WriteLineAsync("| --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var scenario
            in Scenario.All.Where(scenario => only is null || scenario.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            using var together = new Day(scenario, Enforcing(Rules), seed);
            var all = await together.RunAsync(cancellationToken);
            await output.WriteLineAsync(Line(scenario, "all", all));
            missed += Missed(scenario, all) is { } goal ? await SayAsync(goal) : 0;

            // Where nobody was refused by all of them, nobody is by one.
            foreach (var rule in all.Refused == 0 ? [] : Rules)
            {
                using var day = new Day(scenario, Enforcing(rule), seed);
                if (await day.RunAsync(cancellationToken) is { Refused: > 0 } result)
                {
                    await output.WriteLineAsync(Line(scenario, FraudFinding.NameOf(rule), result));
                }
            }
        }

        return missed == 0 ? 0 : 1;
    }

    private async Task<int> SayAsync(string goal)
    {
        await output.WriteLineAsync($"MISSED: {goal}");
        return 1;
    }

    private static string? Missed(Scenario scenario, Outcome outcome) =>
        scenario.IsGoal
            && outcome.HonestShare > MostHonestRefused ? $"{scenario.Name}: honest requests refused {outcome.HonestShare:P2}, goal 0.1 %"
        : outcome.Stopped < scenario.LeastStopped ? $"{scenario.Name}: {outcome.Stopped:P1} stopped, goal {scenario.LeastStopped:P0}"
        : outcome.PaidBefore > scenario.MostPaidBefore
            ? $"{scenario.Name}: {outcome.PaidBefore} paid before it was stopped, goal {scenario.MostPaidBefore}"
        : null;

    private static string Line(Scenario scenario, string rule, Outcome outcome)
    {
        var stopped = outcome.Attack == 0 ? "–" : Text($"{100 * outcome.Stopped:0.0} % of {outcome.Attack}");
        var paidBefore = outcome.AttackRefused == 0 ? "–" : Text($"{outcome.PaidBefore}");
        var firstRefusal = outcome.FirstRefusal is { } first ? Text($"{first.TotalMinutes:0.0}") : "–";
        return Text($"| {scenario.Name} | {rule} | {stopped} | {outcome.AttackSent} | {paidBefore} | {firstRefusal} ")
            + Text($"| {outcome.AttackSent * Price:0.00} | {100 * outcome.HonestShare:0.00} % of {outcome.Honest} |");
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private static FraudPolicy Enforcing(params FraudRule[] rules) => new()
    {
        ByRule = FraudPolicy.Rules.ToDictionary(
            rule => rule.Key,
            rule => new FraudRulePolicy(rules.Contains(rule.Value) ? FraudMode.Enforce : FraudMode.Off),
            StringComparer.Ordinal),
    };

    /// <summary>What came of a day.</summary>
    private sealed record Outcome(int Attack, int AttackSent, int PaidBefore, TimeSpan? FirstRefusal, int Honest, int HonestRefused)
    {
        public int AttackRefused => Attack - AttackSent;

        public int Refused => AttackRefused + HonestRefused;

        public double Stopped => Attack == 0 ? 1 : (double)AttackRefused / Attack;

        public double HonestShare => (double)HonestRefused / Honest;
    }

    /// <summary>A day of one scenario under one policy.</summary>
    private sealed class Day : IDisposable
    {
        private static readonly GuardOptions Limits = new();
        private static readonly DateTimeOffset Start = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

        private readonly Scenario _scenario;
        private readonly Account _account;
        private readonly Dice _random;
        private readonly Clock _clock = new(Start);
        private readonly ServiceKey _key = new(Options.Create(new SecurityOptions { ServiceKey = Convert.ToBase64String(new byte[32]) }));
        private readonly MemoryTable _fraud = new();
        private readonly Dictionary<(string Number, bool IsTrusted), GuardState> _numbers = [];
        private readonly (FraudGuard Guard, FraudCounters Counters)[] _instances;
        private readonly PriorityQueue<Func<Task>, (long At, int Order)> _events = new();
        private int _order;
        private int _attack;
        private int _attackSent;
        private int _paidBefore;
        private DateTimeOffset? _firstAttack;
        private DateTimeOffset? _firstRefusal;
        private int _honest;
        private int _honestRefused;

        public Day(Scenario scenario, FraudPolicy policy, int seed)
        {
            (_scenario, _random) = (scenario, new Dice(seed));
            _account = new Account { Id = "shop", Fraud = policy };
            _instances = [.. Enumerable.Range(0, 2).Select(_ => NewInstance())];
        }

        public async Task<Outcome> RunAsync(CancellationToken cancellationToken)
        {
            foreach (var country in Country.All.Where(_ => !_scenario.IsNewAccount))
            {
                await WriteHistoryAsync(country, cancellationToken);
            }

            foreach (var arrival in _scenario.Arrivals(_random))
            {
                At(Start + arrival.At, () => AskAsync(arrival, cancellationToken));
            }

            var flushed = Start;
            while (_events.TryDequeue(out var next, out var when))
            {
                _clock.Now = Start.AddMilliseconds(when.At);
                if (_clock.Now - flushed >= TimeSpan.FromSeconds(1))
                {
                    flushed = _clock.Now;
                    foreach (var instance in _instances)
                    {
                        await instance.Counters.WriteAsync(cancellationToken);
                    }
                }

                await next();
            }

            return new Outcome(_attack, _attackSent, _paidBefore, _firstRefusal - _firstAttack, _honest, _honestRefused);
        }

        public void Dispose()
        {
            foreach (var instance in _instances)
            {
                instance.Counters.Dispose();
            }
        }

        private void At(DateTimeOffset time, Func<Task> run) => _events.Enqueue(run, ((long)(time - Start).TotalMilliseconds, _order++));

        private async Task AskAsync(Arrival arrival, CancellationToken cancellationToken)
        {
            var instance = _instances[_random.Next(_instances.Length)];
            var now = _clock.Now;
            var request = RequestOf(arrival, now);
            var isRefused = (await instance.Guard.JudgeAsync(_account, request, cancellationToken)).BlockOf(request) is not null;
            isRefused = isRefused || !IsAdmitted(request);
            Tally(arrival, isRefused);
            if (isRefused)
            {
                return;
            }

            var attempt = new AttemptRecord
            {
                Step = 0,
                Provider = "lanck",
                State = AttemptState.Placed,
                StartedAt = now,
                Wait = TimeSpan.FromSeconds(60),
            };
            var sent = request with { CurrentStep = 0, Attempts = [attempt] };
            At(now.AddMilliseconds(500), () => Note(instance.Counters, request, sent));
            var after = sent;
            for (var wrong = 1; wrong <= arrival.WrongCodes; wrong++)
            {
                var (before, guessed) = (after, after with { Verification = after.Verification! with { WrongCodes = wrong } });
                At(now.AddSeconds(20 + wrong), () => Note(instance.Counters, before, guessed));
                after = guessed;
            }

            if (arrival.Verifies is { } delay)
            {
                var before = after;
                At(now + delay, () => Note(instance.Counters, before, before with
                {
                    EndedAt = now + delay,
                    Verification = before.Verification! with { Result = VerificationResult.Verified },
                }));
            }
        }

        private void Tally(Arrival arrival, bool isRefused)
        {
            if (!arrival.IsAttack)
            {
                _honest++;
                _honestRefused += isRefused ? 1 : 0;
                return;
            }

            _attack++;
            _firstAttack ??= _clock.Now;
            _firstRefusal ??= isRefused ? _clock.Now : null;
            _attackSent += isRefused ? 0 : 1;
            _paidBefore += _firstRefusal is null ? 1 : 0;
        }

        private static Task Note(FraudCounters counters, RequestRecord before, RequestRecord after)
        {
            counters.Note(before, after);
            return Task.CompletedTask;
        }

        /// <summary>The number's cool-down and send budget, which strangers and people whom the account knows have apart.</summary>
        private bool IsAdmitted(RequestRecord request)
        {
            var (subject, now) = ((request.Number.E164, request.IsTrusted), _clock.Now.ToUnixTimeMilliseconds());
            var state = GuardRules.Trim(_numbers.GetValueOrDefault(subject) ?? new GuardState(), now);
            if (GuardRules.CheckCoolDown(state, now, Limits) is not null || GuardRules.CheckSends(state, now, Limits) is not null)
            {
                return false;
            }

            _numbers[subject] = GuardRules.AddSend(state with { LastCall = now }, now);
            return true;
        }

        private RequestRecord RequestOf(Arrival arrival, DateTimeOffset now) => new()
        {
            Id = RequestId.New(now + TimeSpan.FromMinutes(5)),
            Account = _account.Id,
            Product = "verify.sms",
            Number = PhoneNumber.Parse(arrival.Number, CultureInfo.InvariantCulture),
            Country = arrival.Country.Name,
            CreatedAt = now,
            IsTrusted = arrival.IsTrusted,
            Steps = [new WorkflowStep(Channel.Sms)],
            Verification = new VerificationState { CodeLength = 4, WrongLimit = 5 },
            Content = new MessageContent
            {
                Options = arrival.Ip is { } ip ? new Dictionary<string, string>(StringComparer.Ordinal) { ["ip"] = ip } : null,
                Device = arrival.Device is { } device ? _key.Hash("device", _account.Id, device) : null,
            },
        };

        /// <summary>Fourteen days before, as the counters would have stored them.</summary>
        private async Task WriteHistoryAsync(Country country, CancellationToken cancellationToken)
        {
            var today = TableKeys.Minute(Start) / FraudSlot.Day;
            var sends = (long)(Scenario.HonestADay * country.Share);
            var counts = new FraudCounts
            {
                Slots = [.. Enumerable.Range(1, FraudCounts.Days).Select(day => new FraudSlot
                {
                    Start = (today - day) * FraudSlot.Day,
                    Length = FraudSlot.Day,
                    Sends = sends,
                    Verified = (long)(sends * country.Conversion),
                })],
                Delays = FraudCounts.OfDelay(TimeSpan.FromSeconds(40)).Delays.Select(count => count * 100).ToArray(),
            };
            var key = new FraudScopeKey(FraudScope.Country, _account.Id, country.Name);
            await _fraud.InsertAsync(
                Row.Of(TableKeys.FraudCounts(key.Partition, 0), ("Data", JsonSerializer.Serialize(counts))), cancellationToken);
        }

        private (FraudGuard, FraudCounters) NewInstance()
        {
            var counters = new FraudCounters(_fraud, _key, _clock, NullLogger<FraudCounters>.Instance);
            var guard = new FraudGuard(
                new FraudLists(_fraud, _clock),
                counters,
                new FraudBlocks(_fraud, _key, _clock, NullLogger<FraudBlocks>.Instance),
                new FraudDecisions(new MemoryTable(), _clock, NullLogger<FraudDecisions>.Instance),
                NumberPlan.Instance,
                _key,
                Options.Create(Limits),
                _clock);
            return (guard, counters);
        }
    }
}
