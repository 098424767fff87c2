namespace FlashFunctions.Bench.Interleavings;

/// <summary>
/// Decides whose turn it is at each call of a port and at the end of each pause: everybody waits for a turn, one gets it, and runs alone
/// until everybody waits again. The choices are the schedule, so the same choices repeat it.
/// </summary>
/// <param name="choose">Gives 0 to n − 1 for n that wait.</param>
internal sealed class TurnByTurn(Func<int, int> choose) : SynchronizationContext
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Lock _lock = new();
    private readonly Queue<(SendOrPostCallback Run, object? State)> _ready = new();
    private readonly List<Turn> _waiting = [];
    private readonly List<Actor> _actors = [];
    private readonly AsyncLocal<Actor?> _current = new();

    /// <summary>False: everybody goes on at once.</summary>
    public bool IsOn { get; set; } = true;

    /// <summary>What makes this schedule another one than others: who acts, each choice, and out of how many.</summary>
    public ulong Signature { get; private set; } = 14_695_981_039_346_656_037;

    /// <summary>Waits for a turn.</summary>
    public Task TurnAsync()
    {
        if (!IsOn || _current.Value is null)
        {
            return Task.CompletedTask;
        }

        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Wait(done.SetResult);
        return done.Task;
    }

    /// <summary>Does something when its turn has come, unless the turn is given up before.</summary>
    public Turn Wait(Action go)
    {
        var turn = new Turn(go);
        lock (_lock)
        {
            _waiting.Add(turn);
        }

        return turn;
    }

    public void GiveUp(Turn turn)
    {
        lock (_lock)
        {
            _waiting.Remove(turn);
        }
    }

    /// <summary>Adds one who does something, from a turn of its own on.</summary>
    public void Add(string what, Func<Task> act)
    {
        Note(what);
        var actor = new Actor();
        lock (_lock)
        {
            _actors.Add(actor);
        }

        actor.Task = ActAsync();

        async Task ActAsync()
        {
            _current.Value = actor;
            await TurnAsync();
            await act();
        }
    }

    /// <summary>Something that makes the schedule another one.</summary>
    public void Note(string what)
    {
        foreach (var unit in what)
        {
            Note(unit);
        }
    }

    /// <summary>Does something at once, and returns when that and whatever it added are done.</summary>
    public void WithoutTurns(Func<Task> act)
    {
        var (wasOn, context) = (IsOn, Current);
        int before;
        lock (_lock)
        {
            before = _actors.Count;
        }

        IsOn = false;
        SetSynchronizationContext(null);
        act().GetAwaiter().GetResult();
        for (var index = before; index < _actors.Count; index++)
        {
            _actors[index].Task.GetAwaiter().GetResult();
        }

        SetSynchronizationContext(context);
        IsOn = wasOn;
    }

    /// <summary>Lets those whom <paramref name="begin"/> adds act, and gives turns until everybody is done.</summary>
    public void Run(Action begin)
    {
        var context = Current;
        SetSynchronizationContext(this);
        try
        {
            begin();
            while (Take() is { } turn)
            {
                turn.Go();
            }

            foreach (var actor in _actors)
            {
                actor.Task.GetAwaiter().GetResult();
            }
        }
        finally
        {
            SetSynchronizationContext(context);
        }
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_lock)
        {
            _ready.Enqueue((d, state));
        }
    }

    /// <summary>
    /// Lets run whatever can run without a turn, and takes one of the turns that are waited for; null where everybody is done. Somebody may
    /// wait for somebody else, who loads a cache for both.
    /// </summary>
    private Turn? Take()
    {
        while (true)
        {
            (SendOrPostCallback Run, object? State)? next = null;
            lock (_lock)
            {
                if (_ready.TryDequeue(out var ready))
                {
                    next = ready;
                }
                else if (_actors.TrueForAll(actor => actor.Task.IsCompleted))
                {
                    return null;
                }
                else if (_waiting.Count > 0)
                {
                    return TakeWaiting();
                }
            }

            if (next is { } one)
            {
                one.Run(one.State);
            }
            else if (!SpinWait.SpinUntil(IsAnythingReady, Patience))
            {
                throw new InvalidOperationException("Somebody waits for something else than a turn.");
            }
        }
    }

    private bool IsAnythingReady()
    {
        lock (_lock)
        {
            return _ready.Count > 0 || _waiting.Count > 0 || _actors.TrueForAll(actor => actor.Task.IsCompleted);
        }
    }

    private Turn TakeWaiting()
    {
        var index = choose(_waiting.Count);
        Note((index << 8) | _waiting.Count);
        var turn = _waiting[index];
        _waiting.RemoveAt(index);
        return turn;
    }

    private void Note(int value) => Signature = (Signature ^ (uint)value) * 1_099_511_628_211;

    private sealed class Actor
    {
        public Task Task { get; set; } = Task.CompletedTask;
    }
}

/// <summary>A turn that is waited for.</summary>
internal sealed record Turn(Action Go);

/// <summary>
/// A clock that goes on when it is told to, and to the end of a pause whose turn has come. Time-outs never come.
/// </summary>
internal sealed class SteppingTime : TimeProvider
{
    private DateTimeOffset _now;

    /// <summary>The schedule that is running; null between schedules.</summary>
    public TurnByTurn? Turns { get; set; }

    /// <summary>Each schedule begins 30 hours after the one before, so that no window reaches from one into the next.</summary>
    public void Begin(int schedule) => _now = new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.Zero).AddHours(30.0 * schedule);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan by) => _now += by;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        // A pause is a task; a time-out cancels a source, and what is written once a second concerns no rule here.
        if (state is not Task || dueTime == Timeout.InfiniteTimeSpan || Turns is not { } turns)
        {
            return new Pause(null, null);
        }

        var until = _now + dueTime;
        return new Pause(turns, turns.Wait(() =>
        {
            _now = _now < until ? until : _now;
            callback(state);
        }));
    }

    private sealed class Pause(TurnByTurn? turns, Turn? turn) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            if (turn is not null)
            {
                turns!.GiveUp(turn);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
