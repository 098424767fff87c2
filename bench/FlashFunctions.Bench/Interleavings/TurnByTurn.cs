using FlashFunctions.Core.Storage;

namespace FlashFunctions.Bench.Interleavings;

/// <summary>
/// Decides whose turn it is at each call of a port: everybody waits for a turn, one gets it, and runs alone until everybody waits again.
/// The choices are the schedule, so the same choices repeat it.
/// </summary>
/// <param name="choose">Gives 0 to n − 1 for n that wait.</param>
internal sealed class TurnByTurn(Func<int, int> choose) : SynchronizationContext
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Lock _lock = new();
    private readonly Queue<(SendOrPostCallback Run, object? State)> _ready = new();
    private readonly List<TaskCompletionSource> _waiting = [];
    private readonly List<Actor> _actors = [];
    private readonly AsyncLocal<Actor?> _current = new();

    /// <summary>False: everybody goes on at once.</summary>
    public bool IsOn { get; set; } = true;

    /// <summary>Waits for a turn.</summary>
    public Task TurnAsync()
    {
        if (!IsOn || _current.Value is null)
        {
            return Task.CompletedTask;
        }

        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add(turn);
        }

        return turn.Task;
    }

    /// <summary>Adds one who does something, from a turn of its own on.</summary>
    public void Add(Func<Task> act)
    {
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
                turn.SetResult();
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
    private TaskCompletionSource? Take()
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
                else if (_waiting.Count > 0)
                {
                    return TakeWaiting();
                }
                else if (_actors.TrueForAll(actor => actor.Task.IsCompleted))
                {
                    return null;
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

    private TaskCompletionSource TakeWaiting()
    {
        var index = choose(_waiting.Count);
        var turn = _waiting[index];
        _waiting.RemoveAt(index);
        return turn;
    }

    private sealed class Actor
    {
        public Task Task { get; set; } = Task.CompletedTask;
    }
}

/// <summary>A table in memory whose every call waits for a turn.</summary>
internal sealed class TurnTable(Ports ports) : ITable
{
    private readonly SortedDictionary<(string Partition, string Row), Row> _rows = new(
        Comparer<(string Partition, string Row)>.Create((one, other) =>
            string.CompareOrdinal(one.Partition, other.Partition) is var first && first != 0
                ? first
                : string.CompareOrdinal(one.Row, other.Row)));

    private long _version;

    public void Clear() => _rows.Clear();

    public Task<string?> InsertAsync(Row row, CancellationToken cancellationToken) => ports.WriteAsync(() =>
        _rows.ContainsKey((row.PartitionKey, row.RowKey)) ? null : Put(row));

    public async Task<Row?> ReadAsync(TableKey key, CancellationToken cancellationToken)
    {
        await ports.Turns.TurnAsync();
        return _rows.GetValueOrDefault((key.Partition, key.Row));
    }

    public Task<string?> ReplaceAsync(Row row, CancellationToken cancellationToken) => ports.WriteAsync(() =>
        _rows.TryGetValue((row.PartitionKey, row.RowKey), out var stored) && stored.ETag == row.ETag ? Put(row) : null);

    public Task<bool> DeleteAsync(TableKey key, string? etag, CancellationToken cancellationToken) => ports.WriteAsync(() =>
        _rows.TryGetValue((key.Partition, key.Row), out var stored)
            && (etag is null || stored.ETag == etag)
            && _rows.Remove((key.Partition, key.Row)));

    public async Task<RowPage> QueryAsync(string partitionKey, string? continuation, int pageSize, CancellationToken cancellationToken)
    {
        await ports.Turns.TurnAsync();
        return new RowPage([.. _rows.Values.Where(row => row.PartitionKey == partitionKey)], null);
    }

    public async Task<IReadOnlyList<Row>> QueryAfterAsync(string partitionKey, string? after, int most, CancellationToken cancellationToken)
    {
        await ports.Turns.TurnAsync();
        return [.. _rows.Values.Where(row => row.PartitionKey == partitionKey && string.CompareOrdinal(row.RowKey, after) > 0).Take(most)];
    }

    public async Task<RowPage> QueryAsync(PartitionRange range, string? continuation, int pageSize, CancellationToken cancellationToken)
    {
        await ports.Turns.TurnAsync();
        return new RowPage(
            [
                .. _rows.Values.Where(row => string.CompareOrdinal(row.PartitionKey, range.First) >= 0
                    && string.CompareOrdinal(row.PartitionKey, range.Last) <= 0
                    && (range.Only is not { } only || row.Number(only.Name) <= only.Value)),
            ],
            null);
    }

    public Task DeleteBatchAsync(string partitionKey, IReadOnlyCollection<string> rowKeys, CancellationToken cancellationToken) =>
        ports.WriteAsync(() => rowKeys.Count(key => _rows.Remove((partitionKey, key))));

    private string Put(Row row)
    {
        var etag = $"{++_version}";
        _rows[(row.PartitionKey, row.RowKey)] = row with { ETag = etag };
        return etag;
    }
}

/// <summary>A queue whose every call waits for a turn, and which hands each message to somebody at once.</summary>
internal sealed class TurnQueue(string name, Ports ports) : IWorkQueue
{
    public Task SendAsync(string message, TimeSpan delay, CancellationToken cancellationToken) => ports.WriteAsync(() =>
    {
        ports.Sent?.Invoke(name, message, delay);
        return true;
    });

    public Task<IReadOnlyList<WaitingMessage>> PeekAsync(int max, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<WaitingMessage>>([]);
}

/// <summary>What the ports of one schedule have in common.</summary>
internal sealed class Ports
{
    public TurnByTurn Turns { get; set; } = new(_ => 0) { IsOn = false };

    /// <summary>Takes what is sent: the queue, the message, and the delay.</summary>
    public Action<string, string, TimeSpan>? Sent { get; set; }

    /// <summary>True: this write is done and its answer lost.</summary>
    public Func<bool> LosesAnswer { get; set; } = () => false;

    /// <summary>A write, in a turn of its own.</summary>
    public async Task<T> WriteAsync<T>(Func<T> write)
    {
        await Turns.TurnAsync();
        var result = write();
        return LosesAnswer() ? throw new StorageUnavailableException("The answer was lost.") : result;
    }
}
