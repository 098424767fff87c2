using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>A row's properties, unchangeable. Rows have few, so looking through them beats hashing.</summary>
internal sealed class RowProperties(KeyValuePair<string, object?>[] properties) : IReadOnlyDictionary<string, object?>
{
    public int Count => properties.Length;

    public IEnumerable<string> Keys => properties.Select(property => property.Key);

    public IEnumerable<object?> Values => properties.Select(property => property.Value);

    public object? this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException(key);

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        foreach (var property in properties)
        {
            if (string.Equals(property.Key, key, StringComparison.Ordinal))
            {
                value = property.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => properties.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
