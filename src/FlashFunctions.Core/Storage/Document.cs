using System.Text;

namespace FlashFunctions.Core.Storage;

/// <summary>A JSON document in a row: in one column where it fits, else over several.</summary>
internal static class Document
{
    private const int ChunkLength = 30_000;

    /// <summary>Puts a document among a row's columns.</summary>
    public static void Write(Dictionary<string, object?> properties, string json)
    {
        for (var chunk = 0; chunk * ChunkLength < json.Length; chunk++)
        {
            var start = chunk * ChunkLength;
            properties[ChunkName(chunk)] = json.Length <= ChunkLength ? json : json.Substring(start, Math.Min(ChunkLength, json.Length - start));
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
