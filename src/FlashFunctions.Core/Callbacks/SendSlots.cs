using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Core.Callbacks;

/// <summary>
/// How many callbacks this instance may be sending at once, so that receivers that hang do not hold up everybody else's: bounded per
/// account, per host, and for an account on a host. A host that takes its callbacks gets many places, one that has failed or has not
/// been tried yet gets few; and failed tries have a budget of time per account. What gets no place goes back to the queue.
/// </summary>
public sealed class SendSlots(TimeProvider time)
{
    /// <summary>The most places of one account, and of one host.</summary>
    public const int Most = 24;

    /// <summary>The most places of an account on one host that takes its callbacks at once.</summary>
    public const int MostOnFastHost = 16;

    /// <summary>The same where the host takes them slowly.</summary>
    public const int MostOnSlowHost = 8;

    /// <summary>The same where its last try failed, or where none has ended yet.</summary>
    public const int MostOnDoubtfulHost = 2;

    /// <summary>The most places of one account, and of one host, for tries at doubtful hosts.</summary>
    public const int MostDoubtful = 4;

    /// <summary>The most places of all accounts together for tries at doubtful hosts.</summary>
    public const int MostDoubtfulOfAll = 16;

    /// <summary>How long a job may wait here for a place: less than anybody notices, long enough for a burst to a fast host.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How much time of failed tries an account has in stock. It fills up by a second a second, so that an account whose hosts hang
    /// holds one place on average.
    /// </summary>
    public static readonly TimeSpan FailureBudget = TimeSpan.FromMinutes(1);

