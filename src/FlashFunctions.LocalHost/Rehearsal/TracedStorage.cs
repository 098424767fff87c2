using System.Diagnostics;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.LocalHost.Rehearsal;

/// <summary>
/// Puts spans around the calls of the storage ports, whatever store is behind them. While nobody listens it passes the calls on.
/// </summary>
internal static class TracedStorage
{
    public const string SourceName = "FlashFunctions.LocalHost.Storage";

    public const string Table = "table";

    public const string Queue = "queue";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Puts itself before every registered table and queue.</summary>
    public static IServiceCollection AddTracedStorage(this IServiceCollection services)
    {
        for (var index = 0; index < services.Count; index++)
        {
            var service = services[index];
            if (service is { IsKeyedService: true, KeyedImplementationFactory: { } make, ServiceKey: string name })
            {
                services[index] = service.ServiceType == typeof(ITable)
                        ? ServiceDescriptor.KeyedSingleton<ITable>(
                            name, (provider, key) => new TracedTable((ITable)make(provider, key), name))
                    : service.ServiceType == typeof(IWorkQueue)
                        ? ServiceDescriptor.KeyedSingleton<IWorkQueue>(
                            name, (provider, key) => new TracedQueue((IWorkQueue)make(provider, key), name))
                    : service;
            }
        }

        return services;
    }

    private static Task<T> TraceAsync<T>(string verb, string tag, string name, Func<Task<T>> call)
    {
        return Source.HasListeners() ? WithSpanAsync() : call();

        async Task<T> WithSpanAsync()
        {
            using var span = Source.StartActivity(verb)?.SetTag(tag, name);
            return await call();
        }
    }

    private sealed class TracedTable(ITable inner, string name) : ITable
    {
        public Task<string?> InsertAsync(Row row, CancellationToken cancellationToken) =>
            TraceAsync("insert", Table, name, () => inner.InsertAsync(row, cancellationToken));

        public Task<Row?> ReadAsync(TableKey key, CancellationToken cancellationToken) =>
            TraceAsync("read", Table, name, () => inner.ReadAsync(key, cancellationToken));

        public Task<string?> ReplaceAsync(Row row, CancellationToken cancellationToken) =>
            TraceAsync("write", Table, name, () => inner.ReplaceAsync(row, cancellationToken));

        public Task<bool> DeleteAsync(TableKey key, string? etag, CancellationToken cancellationToken) =>
            TraceAsync("delete", Table, name, () => inner.DeleteAsync(key, etag, cancellationToken));

        public Task<IReadOnlyList<Row>> QueryAfterAsync(
            string partitionKey, string? after, int most, CancellationToken cancellationToken) =>
            TraceAsync("query", Table, name, () => inner.QueryAfterAsync(partitionKey, after, most, cancellationToken));

        public Task<RowPage> QueryAsync(PartitionRange range, string? continuation, int pageSize, CancellationToken cancellationToken) =>
            TraceAsync("query", Table, name, () => inner.QueryAsync(range, continuation, pageSize, cancellationToken));

        public Task DeleteBatchAsync(string partitionKey, IReadOnlyCollection<string> rowKeys, CancellationToken cancellationToken) =>
            inner.DeleteBatchAsync(partitionKey, rowKeys, cancellationToken);
    }

    private sealed class TracedQueue(IWorkQueue inner, string name) : IWorkQueue
    {
        public Task SendAsync(string message, TimeSpan delay, CancellationToken cancellationToken) =>
            TraceAsync("send", Queue, name, async () =>
            {
                await inner.SendAsync(message, delay, cancellationToken);
                return true;
            });

        public Task<IReadOnlyList<WaitingMessage>> PeekAsync(int max, CancellationToken cancellationToken) =>
            inner.PeekAsync(max, cancellationToken);
    }
}
