using System.Collections.Concurrent;
using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using FlashFunctions.LocalHost.Service;

namespace FlashFunctions.Bench.Chaos;

/// <summary>What came of a run.</summary>
/// <param name="Kills">Processes that were killed.</param>
/// <param name="Accepted">Verifications that were accepted.</param>
/// <param name="Verified">Verifications that ended as verified.</param>
/// <param name="Lost">Promises that something happens, and it did not: an end, a right code, a callback.</param>
/// <param name="Twice">Promises that something happens once, and it happened twice: a ring, a verdict, a callback's id.</param>
/// <param name="Other">Anything else that must not be: a 500, a forged webhook that was taken, a number in a log.</param>
internal sealed record ChaosResult(
    int Kills, int Accepted, int Verified, IReadOnlyList<string> Lost, IReadOnlyList<string> Twice, IReadOnlyList<string> Other)
{
    /// <summary>What it was run on.</summary>
    public required string Name { get; init; }

    /// <summary>Its counts, for the table in docs/proof.md.</summary>
    public required IReadOnlyList<(string What, string Count)> Counts { get; init; }

    public bool IsGood => Lost.Count == 0 && Twice.Count == 0 && Other.Count == 0;
}

/// <summary>
/// Load, and faults of every kind at random moments: the service is killed, its store goes away, providers fail, hang and answer nonsense,
/// webhooks come late, twice, forged or without an answer. When that is over, every accepted verification is held against what was
/// promised.
/// </summary>
internal sealed class ChaosRun(ChaosSettings settings, TextWriter output)
{
    private readonly ConcurrentQueue<ChaosRecord> _records = new();
    private readonly Dice _dice = new(settings.Seed);
    private int _providerFaults;

