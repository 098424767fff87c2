using System.Collections.Concurrent;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.AzuriteTests.Scenarios;

/// <summary>
/// The partitions that a test has written to. While days pass, the timer looks into each minute of them, and what nobody ever wrote to
/// is known to be empty: asking Azurite a million times would only take half an hour.
/// </summary>
internal sealed class WrittenPartitions
{
    private readonly ConcurrentDictionary<(string Table, string Partition), bool> _written = new();

    /// <summary>Whether partitions that nobody wrote to are passed over.</summary>
    public bool PassOverOthers { get; set; }

    /// <summary>Puts itself before every table.</summary>
    public void Attach(IServiceCollection services)
    {
        for (var index = 0; index < services.Count; index++)
        {
            if (services[index] is { IsKeyedService: true, ServiceKey: string name } service && service.ServiceType == typeof(ITable))
            {
                var make = service.KeyedImplementationFactory!;
                services[index] = ServiceDescriptor.KeyedSingleton<ITable>(
                    name, (provider, key) => new Watched((ITable)make(provider, key), name, this));
            }
        }
    }

    private sealed class Watched(ITable table, string name, WrittenPartitions partitions) : ITable
    {
        private static readonly Task<RowPage> Nothing = Task.FromResult(new RowPage([], null));

        public Task<string?> InsertAsync(Row row, CancellationToken cancellationToken)
        {
            partitions._written[(name, row.PartitionKey)] = true;
            return table.InsertAsync(row, cancellationToken);
        }

        public Task<RowPage> QueryAsync(string partitionKey, string? continuation, int pageSize, CancellationToken cancellationToken) =>
            partitions.PassOverOthers && !partitions._written.ContainsKey((name, partitionKey))
                ? Nothing
                : table.QueryAsync(partitionKey, continuation, pageSize, cancellationToken);

        public Task<IReadOnlyList<Row>> QueryAfterAsync(
            string partitionKey, string? after, int most, CancellationToken cancellationToken) =>
            table.QueryAfterAsync(partitionKey, after, most, cancellationToken);

        public Task<RowPage> QueryAsync(PartitionRange range, string? continuation, int pageSize, CancellationToken cancellationToken) =>
            table.QueryAsync(range, continuation, pageSize, cancellationToken);

        public Task<Row?> ReadAsync(TableKey key, CancellationToken cancellationToken) =>
            table.ReadAsync(key, cancellationToken);

        public Task<string?> ReplaceAsync(Row row, CancellationToken cancellationToken) => table.ReplaceAsync(row, cancellationToken);

        public Task<bool> DeleteAsync(TableKey key, string? etag, CancellationToken cancellationToken) =>
            table.DeleteAsync(key, etag, cancellationToken);

        public Task DeleteBatchAsync(string partitionKey, IReadOnlyCollection<string> rowKeys, CancellationToken cancellationToken) =>
            table.DeleteBatchAsync(partitionKey, rowKeys, cancellationToken);
    }
}
