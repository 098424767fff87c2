namespace FlashFunctions.Core.Storage;

/// <summary>
/// What Azure Table Storage would refuse, found before the call. Every adapter checks it, so that what is refused in the cloud is refused
/// on a laptop. https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
/// </summary>
public static class RowLimits
{
    private const int KeyLength = 512;
    private const int NameLength = 255;
    private const int TextLength = 32 * 1024;

    // 255 in all; three are the service's and one is the write history.
    private const int Properties = 251;

    /// <summary>What a row may take, in bytes: 1 MiB, less what the Azure adapter's write history takes.</summary>
    public const int RowBytes = (1024 * 1024) - 256;

    /// <summary>Lets only such a row pass as the store can hold.</summary>
    /// <exception cref="ArgumentException">It is not one.</exception>
    public static void Check(Row row)
    {
        CheckKey(row.Key);
        if (row.Properties.Count(property => property.Value is not null) > Properties)
        {
            throw new ArgumentException($"A row has at most {Properties} properties.", nameof(row));
        }

        if (SizeOf(row) > RowBytes)
        {
            throw new ArgumentException("A row is at most 1 MiB.", nameof(row));
        }
    }

    /// <summary>What a row takes, in bytes: texts count two a character, in whatever alphabet.</summary>
    /// <exception cref="ArgumentException">It has a value that no row may have.</exception>
    public static long SizeOf(Row row) => 4L + (2 * (row.PartitionKey.Length + row.RowKey.Length))
        + row.Properties.Sum(property => (long)SizeOf(property.Key, property.Value));

    /// <summary>Throws unless a row can have these keys.</summary>
    /// <exception cref="ArgumentException">It cannot.</exception>
    public static void CheckKey(TableKey key)
    {
        CheckKey(key.Partition);
        CheckKey(key.Row);
    }

    /// <summary>
    /// Throws unless it can be a partition key or a row key. The service would take other alphabets too; every key is ASCII here, so that
    /// all stores have the same order.
    /// </summary>
    /// <exception cref="ArgumentException">It cannot.</exception>
    public static void CheckKey(string key)
    {
        if (key.Length is 0 or > KeyLength || key.AsSpan().ContainsAnyExceptInRange(' ', '~') || key.AsSpan().ContainsAny("/\\#?"))
        {
            throw new ArgumentException(@"A key is 1 to 512 printable ASCII characters without / \ # ?.", nameof(key));
        }
    }

    /// <summary>Whether the Azure adapter has a property of that name for itself.</summary>
    public static bool IsReserved(string name) => name is "PartitionKey" or "RowKey" or "Timestamp" or "WriteIds";

    private static int SizeOf(string name, object? value)
    {
        CheckName(name);
        return value switch
        {
            null => 0,
            bool => Overhead(name) + 1,
            long => Overhead(name) + 8,
            string { Length: <= TextLength } text => Overhead(name) + 4 + (2 * text.Length),
            string => throw new ArgumentException($"The text {name} is longer than 32,768 characters.", nameof(value)),
            _ => throw new ArgumentException($"The property {name} is neither text, whole number nor flag.", nameof(value)),
        };
    }

    private static int Overhead(string name) => 8 + (2 * name.Length);

    /// <summary>The same for the name of a property.</summary>
    /// <exception cref="ArgumentException">It is not one.</exception>
    public static void CheckName(string name)
    {
        var isName = name.Length is > 0 and <= NameLength
            && (char.IsLetter(name[0]) || name[0] == '_')
            && name.All(c => char.IsLetterOrDigit(c) || c == '_');
        if (!isName || IsReserved(name))
        {
            throw new ArgumentException($"A property cannot be called {name}.", nameof(name));
        }
    }
}