    /// <summary>The command line.</summary>
    public static Command Command()
    {
        var minutes = new Option<double>("--minutes") { Description = "Of load and faults, 0.1 to 10.", DefaultValueFactory = _ => 8 };
        var seed = new Option<ulong>(
            "--seed")
        { Description = "Repeats the choice of everything that is random.", DefaultValueFactory = _ => 1 };
        var store = new Option<string>(
            "--store")
        {
            Description = "embedded: one instance; azurite: two instances; both: one run after the other.",
            DefaultValueFactory = _ => "embedded",
        };
        store.AcceptOnlyFromAmong("embedded", "azurite", "both");
        var rate = new Option<int?>("--rate")
        {
            Description = "Verifications begun a second, 1 to 500; by default 40 on the embedded store and 6 on Azurite.",
        };
        var speed = new Option<int>("--speed")
        {
            Description =
                "How many times as fast as the wall's the service's clock runs on the embedded store, 1 to 20; always 1 on Azurite.",
            DefaultValueFactory = _ => 4,
        };
        var command = new Command(
            "chaos",
            "Kills the service, takes its store away and disturbs its providers under load; then counts what was lost or done twice.")
        {
            minutes, seed, store, rate, speed,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var results = new List<ChaosResult>();
            bool[] stores = parsed.GetValue(store) == "both" ? [false, true] : [parsed.GetValue(store) == "azurite"];
            foreach (var isAzurite in stores)
            {
                var duration = TimeSpan.FromMinutes(Math.Clamp(parsed.GetValue(minutes), 0.1, 10));
                var settings = isAzurite ? ChaosSettings.OnAzurite(duration) : ChaosSettings.Embedded(duration);
                settings = settings with
                {
                    Seed = parsed.GetValue(seed),
                    Rate = Math.Clamp(parsed.GetValue(rate) ?? settings.Rate, 1, 500),
                    Speed = isAzurite ? 1 : Math.Clamp(parsed.GetValue(speed), 1, 20),
                };
                results.Add(await new ChaosRun(settings, Console.Out).RunAsync(cancellationToken));
            }

            Console.WriteLine(Table(results));
            return results.TrueForAll(result => result.IsGood) ? 0 : 1;
        });
        return command;
    }

    /// <summary>The counts of runs as a table in Markdown, a column a run.</summary>
    private static string Table(List<ChaosResult> results)
    {
        var lines = new List<string>
        {
            $"| | {string.Join(" | ", results.Select(result => result.Name))} |",
            $"| --- | {string.Join(" | ", results.Select(_ => "---"))} |",
        };
        lines.AddRange(results[0].Counts.Select((row, index) =>
            $"| {row.What} | {string.Join(" | ", results.Select(result => result.Counts[index].Count))} |"));
        return string.Join(Environment.NewLine, lines);
    }

    public async Task<ChaosResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var world = await ChaosWorld.StartAsync(settings, cancellationToken);
        await DisturbAsync(world, cancellationToken);
        var settled = await SettleAsync(world, cancellationToken);
        return await JudgeAsync(world, settled);
    }

    private async Task DisturbAsync(ChaosWorld world, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] faults =
        [
            world.KillAsync(_dice.For(-10), end.Token),
            world.TakeStoreAwayAsync(_dice.For(-3), end.Token),
            world.DisturbProvidersAsync(_dice.For(-4), () => Interlocked.Increment(ref _providerFaults), end.Token),
        ];
        var people = await StartPeopleAsync(world, cancellationToken);
        await end.CancelAsync();
        foreach (var fault in faults)
        {
            await fault.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (fault.IsFaulted)
            {
                throw fault.Exception;
            }
        }

        world.Webhooks.Disturbs = false;
        await Task.WhenAll(people);
    }

    private async Task<IReadOnlyList<Task>> StartPeopleAsync(ChaosWorld world, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        var open = new SemaphoreSlim(settings.MostOpen);
        var people = new List<Task>();
        using var beats = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / settings.Rate), TimeProvider.System);
        for (var ordinal = 0; TimeProvider.System.GetElapsedTime(began) < settings.Duration; ordinal++)
        {
            await open.WaitAsync(cancellationToken);
            var dice = _dice.For(ordinal);
            var record = ChaosPerson.Plan(ordinal, dice, settings.ExpiresIn);
            _records.Enqueue(record);
            people.Add(RunPersonAsync(new ChaosPerson(world, record, dice)));
            await beats.WaitForNextTickAsync(cancellationToken);
        }

        return people;

        async Task RunPersonAsync(ChaosPerson person)
        {
            await Task.Yield();
            await person.RunAsync();
            open.Release();
        }
    }

    /// <summary>Waits until every accepted verification has ended and has had its callbacks; what it took, or the limit.</summary>
    private async Task<TimeSpan> SettleAsync(ChaosWorld world, CancellationToken cancellationToken)
    {
        var began = world.Time.GetTimestamp();
        var waiting = _records.Where(record => record.Id is not null).ToList();
        while (waiting.Count > 0 && world.Time.GetElapsedTime(began) < settings.SettleLimit)
        {
            await Parallel.ForEachAsync(
                waiting,
                new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken },
                async (record, token) => record.Final = await ReadAsync(world, record, token) ?? record.Final);
            waiting.RemoveAll(record => IsSettled(world, record));
            if (waiting.Count > 0)
            {
                await Task.Delay(TimeSpan.FromSeconds(4), world.Time, cancellationToken);
            }
        }

        return world.Time.GetElapsedTime(began);
    }

    private static bool IsSettled(ChaosWorld world, ChaosRecord record) =>
        record.Final is not null && record.Result != "pending" && (!record.WantsCallbacks || MissingCallback(world, record) is null);

    private static async Task<JsonElement?> ReadAsync(ChaosWorld world, ChaosRecord record, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await world.Http.GetAsync(
                new Uri(world.Address(new Dice((ulong)record.Ordinal)), $"v1/requests/{record.Id}"), cancellationToken);
            return response.StatusCode == HttpStatusCode.OK
                ? JsonElement.Parse(await response.Content.ReadAsStringAsync(cancellationToken))
                : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>
    /// Why the callbacks are not complete: they are numbered from 0 without a gap, and the last one says the result. Null where they are.
    /// </summary>
    private static string? MissingCallback(ChaosWorld world, ChaosRecord record)
    {
        var taken = world.Backend.Of(record.Id!);
        for (var number = 0; number < taken.Count; number++)
        {
            if (!taken.ContainsKey($"{record.Id}-{number}"))
            {
                return $"callback {number} of {taken.Count} or more did not come";
            }
        }

        return taken.Values.Any(callback => callback.Result == record.Result) ? null : $"no callback said {record.Result}";
    }

    private async Task<ChaosResult> JudgeAsync(ChaosWorld world, TimeSpan settled)
    {
        var (lost, twice, other) = (new List<string>(), new List<string>(), new List<string>());
        var whys = new List<Why>();
        foreach (var record in _records)
        {
            twice.AddRange(Twice(world, record).Select(what => About(record, what)));
            other.AddRange(record.Broken.Select(broken => About(record, broken)));
            if (record.Id is null)
            {
                continue;
            }

            lost.AddRange(Lost(world, record).Select(what => About(record, what)));
            if (record.Final is not null && record.EnteredAt is not null && record.Result is not ("verified" or "pending"))
            {
                var why = WhyNotVerified(record);
                whys.Add(why);
                lost.AddRange(why == Why.NotAsPromised
                    ? [About(
                        record,
                        $"the right code of {record.EnteredAt:HH:mm:ss.fff} was answered with {record.Verdict} at "
                        + $"{record.VerdictAt:HH:mm:ss.fff}, due {record.ExpiresAt:HH:mm:ss.fff}, and it ended as {record.Result}")]
                    : Array.Empty<string>());
            }

            if (record.Result == "verified" && record.EnteredAt is null)
            {
                other.Add(About(record, "it is verified, and nobody entered the code"));
            }
        }

        if (world.Webhooks.ForgedTaken > 0)
        {
            other.Add($"{world.Webhooks.ForgedTaken} forged webhooks were answered with 200");
        }

        if (world.Backend.Wrong > 0)
        {
            other.Add($"{world.Backend.Wrong} callbacks were signed wrongly, or said two things under one id");
        }

        other.AddRange(world.Log.Leaks.Select(line => $"A number or a secret is in the log: {line}"));
        var result = new ChaosResult(
            world.Kills, _records.Count(record => record.Id is not null), _records.Count(record => record.Result == "verified"), lost,
            twice, other)
        {
            Name = settings.Azurite ? $"Azurite, {world.Instances} instances" : "embedded store, 1 instance",
            Counts = [.. Counts(world, lost.Count, twice.Count)],
        };
        await WriteAsync(
            world, result, settled, whys.Count(why => why == Why.NobodyCouldKnow), whys.Count(why => why == Why.NoAnswerInTime));
        return result;
    }

    private static IEnumerable<string> Twice(ChaosWorld world, ChaosRecord record)
    {
        var phone = world.Simulator.Phone(record.Number);
        if (phone?.Calls > record.Calls || phone?.Messages > record.Messages)
        {
            yield return $"{phone.Calls} calls and {phone.Messages} messages";
        }

        if (record.Accepted > 1)
        {
            yield return $"the code was accepted {record.Accepted} times";
        }
    }

    private static IEnumerable<string> Lost(ChaosWorld world, ChaosRecord record)
    {
        if (record.Final is null || record.Result == "pending")
        {
            yield return "it came to no end";
        }
        else if (record.WantsCallbacks && MissingCallback(world, record) is { } missing)
        {
            yield return missing;
        }
    }

    private enum Why
    {
        NotAsPromised,
        NobodyCouldKnow,
        NoAnswerInTime,
    }

    /// <summary>
    /// A right code verifies, except where the number that rang is the code and the provider's answer, which names it, was lost (Bird;
    /// unclear attempts), and where the service answered nothing before the life was over.
    /// </summary>
    private static Why WhyNotVerified(ChaosRecord record)
    {
        var attempts = record.Final!.Value.GetProperty("attempts").EnumerateArray().ToArray();
        if (record.ShownBy == "bird" && attempts.Any(attempt =>
            attempt.TryGetProperty("provider", out var provider) && provider.GetString() == "bird"
            && attempt.GetProperty("state").GetString() is "unclear" or "starting"))
        {
            return Why.NobodyCouldKnow;
        }

        var endedAsAsked = record.Intent == Intent.Cancel && record.Result == "canceled";
        return endedAsAsked || record.Verdict is null
            || (record.Verdict == "EXPIRED" && (record.LostAnAnswer || record.VerdictAt >= record.ExpiresAt))
            ? Why.NoAnswerInTime
            : Why.NotAsPromised;
    }

    private static string About(ChaosRecord record, string what) =>
        $"{record.Id ?? "not accepted"} (no. {record.Ordinal}, ends in {record.Number[^2..]}, {record.Intent}, {record.Workflow}): {what}; "
        + (record.Final is { } final && final.TryGetProperty("attempts", out var attempts) ? attempts.GetRawText() : "");

    private IEnumerable<(string What, string Count)> Counts(ChaosWorld world, int lost, int twice)
    {
        static string Text(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

        var speed = settings.Speed == 1 ? "" : $", the service's clock {settings.Speed} times as fast";
        var minutes = settings.Duration.TotalMinutes.ToString("0.#", CultureInfo.InvariantCulture);
        yield return ("load and faults", $"{minutes} minutes{speed}");
        yield return ("SIGKILL", Text(world.Kills));
        yield return ("outages of the store", Text(world.Outages));
        yield return ("faults of a provider", Text(_providerFaults));
        yield return ("webhooks late / twice / without an answer / forged", string.Join(" / ", world.Webhooks.Counts.Select(Text)));
        yield return ("verifications accepted", Text(_records.Count(record => record.Id is not null)));
        yield return ("phones that rang", Text(_records.Count(record => world.Simulator.Phone(record.Number) is not null)));
        yield return ("right codes entered", Text(_records.Count(record => record.EnteredAt is not null)));
        yield return ("verified", Text(_records.Count(record => record.Result == "verified")));
        yield return ("callbacks taken", Text(world.Backend.Taken));
        yield return ("forged webhooks taken", Text(world.Webhooks.ForgedTaken));
        yield return ("**lost**", $"**{Text(lost)}**");
        yield return ("**twice**", $"**{Text(twice)}**");
    }

    private async Task WriteAsync(ChaosWorld world, ChaosResult result, TimeSpan settled, int unknowable, int unanswered)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"""
            chaos          {(settings.Azurite ? "Azurite" : "the embedded store")}, {world.Instances} instance(s), seed {settings.Seed}, {settings.Duration.TotalMinutes:F1} minutes, service's clock {settings.Speed} times as fast
            faults         {result.Kills} kills, {world.FailedStarts} starts without a store, {world.Outages} outages of the store, {_providerFaults} of a provider
            webhooks       {string.Join(" / ", world.Webhooks.Counts)} late / twice / without an answer / forged; forged and taken {world.Webhooks.ForgedTaken}
            verifications  {_records.Count} begun, {result.Accepted} accepted, {result.Verified} verified; settled after {settled.TotalSeconds:F0} s of the service's clock
            results        {string.Join(", ", _records.Where(record => record.Final is not null).CountBy(record => record.Result).OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Value} {pair.Key}"))}
            rang           {_records.Count(record => world.Simulator.Phone(record.Number) is not null)} phones, {world.Simulator.CallsPlaced} calls and messages
            right codes    {_records.Count(record => record.EnteredAt is not null)} entered; {unknowable} that nobody could know (the provider's answer was lost), {unanswered} without an answer in time
            callbacks      {world.Backend.Taken} taken, {world.Backend.Repeated} of them repeated under the same id
            lost {result.Lost.Count}   twice {result.Twice.Count}   other {result.Other.Count}
            """);
        await output.WriteLineAsync(text);
        foreach (var line in result.Lost.Take(10).Concat(result.Twice.Take(10)).Concat(result.Other.Take(10)))
        {
            await output.WriteLineAsync(line);
        }

        if (result.Lost.Count > 0)
        {
            await WriteWhatOperatorsSeeAsync(world, result.Lost);
        }

        await output.WriteLineAsync("The log's most frequent warnings and errors:");
        foreach (var line in world.Log.Frequent(12))
        {
            await output.WriteLineAsync(line);
        }
    }

    /// <summary>How far behind the service is, and what it says of the first verifications that lost something.</summary>
    private async Task WriteWhatOperatorsSeeAsync(ChaosWorld world, IReadOnlyList<string> lost)
    {
        string[] paths =
        [
            "manage/health", "manage/callbacks/failing",
            .. lost.Take(3).Select(line => $"manage/requests/{line[..line.IndexOf(' ', StringComparison.Ordinal)]}/timeline"),
        ];
        foreach (var path in paths)
        {
            using var call = new HttpRequestMessage(HttpMethod.Get, new Uri(world.Address(new Dice(1)), path));
            call.Headers.Add("x-functions-key", ServiceHost.DevelopmentFunctionKey);
            using var answer = await world.Http.SendAsync(call, CancellationToken.None);
            var body = await answer.Content.ReadAsStringAsync(CancellationToken.None);
            await output.WriteLineAsync($"{path}: {(int)answer.StatusCode} {body}");
        }
    }
}
