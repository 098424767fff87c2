namespace FlashFunctions.Core.Input;

/// <summary>Some of a list, and the <c>after</c> of the next page; null on the last one.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

public static class Page
{
    /// <summary>What is wrong with an <c>after</c> that no page gave.</summary>
    public const string NoBeginning = "is not the beginning of a page";

    /// <summary>How many items are asked for at most, and after which place; null for the first ones.</summary>
    public static (int Limit, string? After) Read(
        Fields fields, Func<string, bool> isPlace, int longestPlace = 64, int most = 1_000, int usual = 100) =>
        (fields.Integer("limit", 1, most) ?? usual, fields.Text("after", longestPlace, isPlace, NoBeginning));

    /// <summary>The first items of what is in order.</summary>
    public static Page<T> Of<T>(IEnumerable<T> rest, int limit, Func<T, string> place)
    {
        T[] page = [.. rest.Take(limit + 1)];
        return page.Length > limit ? new Page<T>(page[..limit], place(page[limit - 1])) : new Page<T>(page, null);
    }

    /// <summary>The items behind a place, in the ordinal order of their places.</summary>
    public static Page<T> Ascending<T>(IEnumerable<T> items, Func<T, string> place, string? after, int limit) =>
        Of(items.Where(item => string.CompareOrdinal(place(item), after) > 0).OrderBy(place, StringComparer.Ordinal), limit, place);

    /// <summary>The same in the opposite order: the newest first, where places begin with a time.</summary>
    public static Page<T> Descending<T>(IEnumerable<T> items, Func<T, string> place, string? after, int limit) => Of(
        items.Where(item => after is null || string.CompareOrdinal(place(item), after) < 0)
            .OrderByDescending(place, StringComparer.Ordinal),
        limit,
        place);
}
