using System.Globalization;
using System.Text;
using FlashFunctions.Core.Storage;
using FlashFunctions.LocalHost.Queues;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>A queue of the data file.</summary>
internal sealed class SqliteQueue : IWorkQueue, IDisposable
{
    private const int MaxBytes = 48_000;
    private const int MaxReceived = 32;
    private static readonly TimeSpan MaxDelay = TimeSpan.FromDays(7);

    private readonly QueueStatements _statements;
    private readonly GroupWriter _writer;
    private readonly Versions _versions;
    private readonly TimeProvider _time;

    public SqliteQueue(QueueStatements statements, GroupWriter writer, ReadPool readers, Versions versions, TimeProvider time, string name)
    {
        _statements = statements;
        _writer = writer;
        _versions = versions;
        _time = time;
        var next = $"SELECT place FROM \"{name}\" WHERE place >= ?1 ORDER BY place LIMIT 1";
        Alarm = new QueueAlarm(time, now => readers.Read(next, now, static (statement, now) =>
            statement.Bind(1, Place.Of(now + 1, 0)).Step() ? Place.VisibleAt(statement.Number(0)) : (long?)null));
    }

    public QueueAlarm Alarm { get; }

    public Task SendAsync(string message, TimeSpan delay, CancellationToken cancellationToken)
    {
        var body = Encoding.UTF8.GetBytes(message);
        if (body.Length > MaxBytes)
            throw new ArgumentException($"A message has at most {MaxBytes} bytes.", nameof(message));

        var (now, visibleAt) = Times(delay);
        return _writer.WriteAsync(new SendMessage(_statements, Alarm, _versions.Next(), now, visibleAt, body), cancellationToken);
    }

    public Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(int max, TimeSpan visibility, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, MaxReceived);
        var (now, visibleAt) = Times(visibility);
        return _writer.WriteAsync(new ReceiveMessages(_statements, Alarm, _versions, max, now, visibleAt), cancellationToken);
    }

    public Task<bool> DeleteAsync(ReceivedMessage message, CancellationToken cancellationToken) =>
        _writer.WriteAsync(new DeleteMessage(_statements, Number(message.PopReceipt), Number(message.Id)), cancellationToken);

    public async Task<ReceivedMessage?> HideAsync(ReceivedMessage message, TimeSpan visibility, CancellationToken cancellationToken)
    {
        var (_, visibleAt) = Times(visibility);
        var write = new HideMessage(_statements, Alarm, _versions, Number(message.PopReceipt), Number(message.Id), visibleAt);
        return await _writer.WriteAsync(write, cancellationToken) is { } place
            ? message with { PopReceipt = place.ToString(CultureInfo.InvariantCulture) }
            : null;
    }

    public Task MoveAsync(ReceivedMessage message, SqliteQueue to, CancellationToken cancellationToken)
    {
        var (now, _) = Times(TimeSpan.Zero);
        var (place, id) = (Number(message.PopReceipt), Number(message.Id));
        var write = new MoveMessage(_statements, place, id, to._statements, to.Alarm, _versions.Next(), now);
        return _writer.WriteAsync(write, cancellationToken);
    }

    public void Dispose()
    {
        Alarm.Dispose();
        _statements.Dispose();
    }

    /// <summary>What is not a number is not ours, and no message has it.</summary>
    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;

    private (long Now, long VisibleAt) Times(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, MaxDelay);
        var now = _time.GetUtcNow();
        var visibleAt = delay == TimeSpan.Zero ? now : now + delay + TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond - 1);
        return (now.ToUnixTimeMilliseconds(), visibleAt.ToUnixTimeMilliseconds());
    }
}
