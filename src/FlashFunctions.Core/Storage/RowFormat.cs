using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace FlashFunctions.Core.Storage;

/// <summary>How a record is kept in a row: the columns it is written to, and how it is read from them.</summary>
/// <param name="write">The columns of a record.</param>
/// <param name="read">The record of a row that was written so.</param>
public sealed class RowFormat<T>(Func<T, IEnumerable<(string Name, object? Value)>> write, Func<Row, T> read)
    where T : class
{
    public IEnumerable<(string Name, object? Value)> Columns(T value) => write(value);

    /// <summary>The row of a record; with an ETag it replaces that version.</summary>
    public Row ToRow(TableKey key, T value, string? etag = null) => Row.Of(key, write(value)) with { ETag = etag };

    /// <summary>The record of a row.</summary>
    /// <exception cref="JsonException">It cannot be read.</exception>
    public T Read(Row row) => read(row);
}

public static class RowFormat
{
    /// <summary>Room for a property's 32,768 characters.</summary>
    private const int ChunkLength = 30_000;

    /// <summary>
    /// JSON in one column where it fits, else over several: Data, Data1, Data2. Letters are not escaped, since an escape takes
    /// six characters.
    /// </summary>
    public static RowFormat<T> Json<T>(JsonTypeInfo<T> type, string column = "Data")
        where T : class => new(
            value => Chunks(ReadableJson.ToText(value, type)).Select((chunk, index) => (Name(column, index), (object?)chunk)),
            row => JsonSerializer.Deserialize(Whole(row, column), type)!);

    private static IEnumerable<string> Chunks(string json)
    {
        for (var start = 0; start < json.Length;)
        {
            // Never split a surrogate pair: no store accepts half of one.
            var length = Math.Min(ChunkLength, json.Length - start);
            length -= start + length < json.Length && char.IsHighSurrogate(json[start + length - 1]) ? 1 : 0;
            yield return json.Substring(start, length);
            start += length;
        }
    }

    private static string Whole(Row row, string column)
    {
        var json = row.Text(column)!;
        if (row.Text(Name(column, 1)) is null)
        {
            return json;
        }

        var whole = new StringBuilder();
        for (var chunk = 0; row.Text(Name(column, chunk)) is { } part; chunk++)
        {
            whole.Append(part);
        }

        return whole.ToString();
    }

    private static string Name(string column, int chunk) => chunk == 0 ? column : $"{column}{chunk}";
}
