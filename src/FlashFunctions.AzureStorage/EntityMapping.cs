using Azure.Data.Tables;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.AzureStorage;

/// <summary>Between the port's rows and the service's entities.</summary>
internal static class EntityMapping
{
    public static TableEntity ToEntity(Row row, WriteHistory history)
    {
        var entity = new TableEntity(row.PartitionKey, row.RowKey) { [WriteHistory.PropertyName] = history.Text };
        foreach (var (name, value) in row.Properties)
        {
            if (value is not null)
            {
                entity[name] = value;
            }
        }

        return entity;
    }

    public static Row ToRow(TableEntity entity)
    {
        var properties = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in entity)
        {
            if (!RowLimits.IsReserved(name) && !IsAnnotation(name))
            {
                properties[name] = value;
            }
        }

        return new Row(new TableKey(entity.PartitionKey, entity.RowKey), properties, ETagOf(entity));
    }

    public static string ETagOf(TableEntity entity) => WriteHistory.ETagOf(entity.ETag, entity.GetString(WriteHistory.PropertyName));

    // The bag also contains OData's own properties: odata.etag, odata.metadata.
    private static bool IsAnnotation(string name) => name.Contains('.', StringComparison.Ordinal);
}
