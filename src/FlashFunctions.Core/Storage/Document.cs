using System.Text;
using System.Text.Json.Serialization.Metadata;
using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Core.Storage;

/// <summary>A JSON document in a row: in one column where it fits, else over several.</summary>
internal static class Document
{
    private const int ChunkLength = 30_000;

    /// <summary>Puts a document among a row's columns, with the letters of every alphabet as they are: escaped, one would take the room of six.</summary>
    public static void Write<T>(Dictionary<string, object?> properties, T document, JsonTypeInfo<T> type)
    {
        var json = ReadableJson.ToText(document, type);
        if (json.Length <= ChunkLength)
        {
            properties[ChunkName(0)] = json;
            return;
        }

        for (var (start, chunk) = (0, 0); start < json.Length; chunk++)
        {
            // The two halves of a character stay together: no store takes a half.
            var length = Math.Min(ChunkLength, json.Length - start);
            length -= char.IsHighSurrogate(json[start + length - 1]) ? 1 : 0;
            properties[ChunkName(chunk)] = json.Substring(start, length);
            start += length;
        }
    }

    /// <summary>The document of a row.</summary>
    public static string Read(Row row)
    {
        var json = row.Text(ChunkName(0))!;
        if (row.Text(ChunkName(1)) is null)
        {
            return json;
        }

        var whole = new StringBuilder();
        for (var chunk = 0; row.Text(ChunkName(chunk)) is { } part; chunk++)
        {
            whole.Append(part);
        }

        return whole.ToString();
    }

    private static string ChunkName(int chunk) => chunk switch
    {
        0 => "Data",
        1 => "Data1",
        2 => "Data2",
        _ => $"Data{chunk}",
    };
}