    private const int ManyPairs = 4_096;
    private static readonly TimeSpan FastAnswer = TimeSpan.FromSeconds(1);
    private static readonly Load Idle = new(0, 0);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Account, string Host), Pair> _pairs = [];
    private readonly Dictionary<string, TimeBudget> _budgets = new(StringComparer.Ordinal);
    private readonly Dictionary<(Kind Kind, string Name), Load> _loads = [];
    private readonly LinkedList<Waiter> _waiters = [];
    private int _doubtful;

    private enum Manner
    {
        Untried,
        Fast,
        Slow,
        Failing,
    }

    private enum Kind
    {
        Account,
        Host,
    }

    /// <summary>A place for one account's callbacks to an address, or null where there is none; it has to be given back.</summary>
    public async Task<SendSlot?> EnterAsync(string account, string address, CancellationToken cancellationToken)
    {
        var pair = (account, HostOf(address));
        LinkedListNode<Waiter> waiting;
        lock (_lock)
        {
            if (TryEnter(pair) is { } slot)
            {
                return slot;
            }

            if (!MayWait(pair))
            {
                return null;
            }

            waiting = _waiters.AddLast(new Waiter(pair));
        }

        try
        {
            return await waiting.Value.Entered.Task.WaitAsync(LongestWait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return Leave(waiting);
        }
        catch (OperationCanceledException)
        {
            Leave(waiting)?.Dispose();
            throw;
        }
    }

    /// <summary>A try that was made in a place has ended.</summary>
    internal void Tried(SendSlot slot, bool taken, TimeSpan took)
    {
        lock (_lock)
        {
            _pairs[slot.Pair].Manner = taken ? took <= FastAnswer ? Manner.Fast : Manner.Slow : Manner.Failing;
            if (!taken)
            {
                BudgetOf(slot.Pair.Account).Take(took, time.GetUtcNow());
            }
        }
    }

    internal void Leave(SendSlot slot)
    {
        lock (_lock)
        {
            _pairs[slot.Pair].Running--;
            Count(Kind.Account, slot.Pair.Account, -1, slot.IsDoubtful);
            Count(Kind.Host, slot.Pair.Host, -1, slot.IsDoubtful);
            _doubtful -= slot.IsDoubtful ? 1 : 0;
            for (var node = _waiters.First; node is not null;)
            {
                var (waiter, next) = (node, node.Next);
                if (TryEnter(waiter.Value.Pair) is { } entered)
                {
                    _waiters.Remove(waiter);
                    waiter.Value.Entered.SetResult(entered);
                }

                node = next;
            }
        }
    }

    /// <summary>The one whose wait is over may have got a place in the same moment.</summary>
    private SendSlot? Leave(LinkedListNode<Waiter> waiting)
    {
        lock (_lock)
        {
            if (waiting.List is not null)
            {
                _waiters.Remove(waiting);
                return null;
            }
        }

        return waiting.Value.Entered.Task.Result;
    }

    private SendSlot? TryEnter((string Account, string Host) key)
    {
        var pair = PairOf(key);
        var (account, host) = (LoadOf(Kind.Account, key.Account), LoadOf(Kind.Host, key.Host));
        if (pair.Running >= MostOf(pair.Manner) || account.Running >= Most || host.Running >= Most)
        {
            return null;
        }

        var isDoubtful = pair.IsDoubtful;
        if (isDoubtful
            && (account.Doubtful >= MostDoubtful
                || host.Doubtful >= MostDoubtful
                || _doubtful >= MostDoubtfulOfAll
                || BudgetOf(key.Account).IsSpent(time.GetUtcNow())))
        {
            return null;
        }

        pair.Running++;
        pair.UsedAt = time.GetUtcNow();
        Count(Kind.Account, key.Account, 1, isDoubtful);
        Count(Kind.Host, key.Host, 1, isDoubtful);
        _doubtful += isDoubtful ? 1 : 0;
        return new SendSlot(this, key, isDoubtful, time);
    }

    /// <summary>No more than may be sending: a job that waits holds a place of the host's.</summary>
    private bool MayWait((string Account, string Host) key)
    {
        var most = PairOf(key).Manner switch
        {
            Manner.Fast => MostOnFastHost,
            Manner.Untried when !BudgetOf(key.Account).IsSpent(time.GetUtcNow()) => MostDoubtful,
            _ => 0,
        };
        return _waiters.Count(waiter => waiter.Pair.Account == key.Account) < most && _waiters.Count < MostOnFastHost;
    }

    private Pair PairOf((string Account, string Host) key)
    {
        if (!_pairs.TryGetValue(key, out var pair))
        {
            ForgetUnused();
            _pairs[key] = pair = new Pair { UsedAt = time.GetUtcNow() };
        }

        return pair;
    }

    private void ForgetUnused()
    {
        if (_pairs.Count < ManyPairs)
        {
            return;
        }

        var now = time.GetUtcNow();
        var unused = _pairs.Where(pair => pair.Value.Running == 0 && _waiters.All(waiter => waiter.Pair != pair.Key))
            .OrderBy(pair => pair.Value.UsedAt).Take(ManyPairs / 4).Select(pair => pair.Key).ToArray();
        Array.ForEach(unused, key => _pairs.Remove(key));
        foreach (var (account, _) in _budgets.Where(budget => budget.Value.IsFull(now)).ToArray())
        {
            _budgets.Remove(account);
        }
    }

    private TimeBudget BudgetOf(string account)
    {
        if (!_budgets.TryGetValue(account, out var budget))
        {
            _budgets[account] = budget = new TimeBudget(FailureBudget);
        }

        return budget;
    }

    private Load LoadOf(Kind kind, string name) => _loads.GetValueOrDefault((kind, name)) ?? Idle;

    private void Count(Kind kind, string name, int change, bool isDoubtful)
    {
        var load = LoadOf(kind, name);
        var after = new Load(load.Running + change, load.Doubtful + (isDoubtful ? change : 0));
        if (after.Running == 0)
        {
            _loads.Remove((kind, name));
        }
        else
        {
            _loads[(kind, name)] = after;
        }
    }

    private static int MostOf(Manner manner) => manner switch
    {
        Manner.Fast => MostOnFastHost,
        Manner.Slow => MostOnSlowHost,
        _ => MostOnDoubtfulHost,
    };

    private static string HostOf(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) ? $"{uri.IdnHost.TrimEnd('.')}:{uri.Port}" : "";

    private sealed record Load(int Running, int Doubtful);

    private sealed class Pair
    {
        public Manner Manner { get; set; }

        public int Running { get; set; }

        public DateTimeOffset UsedAt { get; set; }

        public bool IsDoubtful => Manner is Manner.Untried or Manner.Failing;
    }

    private sealed class Waiter((string Account, string Host) pair)
    {
        public (string Account, string Host) Pair => pair;

        public TaskCompletionSource<SendSlot> Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
