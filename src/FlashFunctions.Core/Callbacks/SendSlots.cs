namespace FlashFunctions.Core.Callbacks;

/// <summary>
/// Limits how many callbacks this instance sends at once, so that a receiver that hangs does not delay other accounts' callbacks. There is
/// a limit for each account, for each host, and for each account's use of a host. The last one depends on how the host took the last try: a
/// doubtful host (one that failed, or was not tried yet) gets few places. Failed tries also use up a budget of time for each account. A
/// callback that gets no place goes back to the queue.
/// </summary>
public sealed class SendSlots(TimeProvider time)
{
    /// <summary>The most places of one account, and of one host.</summary>
    public const int Most = 24;

    /// <summary>The most places of an account on a host that took its last callback within a second.</summary>
    public const int MostOnFastHost = 16;

    /// <summary>The most places of an account on a host that took its last callback more slowly.</summary>
    public const int MostOnSlowHost = 8;

    /// <summary>The most places of an account on a host whose last try failed, or that was not tried yet.</summary>
    public const int MostOnDoubtfulHost = 2;

    /// <summary>The most places of one account on all its doubtful hosts, and of all accounts on one doubtful host.</summary>
    public const int MostDoubtful = 4;

    /// <summary>The most places of all accounts on all doubtful hosts.</summary>
    public const int MostDoubtfulOfAll = 16;

    /// <summary>How long a job may wait here for a place: too short to be noticed, long enough for a burst to a fast host.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How much time an account may spend on failed tries. The budget refills by a second a second, so that an account whose hosts all hang
    /// occupies one place on average.
    /// </summary>
    public static readonly TimeSpan FailureBudget = TimeSpan.FromMinutes(1);

    private const int MostRoutes = 4_096;
    private static readonly TimeSpan FastAnswer = TimeSpan.FromSeconds(1);

    // Everything below is read and written under the lock. The lists are as short as there are jobs at once (host.json), so they are
    // searched.
    private readonly Lock _lock = new();
    private readonly List<SendSlot> _inUse = [];
    private readonly List<(SendRoute Route, TaskCompletionSource<SendSlot> Slot)> _waiters = [];
    private readonly Dictionary<SendRoute, RouteState> _routes = [];
    private readonly Dictionary<string, TimeBudget> _failureBudgets = new(StringComparer.Ordinal);

    private enum LastTry
    {
        None,
        Fast,
        Slow,
        Failed,
    }

