using System.Diagnostics.CodeAnalysis;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>
/// The line in which writes wait for the writer: it takes all of them at once under one lock, and sleeps on that lock when there
/// are none, which a channel read from a thread of its own cannot do without a detour over the thread pool.
/// </summary>
/// <param name="capacity">How many may wait; who comes later waits for room.</param>
internal sealed class WriteLine(int capacity)
{
    private readonly object _gate = new();
    private List<IWrite> _waiting = [];
    private TaskCompletionSource? _room;
    private bool _closed;
    private bool _asleep;

    /// <summary>Puts the write into the line, waiting for room if it must; once in, it can no longer be cancelled.</summary>
    public Task<T> AddAsync<T>(Write<T> write, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<T>(cancellationToken);

        return TryAdd(write, out var room) ? write.Task : AddLaterAsync(room, write, cancellationToken);
    }

    /// <summary>
    /// Takes everything that waits, sleeping until there is something. <paramref name="group"/> is given back filled; false when the
    /// line is closed and empty.
    /// </summary>
    public bool TakeAll(ref List<IWrite> group)
    {
        TaskCompletionSource? room;
        group.Clear();
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_closed)
            {
                _asleep = true;
                Monitor.Wait(_gate);
                _asleep = false;
            }

            (_waiting, group) = (group, _waiting);
            (_room, room) = (null, _room);
        }

        room?.SetResult();
        return group.Count > 0;
    }

    /// <summary>Takes no more writes; those in the line are still served.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }
    }

    private async Task<T> AddLaterAsync<T>(Task room, Write<T> write, CancellationToken cancellationToken)
    {
        do
        {
            await room.WaitAsync(cancellationToken);
        }
        while (!TryAdd(write, out room!));

        return await write.Task;
    }

    /// <summary>False when the line is full; <paramref name="room"/> is then what to wait for before trying again.</summary>
    private bool TryAdd(IWrite write, [NotNullWhen(false)] out Task? room)
    {
        room = null;
        lock (_gate)
        {
            if (!_closed && _waiting.Count >= capacity)
            {
                room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                return false;
            }

            if (!_closed)
                _waiting.Add(write);
            else
                write.Fail(new StorageUnavailableException("The store is closed."));

            if (_asleep)
                Monitor.Pulse(_gate);

            return true;
        }
    }
}
