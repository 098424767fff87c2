using System.Text.Json;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Verifications;
using FlashFunctions.Core.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Bench.Interleavings;

/// <summary>One schedule: a number, those who act, and what they were answered.</summary>
internal sealed class World(ServiceProvider services, SteppingTime time, string number)
{
    private static readonly TimeSpan TooLate = TimeSpan.FromSeconds(40);
    private readonly List<string> _kept = [];
    private bool _keeps;

    public TurnByTurn Turns { get; set; } = null!;

    public List<string> Accepted { get; } = [];

    public Dictionary<string, int> Verified { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, int> Wrong { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, int> Seen { get; } = new(StringComparer.Ordinal);

    public List<string> Problems { get; } = [];

    /// <summary>Whether a job comes twice.</summary>
    public Func<bool> Doubles { get; set; } = () => false;

    /// <summary>What follows once a verification was accepted.</summary>
    public Action<string>? Then { get; set; }

    private Account Account =>
        services.GetRequiredService<DevelopmentAccount>().Account with { CallKeyId = "dev", CallMayBeTrusted = true };

    /// <summary>A verification of the number is asked for.</summary>
    public void Verify(string? key = null) => Add($"verify {key}", () => VerifyAsync(key));

    /// <summary>The same before the schedule begins, with its first step placed.</summary>
    public void Start()
    {
        Turns.WithoutTurns(() => VerifyAsync(null));
        if (Accepted.Count != 1)
        {
            Problems.Add("it was not accepted");
        }
    }

    /// <summary>The same, but its jobs are kept.</summary>
    public void StartWithoutWorkers()
    {
        KeepJobs();
        Start();
    }

    /// <summary>Jobs are kept from now on.</summary>
    public void KeepJobs() => _keeps = true;

    /// <summary>A kept job comes.</summary>
    public void DeliverKept() => Add("job", () => DispatchAsync(_kept[0]));

    public void Check(bool isRight) => Check(Accepted[0], isRight);

    public void Check(string id, bool isRight) => Add($"check {isRight} {Accepted.IndexOf(id)}", () => CheckAsync(id, isRight));

    /// <summary>The same before the schedule begins.</summary>
    public void CheckNow(bool isRight) => Turns.WithoutTurns(() => CheckAsync(Accepted[0], isRight));

    public void Cancel() => Cancel(Accepted[0]);

    public void Cancel(string id) => Add($"cancel {Accepted.IndexOf(id)}", async () =>
    {
        var answer = await services.GetRequiredService<CancelUseCase>().RunAsync(Account.Id, id, CancellationToken.None);
        See(answer.TryGet(out _, out _) ? "canceled" : "not canceled");
    });

    public void Next() => Next(Accepted[0]);

    public void Next(string id) => Add($"next {Accepted.IndexOf(id)}", async () =>
    {
        var answer = await services.GetRequiredService<NextUseCase>().RunAsync(Account.Id, id, CancellationToken.None);
        See(answer.TryGet(out _, out _) ? "next steps" : "no next step");
    });

    /// <summary>The clock goes on.</summary>
    public void Pass(TimeSpan by) => Add("pass", () =>
    {
        time.Advance(by);
        return Task.CompletedTask;
    });

    /// <summary>Takes what is sent to a queue: a job is processed by somebody, now and then by two.</summary>
    public void Take(string queue, string message, TimeSpan delay)
    {
        if (queue != QueueNames.Dispatch || delay > TooLate)
        {
            return;
        }

        if (_keeps)
        {
            _kept.Add(message);
            return;
        }

        Add("job", () => DispatchAsync(message));
        if (Doubles())
        {
            See("jobs twice");
            Add("job", () => DispatchAsync(message));
        }
    }

    /// <summary>A request as it is stored, which takes nobody's turn.</summary>
    public RequestRecord? Stored(string id)
    {
        RequestRecord? found = null;
        Turns.WithoutTurns(
            async () => found =
                (await services.GetRequiredService<RequestStore>().ReadAsync(RequestId.Parse(id, null), CancellationToken.None))?.Value);
        return found;
    }

    private async Task VerifyAsync(string? key)
    {
        var fields = Fields(("number", number), ("workflow", null));
        fields.Key = key is null ? null : new IdempotencyKey($"{key}{number[1..]}", "call");
        var answer = await services.GetRequiredService<VerifyUseCase>().RunAsync(Account, fields, CancellationToken.None);
        if (!answer.TryGet(out var accepted, out var problem))
        {
            See($"refused with {problem.ErrorCode}");
            return;
        }

        See("accepted");
        var id = accepted.Request.Id.Text;
        var isNew = !Accepted.Contains(id);
        Accepted.Add(id);
        if (isNew)
        {
            Then?.Invoke(id);
        }
    }

    private async Task CheckAsync(string id, bool isRight)
    {
        var ours = Stored(id) is { } stored ? services.GetRequiredService<Codes>().Ours(stored)! : "0000";
        var code = isRight ? ours : ours == "5555" ? "5556" : "5555";
        var fields = Fields(("requestId", id), ("code", code));
        var result = await services.GetRequiredService<CheckUseCase>().RunAsync(Account.Id, fields, CancellationToken.None);
        if (!result.TryGet(out var answer, out var problem))
        {
            See($"checks refused with {problem.ErrorCode}");
        }
        else if (answer.AttemptsLeft is not null)
        {
            See(isRight ? "right codes too early" : "wrong codes");
            Wrong[id] = Wrong.GetValueOrDefault(id) + 1;
        }
        else if (!isRight)
        {
            Problems.Add($"a wrong code verified {id}");
        }
        else
        {
            See("verified");
            Verified[id] = Verified.GetValueOrDefault(id) + 1;
        }
    }

    private Task DispatchAsync(string message) =>
        services.GetRequiredService<StepDispatcher>().RunAsync(StepQueue.Read(message), CancellationToken.None);

    private static Fields Fields(params (string Name, string? Value)[] values) => new(
        values.ToDictionary(
            value => value.Name,
            value => value.Value is { } text
                ? JsonSerializer.SerializeToElement(text)
                : JsonElement.Parse("""[{"method":"call","wait":30},{"method":"call","wait":30},{"method":"call"}]"""),
            StringComparer.Ordinal),
        null);

    /// <summary>Somebody acts. What the store's lost answers make of that is a 503 for a caller and a redelivery for a job.</summary>
    private void Add(string what, Func<Task> act)
    {
        Turns.Add(what, async () =>
        {
            try
            {
                await act();
            }
            catch (StorageUnavailableException failed)
            {
                See(failed.Message == Ports.Lost ? "lost answers" : "places taken");
            }
        });
    }

    private void See(string what) => Seen[what] = Seen.GetValueOrDefault(what) + 1;
}

/// <summary>A provider whose call takes a turn, and of which some are unclear or not sent.</summary>
internal sealed class RingingProvider(Ports ports) : IProvider
{
    private readonly List<AttemptKey> _rings = [];
    private int _calls;

    public string Name => "unibell";

    /// <summary>Every ring, by its attempt.</summary>
    public IReadOnlyList<AttemptKey> Rings => _rings;

    public void Clear()
    {
        _calls = 0;
        _rings.Clear();
    }

    public Capability? CapabilityFor(Channel channel, int codeLength) =>
        channel == Channel.Call ? new Capability(CodeSource.Ours, TimeSpan.FromSeconds(30)) : null;

    public async Task<PlaceOutcome> PlaceAsync(Placement placement, CancellationToken cancellationToken)
    {
        await ports.Turns.TurnAsync();
        var call = ++_calls;
        if (call % 5 == 4)
        {
            return new PlaceOutcome.NotSent("HTTP 503");
        }

        _rings.Add(placement.Attempt);
        await ports.Turns.TurnAsync();
        return call % 5 == 2
            ? new PlaceOutcome.Unclear("no answer")
            : new PlaceOutcome.Accepted($"ring-{placement.Attempt.RequestId}-{call}");
    }
}
