using Microsoft.Data.Sqlite;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>A message as the file has it.</summary>
/// <param name="Place">Where it is in the queue: the moment at which it becomes visible, then a number. It is the pop receipt too, since every receipt moves the message.</param>
internal readonly record struct StoredMessage(long Place, long Id, long InsertedAt, int Received, byte[] Body);

/// <summary>What is written to one queue, on the writer's connection. Messages lie in the order in which they become visible.</summary>
internal sealed class QueueStatements : IDisposable
{
    private readonly Statement _insert;
    private readonly Statement _visible;
    private readonly Statement _move;
    private readonly Statement _find;
    private readonly Statement _delete;

    public QueueStatements(SqliteConnection connection, string name)
    {
        using (var create = new Statement(connection.Handle!, $"""
            CREATE TABLE IF NOT EXISTS "{name}"
            (place INTEGER PRIMARY KEY, id INTEGER NOT NULL, inserted INTEGER NOT NULL, received INTEGER NOT NULL, body BLOB)
            """))
        {
            create.Run();
        }

        _insert = Prepare($"INSERT INTO \"{name}\" (place, id, inserted, received, body) VALUES (?1, ?2, ?3, 0, ?4) ON CONFLICT DO NOTHING");
        _visible = Prepare($"SELECT place, id, inserted, received, body FROM \"{name}\" WHERE place < ?1 ORDER BY place LIMIT ?2");
        _move = Prepare($"UPDATE OR IGNORE \"{name}\" SET place = ?3, received = received + ?4 WHERE place = ?1 AND id = ?2");
        _find = Prepare($"SELECT place, id, inserted, received, body FROM \"{name}\" WHERE place = ?1 AND id = ?2");
        _delete = Prepare($"DELETE FROM \"{name}\" WHERE place = ?1 AND id = ?2");

        Statement Prepare(string sql) => new(connection.Handle!, sql);
    }

    public void Insert(long visibleAt, long id, long now, byte[] body)
    {
        _insert.Bind(2, id).Bind(3, now).Bind(4, body);
        for (var place = Place.Of(visibleAt, id); _insert.Bind(1, place).Run() is 0; place = Place.Next(place))
        {
            // Taken: two million messages for one millisecond, or one from before a restart.
        }
    }

    /// <summary>Hides up to <paramref name="max"/> messages that are visible now, the one that has been visible longest first.</summary>
    public List<StoredMessage> Receive(int max, long now, long visibleAt, Versions versions)
    {
        var messages = new List<StoredMessage>(max);
        try
        {
            _visible.Bind(1, Place.Of(now + 1, 0)).Bind(2, max);
            while (_visible.Step())
            {
                messages.Add(Read(_visible));
            }
        }
        finally
        {
            _visible.Reset();
        }

        for (var index = 0; index < messages.Count; index++)
        {
            var message = messages[index];
            messages[index] = message with { Place = Move(message, visibleAt, versions.Next(), 1), Received = message.Received + 1 };
        }

        return messages;
    }

    /// <summary>The message's new place, or null when it is no longer at its old one.</summary>
    public long? Hide(long place, long id, long visibleAt, Versions versions) =>
        Find(place, id) is { } message ? Move(message, visibleAt, versions.Next(), 0) : null;

    public StoredMessage? Find(long place, long id)
    {
        try
        {
            return _find.Bind(1, place).Bind(2, id).Step() ? Read(_find) : null;
        }
        finally
        {
            _find.Reset();
        }
    }

    public bool Delete(long place, long id) => _delete.Bind(1, place).Bind(2, id).Run() is 1;

    public void Dispose()
    {
        _insert.Dispose();
        _visible.Dispose();
        _move.Dispose();
        _find.Dispose();
        _delete.Dispose();
    }

    private static StoredMessage Read(Statement statement) => new(
        statement.Number(0), statement.Number(1), statement.Number(2), (int)statement.Number(3), statement.Bytes(4).ToArray());

    private long Move(StoredMessage message, long visibleAt, long number, int received)
    {
        _move.Bind(1, message.Place).Bind(2, message.Id).Bind(4, received);
        var place = Place.Of(visibleAt, number);
        while (_move.Bind(3, place).Run() is 0)
        {
            place = Place.Next(place);
        }

        return place;
    }
}

/// <summary>A moment in milliseconds and a number that tells apart what becomes visible in the same one.</summary>
internal static class Place
{
    private const int NumberBits = 21;
    private const long NumberMask = (1L << NumberBits) - 1;

    public static long Of(long visibleAt, long number) => (visibleAt << NumberBits) | (number & NumberMask);

    /// <summary>The place after, in the same millisecond as long as there is one.</summary>
    public static long Next(long place) => place + 1;

    public static long VisibleAt(long place) => place >> NumberBits;
}
