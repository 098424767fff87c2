using System.Text;
using FlashFunctions.Core.Storage;
using FlashFunctions.LocalHost.Queues;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>
/// The queues of the data file, all in one table. A message has an id, a moment at which it becomes visible, and the number of its last
/// receipt, without which it is neither deleted nor hidden. Times are in milliseconds since 1970.
/// </summary>
internal sealed class EmbeddedQueues : IQueueSource, IDisposable
{
    private const int MaxBytes = 48_000;
    private const int MaxReceived = 32;

    private const string Visible = "FROM messages WHERE queue = ?1 AND visible_at <= ?2 ORDER BY visible_at, id LIMIT ?3";
    private const string Send = "INSERT INTO messages VALUES (?1, ?2, ?3, ?1, ?4, 0, ?5)";
    private const string Receive = $"SELECT id, sent_at, received, body {Visible}";
    private const string Peek = $"SELECT sent_at, body {Visible}";
    private const string Lease =
        $"UPDATE messages SET visible_at = ?4, receipt = ?5, received = received + 1 WHERE id IN (SELECT id {Visible})";
    private const string Delete = "DELETE FROM messages WHERE id = ?1 AND receipt = ?2";
    private const string Hide = "UPDATE messages SET visible_at = ?3, receipt = ?4 WHERE id = ?1 AND receipt = ?2";
    private const string NextVisible = "SELECT min(visible_at) FROM messages WHERE queue = ?1 AND visible_at > ?2";

    private const string Move = """
        UPDATE messages SET queue = ?3, visible_at = ?4, receipt = ?5, sent_at = ?4, received = 0 WHERE id = ?1 AND receipt = ?2
        """;

    private static readonly TimeSpan MaxDelay = TimeSpan.FromDays(7);

    private readonly DataFile _file;
    private readonly PendingWrites _writes;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, QueueAlarm> _alarms;

    /// <summary>Creates the table in the file if it is missing.</summary>
    public EmbeddedQueues(IEnumerable<string> names, DataFile file, PendingWrites writes, TimeProvider time)
    {
        (_file, _writes, _time) = (file, writes, time);
        file.Writer.Run("""
            CREATE TABLE IF NOT EXISTS messages
            (id INTEGER PRIMARY KEY, queue TEXT NOT NULL, visible_at INTEGER NOT NULL, receipt INTEGER NOT NULL,
            sent_at INTEGER NOT NULL, received INTEGER NOT NULL, body TEXT NOT NULL)
            """);
        file.Writer.Run("CREATE INDEX IF NOT EXISTS visible ON messages (queue, visible_at)");
        _alarms = names.ToDictionary(
            name => name,
            name => new QueueAlarm(time, now => file.Read(connection => connection.Number(NextVisible, name, now))),
            StringComparer.Ordinal);
    }

    public IWorkQueue Queue(string name) => new Sender(this, name, _alarms[name]);

    public async Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(
        string queue, int max, TimeSpan visibility, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, MaxReceived);
        if (!_alarms.TryGetValue(queue, out var alarm))
        {
            return [];
        }

        var (now, visibleAt) = Times(visibility);
        var receipt = _file.NextVersion();
        return await _writes.AddAsync(
            file =>
            {
                var messages = new List<ReceivedMessage>(max);
                using (var reader = file.Query(Receive, queue, now, max))
                {
                    while (reader.Read())
                    {
                        messages.Add(new ReceivedMessage(
                            VersionText.Of(reader.GetInt64(0)), VersionText.Of(receipt), reader.GetString(3), (int)reader.GetInt64(2) + 1,
                            DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1))));
                    }
                }

                if (messages.Count > 0)
                {
                    file.Run(Lease, queue, now, max, visibleAt, receipt);
                }

                return messages;
            },
            messages =>
            {
                if (messages.Count > 0)
                {
                    alarm.Expect(visibleAt);
                }
            },
            cancellationToken);
    }

    public Task<bool> DeleteAsync(string queue, ReceivedMessage message, CancellationToken cancellationToken) => _writes.AddAsync(
        file => file.Run(Delete, VersionText.Read(message.Id), VersionText.Read(message.PopReceipt)) == 1, null, cancellationToken);

    public async Task<ReceivedMessage?> HideAsync(
        string queue, ReceivedMessage message, TimeSpan visibility, CancellationToken cancellationToken)
    {
        var (_, visibleAt) = Times(visibility);
        var receipt = _file.NextVersion();
        var hidden = await _writes.AddAsync(
            file => file.Run(Hide, VersionText.Read(message.Id), VersionText.Read(message.PopReceipt), visibleAt, receipt) == 1,
            WakeAt(queue, visibleAt),
            cancellationToken);
        return hidden ? message with { PopReceipt = VersionText.Of(receipt) } : null;
    }

    public Task MoveAsync(string queue, ReceivedMessage message, string poisonQueue, CancellationToken cancellationToken)
    {
        var (now, _) = Times(TimeSpan.Zero);
        var receipt = _file.NextVersion();
        return _writes.AddAsync(
            file => file.Run(Move, VersionText.Read(message.Id), VersionText.Read(message.PopReceipt), poisonQueue, now, receipt) == 1,
            WakeAt(poisonQueue, now),
            cancellationToken);
    }

    public IDisposable? OnMessage(string queue, Action wake) => _alarms.GetValueOrDefault(queue)?.Add(wake);

    public void Dispose()
    {
        foreach (var alarm in _alarms.Values)
        {
            alarm.Dispose();
        }
    }

    private Action<bool> WakeAt(string queue, long visibleAt) => changed =>
    {
        if (changed)
        {
            _alarms[queue].Expect(visibleAt);
        }
    };

    /// <summary>Now, and the moment after a delay of 0 to 7 days, rounded up.</summary>
    private (long Now, long VisibleAt) Times(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, MaxDelay);
        var now = _time.GetUtcNow();
        var visibleAt = delay == TimeSpan.Zero ? now : now + delay + TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond - 1);
        return (now.ToUnixTimeMilliseconds(), visibleAt.ToUnixTimeMilliseconds());
    }

    private sealed class Sender(EmbeddedQueues queues, string name, QueueAlarm alarm) : IWorkQueue
    {
        public Task SendAsync(string message, TimeSpan delay, CancellationToken cancellationToken)
        {
            if (Encoding.UTF8.GetByteCount(message) > MaxBytes)
            {
                throw new ArgumentException($"A message has at most {MaxBytes} bytes.", nameof(message));
            }

            var (now, visibleAt) = queues.Times(delay);
            var id = queues._file.NextVersion();
            return queues._writes.AddAsync(
                file => file.Run(Send, id, name, visibleAt, now, message), _ => alarm.Expect(visibleAt), cancellationToken);
        }

        public Task<IReadOnlyList<WaitingMessage>> PeekAsync(int max, CancellationToken cancellationToken)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(max, MaxReceived);
            var (now, _) = queues.Times(TimeSpan.Zero);
            return Task.FromResult(queues._file.Read(connection =>
            {
                var messages = new List<WaitingMessage>(max);
                using var reader = connection.Query(Peek, name, now, max);
                while (reader.Read())
                {
                    messages.Add(new WaitingMessage(reader.GetString(1), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(0))));
                }

                return (IReadOnlyList<WaitingMessage>)messages;
            }));
        }
    }
}
