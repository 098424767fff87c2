using FlashFunctions.Core.Storage;

namespace FlashFunctions.AzureStorage;

/// <summary>
/// What the table service would refuse, found before the call.
/// https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
/// </summary>
internal static class EntityLimits
{
    private const int KeyLength = 512;
    private const int NameLength = 255;
    private const int TextLength = 32 * 1024;
    private const int EntityBytes = 1024 * 1024;

    // 255 in all; three are the service's and one is the write history.
    private const int Properties = 251;

    /// <summary>Lets only such a row pass as the store can hold.</summary>
    /// <exception cref="ArgumentException">It is not one.</exception>
    public static void Check(Row row)
    {
        CheckKey(row.PartitionKey);
        CheckKey(row.RowKey);
        if (row.Properties.Count > Properties)
        {
            throw new ArgumentException($"A row has at most {Properties} properties.", nameof(row));
        }

        var size = 4L + (2 * (row.PartitionKey.Length + row.RowKey.Length));
        foreach (var (name, value) in row.Properties)
        {
            size += SizeOf(name, value);
        }

        if (size > EntityBytes)
        {
            throw new ArgumentException("A row is at most 1 MiB.", nameof(row));
        }
    }

    /// <summary>The same for a key alone.</summary>
    /// <exception cref="ArgumentException">It is not one.</exception>
    public static void CheckKey(string key)
    {
        if (key.Length is 0 or > KeyLength || key.AsSpan().IndexOfAny("/\\#?") >= 0 || key.Any(char.IsControl))
        {
            throw new ArgumentException(@"A key is 1 to 512 characters without control characters and without / \ # ?.", nameof(key));
        }
    }

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
        if (!isName || EntityMapping.IsReserved(name))
        {
            throw new ArgumentException($"A property cannot be called {name}.", nameof(name));
        }
    }
}