    /// <summary>
    /// A place for one callback of an account to an address, to be disposed after the try; null where none became free in time.
    /// </summary>
    public async Task<SendSlot?> EnterAsync(string account, string address, CancellationToken cancellationToken)
    {
        var route = new SendRoute(account, HostOf(address));
        TaskCompletionSource<SendSlot> given;
        lock (_lock)
        {
            if (TryEnter(route) is { } slot)
            {
                return slot;
            }

            if (!MayWait(route))
            {
                return null;
            }

            given = new TaskCompletionSource<SendSlot>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((route, given));
        }

        try
        {
            return await given.Task.WaitAsync(LongestWait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return StopWaiting(route, given);
        }
        catch (OperationCanceledException)
        {
            StopWaiting(route, given)?.Dispose();
            throw;
        }
    }

    /// <summary>Remembers how a try ended that was made in a place.</summary>
    internal void Tried(SendSlot slot, bool taken, TimeSpan took)
    {
        lock (_lock)
        {
            var answered = took <= FastAnswer ? LastTry.Fast : LastTry.Slow;
            _routes[slot.Route].LastTry = taken ? answered : LastTry.Failed;
            if (!taken)
            {
                FailureBudgetOf(slot.Route.Account).Take(took, time.GetUtcNow());
            }
        }
    }

    /// <summary>Frees a place, and gives the places that are free now to those who wait, in the order in which they came.</summary>
    internal void Leave(SendSlot slot)
    {
        lock (_lock)
        {
            _inUse.Remove(slot);
            foreach (var waiter in _waiters.ToArray())
            {
                if (TryEnter(waiter.Route) is { } entered)
                {
                    _waiters.Remove(waiter);
                    waiter.Slot.SetResult(entered);
                }
            }
        }
    }

    /// <summary>Ends a wait. A place that was given at the same moment is returned.</summary>
    private SendSlot? StopWaiting(SendRoute route, TaskCompletionSource<SendSlot> given)
    {
        lock (_lock)
        {
            return _waiters.Remove((route, given)) ? null : given.Task.Result;
        }
    }

    private SendSlot? TryEnter(SendRoute route)
    {
        var state = StateOf(route);
        if (_inUse.Count(slot => slot.Route == route) >= MostOn(state.LastTry)
            || _inUse.Count(slot => slot.Route.Account == route.Account) >= Most
            || _inUse.Count(slot => slot.Route.Host == route.Host) >= Most
            || (state.IsDoubtful && !MayEnterDoubtful(route)))
        {
            return null;
        }

        var entered = new SendSlot(this, route, state.IsDoubtful, time);
        _inUse.Add(entered);
        state.UsedAt = time.GetUtcNow();
        return entered;
    }

    private bool MayEnterDoubtful(SendRoute route) =>
        _inUse.Count(slot => slot.IsDoubtful && slot.Route.Account == route.Account) < MostDoubtful
        && _inUse.Count(slot => slot.IsDoubtful && slot.Route.Host == route.Host) < MostDoubtful
        && _inUse.Count(slot => slot.IsDoubtful) < MostDoubtfulOfAll
        && !IsFailureBudgetSpent(route.Account);

    /// <summary>
    /// Whether a job may wait for a place. Not many may: a job that waits is one that the host cannot run for another account.
    /// </summary>
    private bool MayWait(SendRoute route)
    {
        var most = StateOf(route).LastTry switch
        {
            LastTry.Fast => MostOnFastHost,
            LastTry.None when !IsFailureBudgetSpent(route.Account) => MostDoubtful,
            _ => 0,
        };
        return _waiters.Count < MostOnFastHost && _waiters.Count(waiter => waiter.Route.Account == route.Account) < most;
    }

    private RouteState StateOf(SendRoute route)
    {
        if (!_routes.TryGetValue(route, out var state))
        {
            ForgetUnused();
            _routes[route] = state = new RouteState { UsedAt = time.GetUtcNow() };
        }

        return state;
    }

    /// <summary>Keeps memory bounded: where many routes are remembered, forgets a quarter of them, the longest unused first.</summary>
    private void ForgetUnused()
    {
        if (_routes.Count < MostRoutes)
        {
            return;
        }

        HashSet<SendRoute> needed = [.. _inUse.Select(slot => slot.Route), .. _waiters.Select(waiter => waiter.Route)];
        var unused = _routes.Where(route => !needed.Contains(route.Key)).OrderBy(route => route.Value.UsedAt).Take(MostRoutes / 4);
        foreach (var (route, _) in unused.ToArray())
        {
            _routes.Remove(route);
        }

        var now = time.GetUtcNow();
        foreach (var (account, _) in _failureBudgets.Where(budget => budget.Value.IsFull(now)).ToArray())
        {
            _failureBudgets.Remove(account);
        }
    }

    private bool IsFailureBudgetSpent(string account) => FailureBudgetOf(account).IsSpent(time.GetUtcNow());

    private TimeBudget FailureBudgetOf(string account)
    {
        if (!_failureBudgets.TryGetValue(account, out var budget))
        {
            _failureBudgets[account] = budget = new TimeBudget(FailureBudget);
        }

        return budget;
    }

    private static int MostOn(LastTry lastTry) => lastTry switch
    {
        LastTry.Fast => MostOnFastHost,
        LastTry.Slow => MostOnSlowHost,
        _ => MostOnDoubtfulHost,
    };

    private static string HostOf(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) ? $"{uri.IdnHost.TrimEnd('.')}:{uri.Port}" : "";

    private sealed class RouteState
    {
        public LastTry LastTry { get; set; }

        public DateTimeOffset UsedAt { get; set; }

        public bool IsDoubtful => LastTry is LastTry.None or LastTry.Failed;
    }
}

/// <summary>An account and the host, with port, that it has its callbacks sent to.</summary>
internal readonly record struct SendRoute(string Account, string Host);

/// <summary>A place out of <see cref="SendSlots"/>; disposing frees it.</summary>
public sealed class SendSlot : IDisposable
{
    private readonly SendSlots _slots;
    private readonly TimeProvider _time;
    private bool _isFree;

    internal SendSlot(SendSlots slots, SendRoute route, bool isDoubtful, TimeProvider time) =>
        (_slots, Route, IsDoubtful, _time) = (slots, route, isDoubtful, time);

    internal SendRoute Route { get; }

    /// <summary>Whether the host was doubtful when the place was taken.</summary>
    internal bool IsDoubtful { get; }

    /// <summary>Makes a try, and remembers how the host took it.</summary>
    public async Task<DeliveryOutcome> RunAsync(Func<Task<DeliveryOutcome>> send)
    {
        var began = _time.GetTimestamp();
        var outcome = await send();
        _slots.Tried(this, outcome is not DeliveryOutcome.Failed, _time.GetElapsedTime(began));
        return outcome;
    }

    public void Dispose()
    {
        if (!_isFree)
        {
            _isFree = true;
            _slots.Leave(this);
        }
    }
}
