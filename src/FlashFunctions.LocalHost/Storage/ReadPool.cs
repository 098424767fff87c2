using FlashFunctions.Core.Storage;
using Microsoft.Data.Sqlite;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>
/// Connections that only read. A read takes microseconds and never waits for a writer, so it runs on the caller's thread: a hop to
/// another would cost more. Every read sees all that was acknowledged before it began.
/// </summary>
internal sealed class ReadPool : IDisposable
{
    private readonly ReadConnection[] _connections;
    private volatile bool _closed;

    public ReadPool(Func<SqliteConnection> open) =>
        _connections = [.. Enumerable.Range(0, Math.Clamp(2 * Environment.ProcessorCount, 2, 16)).Select(_ => new ReadConnection(open()))];

    /// <summary>Runs <paramref name="read"/> with a statement of its own, prepared once a connection.</summary>
    /// <exception cref="StorageUnavailableException">The file could not be read, or the store is closed.</exception>
    public TResult Read<TArgument, TResult>(string sql, TArgument argument, Func<Statement, TArgument, TResult> read)
        where TArgument : allows ref struct
    {
        var connection = Take();
        try
        {
            if (_closed)
                throw new StorageUnavailableException("The store is closed.");

            var statement = connection.Prepare(sql);
            try
            {
                return read(statement, argument);
            }
            finally
            {
                statement.Reset();
            }
        }
        catch (SqliteException exception)
        {
            throw new StorageUnavailableException($"The data file could not be read: {exception.Message}", exception);
        }
        finally
        {
            Monitor.Exit(connection);
        }
    }

    public void Dispose()
    {
        _closed = true;
        foreach (var connection in _connections)
        {
            lock (connection)
            {
                connection.Dispose();
            }
        }
    }

    /// <summary>Locks one that is free, first trying the one whose cache this processor has; when all are taken, waits for that.</summary>
    private ReadConnection Take()
    {
        var first = Thread.GetCurrentProcessorId() % _connections.Length;
        for (var next = 0; next < _connections.Length; next++)
        {
            var connection = _connections[(first + next) % _connections.Length];
            if (Monitor.TryEnter(connection))
                return connection;
        }

        Monitor.Enter(_connections[first]);
        return _connections[first];
    }

    private sealed class ReadConnection(SqliteConnection connection) : IDisposable
    {
        private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);

        public Statement Prepare(string sql)
        {
            if (!_statements.TryGetValue(sql, out var statement))
                _statements.Add(sql, statement = new Statement(connection.Handle!, sql));

            return statement;
        }

        public void Dispose()
        {
            foreach (var statement in _statements.Values)
            {
                statement.Dispose();
            }

            connection.Dispose();
        }
    }
}
