using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using FlashFunctions.LocalHost.Queues;

namespace FlashFunctions.Tests.LocalHost;

/// <summary>Queues in memory, for the local host to receive from.</summary>
internal sealed class MemoryQueues(TimeProvider time, bool wakes = true) : IQueueSource
{
    private readonly Lock _lock = new();
    private readonly List<Stored> _messages = [];
    private readonly ConcurrentDictionary<string, Action> _listeners = new(StringComparer.Ordinal);
    private readonly Channel<string> _hidden = Channel.CreateUnbounded<string>();
    private int _receipts;

    /// <summary>Thrown by the next receipts while it is set.</summary>
    public Exception? Down { get; set; }

    public void Send(string queue, params string[] bodies)
    {
        lock (_lock)
        {
            _messages.AddRange(bodies.Select(body => new Stored(queue, body, time.GetUtcNow()) { Id = Next() }));
        }

        _listeners.GetValueOrDefault(queue)?.Invoke();
    }

    public int Count(string queue)
    {
        lock (_lock)
        {
            return _messages.Count(message => message.Queue == queue);
        }
    }

    /// <summary>Waits until the host hides a message that it has already received.</summary>
    public Task<string> HiddenAsync() => _hidden.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    public Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(
        string queue, int max, TimeSpan visibility, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (Down is not null)
            {
                throw Down;
            }

            var taken = _messages.Where(message => message.Queue == queue && message.VisibleAt <= time.GetUtcNow()).Take(max).ToArray();
            foreach (var message in taken)
            {
                message.Tries++;
                Hide(message, visibility);
            }

            return Task.FromResult<IReadOnlyList<ReceivedMessage>>([.. taken.Select(message => message.Received())]);
        }
    }

    public Task<bool> DeleteAsync(string queue, ReceivedMessage message, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult(_messages.RemoveAll(stored => stored.Is(message)) == 1);
        }
    }

    public Task<ReceivedMessage?> HideAsync(string queue, ReceivedMessage message, TimeSpan visibility, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var stored = _messages.Find(stored => stored.Is(message));
            if (stored is not null)
            {
                Hide(stored, visibility);
                _hidden.Writer.TryWrite(stored.Body);
            }

            return Task.FromResult(stored?.Received());
        }
    }

    public Task MoveAsync(string queue, ReceivedMessage message, string poisonQueue, CancellationToken cancellationToken)
    {
        Send(poisonQueue, message.Body);
        return DeleteAsync(queue, message, cancellationToken);
    }

    public IDisposable? OnMessage(string queue, Action wake)
    {
        if (wakes)
        {
            _listeners[queue] = wake;
        }

        return null;
    }

    private string Next() => Interlocked.Increment(ref _receipts).ToString(CultureInfo.InvariantCulture);

    private void Hide(Stored message, TimeSpan visibility) =>
        (message.VisibleAt, message.Receipt) = (time.GetUtcNow() + visibility, Next());

    private sealed record Stored(string Queue, string Body, DateTimeOffset InsertedOn)
    {
        public required string Id { get; init; }

        public string Receipt { get; set; } = "";

        public int Tries { get; set; }

        public DateTimeOffset VisibleAt { get; set; } = InsertedOn;

        public bool Is(ReceivedMessage message) => message.Id == Id && message.PopReceipt == Receipt;

        public ReceivedMessage Received() => new(Id, Receipt, Body, Tries, InsertedOn);
    }
}
