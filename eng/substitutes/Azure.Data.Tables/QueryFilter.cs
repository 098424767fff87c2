using System.Globalization;

namespace Azure.Data.Tables;

/// <summary>Interpolated values as OData literals.</summary>
internal static class QueryFilter
{
    public static string Create(FormattableString filter)
    {
        var literals = Array.ConvertAll(filter.GetArguments(), Literal);
        return string.Format(CultureInfo.InvariantCulture, filter.Format, literals);
    }

    public static string EscapeQuotes(string value) => value.Replace("'", "''", StringComparison.Ordinal);

    private static object Literal(object value) => value switch
    {
        string text => $"'{EscapeQuotes(text)}'",
        bool flag => flag ? "true" : "false",
        int number => number.ToString(CultureInfo.InvariantCulture),
        long number => number.ToString(CultureInfo.InvariantCulture) + "L",
        _ => throw new NotSupportedException("The substitute makes filters of strings, flags and whole numbers."),
    };
}
