using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>
/// What is written to one table, on the writer's connection. Rows lie in the order in which they were inserted, so what is written
/// together lies together; an index of the keys finds them.
/// </summary>
internal sealed class TableStatements : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly Statement _insert;
    private readonly Statement _replace;
    private readonly Statement _replaceById;
    private readonly Statement _delete;
    private readonly Statement _deleteVersion;

    public TableStatements(SqliteConnection connection, string name)
    {
        _connection = connection.Handle!;
        using (var create = new Statement(_connection, $"""
            CREATE TABLE IF NOT EXISTS "{name}"
            (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, version INTEGER NOT NULL, properties BLOB NOT NULL)
            """))
        {
            create.Run();
        }

        _insert = new Statement(_connection, $"INSERT INTO \"{name}\" (key, version, properties) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING");
        _replace = new Statement(_connection, $"UPDATE \"{name}\" SET version = ?2, properties = ?3 WHERE key = ?1 AND version = ?4 RETURNING id");
        _replaceById = new Statement(_connection, $"UPDATE \"{name}\" SET version = ?2, properties = ?3 WHERE id = ?1 AND version = ?4");
        _delete = new Statement(_connection, $"DELETE FROM \"{name}\" WHERE key = ?1");
        _deleteVersion = new Statement(_connection, $"DELETE FROM \"{name}\" WHERE key = ?1 AND version = ?2");
    }

    /// <summary>The new row's id, or null when the key is taken.</summary>
    public long? Insert(byte[] key, long version, byte[] properties) =>
        _insert.Bind(1, key).Bind(2, version).Bind(3, properties).Run() is 1 ? raw.sqlite3_last_insert_rowid(_connection) : null;

    /// <summary>The row's id, or null when it has not the expected version.</summary>
    public long? Replace(byte[] key, long expected, long version, byte[] properties)
    {
        try
        {
            _replace.Bind(1, key).Bind(2, version).Bind(3, properties).Bind(4, expected);
            return _replace.Step() ? _replace.Number(0) : null;
        }
        finally
        {
            _replace.Reset();
        }
    }

    /// <summary>The same, when the id is known: the index of the keys is left alone. No two rows ever have the same version.</summary>
    public bool Replace(long id, long expected, long version, byte[] properties) =>
        _replaceById.Bind(1, id).Bind(2, version).Bind(3, properties).Bind(4, expected).Run() is 1;

    public bool Delete(byte[] key, long? expected) =>
        (expected is { } version ? _deleteVersion.Bind(1, key).Bind(2, version) : _delete.Bind(1, key)).Run() is 1;

    public void Dispose()
    {
        _insert.Dispose();
        _replace.Dispose();
        _replaceById.Dispose();
        _delete.Dispose();
        _deleteVersion.Dispose();
    }
}
