using System.Reflection;
using FlashFunctions.AzureStorage;
using FlashFunctions.Core.Security;

namespace FlashFunctions.Tests.Infra;

/// <summary>
/// Every setting that the function app reads, out of its options classes: names as in an environment, a star where a key is free.
/// </summary>
internal static class CodeSettings
{
    private const string Separator = "__";
    private const string Any = "*";

    /// <summary>The options classes, by section.</summary>
    public static IReadOnlyDictionary<string, Type> Sections { get; } = Assemblies()
        .SelectMany(assembly => assembly.GetTypes())
        .Where(type => SectionOf(type) is not null)
        .ToDictionary(type => SectionOf(type)!, StringComparer.Ordinal);

    public static IReadOnlyList<string> All { get; } =
        [.. Sections.SelectMany(pair => Of(pair.Value, pair.Key.Replace(":", Separator, StringComparison.Ordinal)))];

    private static IEnumerable<Assembly> Assemblies() =>
        [typeof(ServiceOptions).Assembly, typeof(StorageOptions).Assembly, typeof(ServiceRegistration).Assembly];

    private static string? SectionOf(Type type) =>
        type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string;

    private static IEnumerable<string> Of(Type type, string path) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.CanWrite || IsCollection(property.PropertyType))
        .SelectMany(property => Names(property, path));

    private static IEnumerable<string> Names(PropertyInfo property, string path) => (property.DeclaringType, property.Name) switch
    {
        // The section's own value, and a section that is a list: neither has the property's name in it.
        ({ } owner, nameof(StorageOptions.ConnectionString)) when owner == typeof(StorageOptions) => [path],
        (_, "Items") => Values(property.PropertyType, path),
        _ => Values(property.PropertyType, path + Separator + property.Name),
    };

    private static IEnumerable<string> Values(Type type, string path)
    {
        if (IsCollection(type))
        {
            return Values(type.GenericTypeArguments[^1], path + Separator + Any);
        }

        return type.IsClass && type.Assembly == typeof(ServiceOptions).Assembly ? Of(type, path) : [path];
    }

    private static bool IsCollection(Type type) => type.IsGenericType && type.IsAssignableTo(typeof(System.Collections.IEnumerable));
}
