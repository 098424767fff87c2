using System.Security.Cryptography;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.AzuriteTests.Azurite;

/// <summary>Rows for tests, each in a partition that no other test has.</summary>
internal static class Rows
{
    public static Row New(string rowKey = "row", params (string Name, object? Value)[] properties) =>
        new(new(NewName("p"), rowKey), Properties(properties));

    public static Row With(this Row row, params (string Name, object? Value)[] properties) =>
        row with { Properties = Properties(properties) };

    public static string NewName(string prefix) => prefix + RandomNumberGenerator.GetHexString(16, lowercase: true);

    private static Dictionary<string, object?> Properties((string Name, object? Value)[] properties) =>
        properties.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
}
