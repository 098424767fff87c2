using Azure;
using Azure.Data.Tables;

namespace FlashFunctions.AzureStorage;

/// <summary>
/// Deletes rows of a partition by transactions of 100, the service's limit; at nine bytes for each of a key's characters that stays below
/// 1.5 MB, so its limit of 4 MiB is never met. A transaction is refused as a whole when one row is missing: then one query over its keys'
/// range finds those that are there.
/// </summary>
internal sealed class PartitionPurge(TableClient client, StorageCall call, string partitionKey)
{
    private const int MaxActions = 100;
    private const int MaxRounds = 5;

    public async Task DeleteAsync(IEnumerable<string> rowKeys, CancellationToken cancellationToken)
    {
        foreach (var chunk in rowKeys.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Chunk(MaxActions))
        {
            await DeleteChunkAsync(chunk, cancellationToken);
        }
    }

    private async Task DeleteChunkAsync(string[] rowKeys, CancellationToken cancellationToken)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            if (rowKeys.Length == 0 || await call.RunAsync(token => TryDeleteAsync(rowKeys, token), cancellationToken))
            {
                return;
            }

            rowKeys = await call.RunAsync(token => PresentAsync(rowKeys, token), cancellationToken);
        }

        // Other callers delete the same rows; one by one they cannot block each other.
        foreach (var rowKey in rowKeys)
        {
            await call.RunAsync(token => client.DeleteEntityAsync(partitionKey, rowKey, ETag.All, token), cancellationToken);
        }
    }

    private async Task<bool> TryDeleteAsync(string[] rowKeys, CancellationToken cancellationToken)
    {
        try
        {
            var actions = rowKeys.Select(
                rowKey => new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(partitionKey, rowKey), ETag.All));
            await client.SubmitTransactionAsync(actions, cancellationToken);
            return true;
        }
        catch (TableTransactionFailedException e) when (e is { Status: 404, ErrorCode: not "TableNotFound" })
        {
            return false;
        }
    }

    private async Task<string[]> PresentAsync(string[] rowKeys, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {partitionKey} and RowKey ge {rowKeys[0]} and RowKey le {rowKeys[^1]}");
        var wanted = rowKeys.ToHashSet(StringComparer.Ordinal);
        var present = new List<string>();
        await foreach (var entity
            in client.QueryAsync<TableEntity>(filter, select: [nameof(ITableEntity.RowKey)], cancellationToken: cancellationToken))
        {
            if (wanted.Contains(entity.RowKey))
            {
                present.Add(entity.RowKey);
            }
        }

        return [.. present];
    }
}
