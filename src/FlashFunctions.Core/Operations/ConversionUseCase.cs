using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Statistics;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Operations;

/// <summary>What rows of conversion are by; null: not by that.</summary>
/// <param name="Method">The API's word for the channel.</param>
/// <param name="Operator">The mobile operator by the number's prefix; empty where that is not known.</param>
/// <param name="MccMnc">The network that a provider told; empty where none did.</param>
/// <param name="Hour">The start of the hour in which the requests were due, in unix milliseconds.</param>
public readonly record struct ConversionKey(
    string? Provider, string? Method, string? Country, string? Operator, string? MccMnc, long? Hour)
{
    public object? this[string dimension] => dimension switch
    {
        "provider" => Provider,
        "method" => Method,
        "country" => Country,
        "operator" => Operator,
        "mccmnc" => MccMnc,
        _ => Hour,
    };
}

/// <summary>What an operator asks of conversion.</summary>
/// <param name="By">The names of the dimensions, in the order asked for.</param>
/// <param name="From">The start of the first hour.</param>
/// <param name="To">The end of the last hour.</param>
/// <param name="Only">The value that each dimension has to have; null: any.</param>
/// <param name="IsCsv">Whether the answer is a table and not JSON.</param>
public sealed record ConversionQuery(IReadOnlyList<string> By, DateTimeOffset From, DateTimeOffset To, ConversionKey Only, bool IsCsv);

public sealed record ConversionRow(ConversionKey Key, RouteCounts Counts);

/// <summary>Conversion by what was asked for, in the order of the dimensions.</summary>
/// <param name="Query">What was asked, with the hours that it came to.</param>
/// <param name="Currency">The currency of the prices; null where there are none.</param>
public sealed record ConversionAnswer(ConversionQuery Query, IReadOnlyList<ConversionRow> Rows, string? Currency);

/// <summary>
/// GET /manage/conversion: how many attempts arrived and verified, by provider, method, country, mobile operator and hour.
/// </summary>
public sealed class ConversionUseCase(StatisticsStore store, PriceTable prices, IEnumerable<KnownProvider> providers, TimeProvider time)
{
    private const int MostRows = 10_000;

    private static readonly TimeSpan Usual = TimeSpan.FromHours(24);
    private static readonly TimeSpan Most = TimeSpan.FromDays(31);

    private static readonly string[] Dimensions = ["provider", "method", "country", "operator", "mccmnc", "hour"];
    private static readonly string[] Methods = [.. Enum.GetValues<Channel>().Select(ApiNames.Of)];
    private static readonly Dictionary<string, bool> Formats = new(StringComparer.Ordinal) { ["json"] = false, ["csv"] = true };

    public async Task<Result<ConversionAnswer>> RunAsync(Fields fields, CancellationToken cancellationToken)
    {
        var query = Read(fields);
        if (fields.Problem is { } problem)
        {
            return problem;
        }

        var sums = new Dictionary<ConversionKey, RouteCounts>();
        var (first, last) = (TableKeys.Minute(query.From), TableKeys.Minute(query.To) - 1);
        await foreach (var slice in store.ReadAsync(first, last, cancellationToken))
        {
            foreach (var (route, counts) in slice.Tally.Counts)
            {
                var key = new ConversionKey(
                    route.Provider, route.Method, route.Country, route.Operator, route.MccMnc,
                    TableKeys.HourOf(slice.Start).ToUnixTimeMilliseconds());
                if (Fits(key, query.Only))
                {
                    var by = Project(key, query.By);
                    (sums.TryGetValue(by, out var sum) ? sum : sums[by] = new RouteCounts()).Add(counts);
                }
            }

            if (sums.Count > MostRows)
            {
                return Problem.Invalid(
                    "by", $"gives more than {MostRows} rows: ask for fewer dimensions, less time or one value of a dimension");
            }
        }

        return new ConversionAnswer(query, InOrder(sums, query.By), prices.Currency);
    }

    private ConversionQuery Read(Fields fields)
    {
        var by = By(fields);
        var (from, to) = (fields.Moment("from"), fields.Moment("to"));
        var only = new ConversionKey(
            OneOf(fields, "provider", providers.Select(provider => provider.Name)),
            OneOf(fields, "method", Methods),
            fields.Country("country", 64),
            fields.Text("operator", 100),
            fields.Text("mccmnc", 64, text => text.Length is 5 or 6 && text.All(char.IsAsciiDigit), "must be 5 or 6 digits"),
            fields.Moment("hour") is { } hour ? TableKeys.HourOf(hour).ToUnixTimeMilliseconds() : null);
        var isCsv = fields.OneOf("format", Formats) ?? false;

        // Whole hours, since older ones are kept no finer: the first one whole, and the last one so far as it has come.
        var now = time.GetUtcNow();
        var end = TableKeys.HourOf((to < now ? to.Value : now) + TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(1));
        var start = TableKeys.HourOf(from ?? (end - Usual));
        if (from >= to)
        {
            fields.Wrong("to", "must be after from");
        }
        else if (from >= now)
        {
            fields.Wrong("from", "must be before now");
        }
        else if (end - start > Most)
        {
            fields.Wrong("from", $"must be at most {Most.TotalDays} days before to");
        }

        return new ConversionQuery(by, start, end, only, isCsv);
    }

    private static string[] By(Fields fields)
    {
        if (fields.Text("by", 100) is not { } text)
        {
            return Dimensions[..3];
        }

        var names = text.Split(',', StringSplitOptions.TrimEntries);
        if (!names.All(name => Dimensions.Contains(name, StringComparer.Ordinal)))
        {
            fields.Wrong("by", $"must be some of {string.Join(", ", Dimensions)}, with commas between them");
        }
        else if (names.Distinct(StringComparer.Ordinal).Count() < names.Length)
        {
            fields.Wrong("by", "names a dimension twice");
        }

        return names;
    }

    private static string? OneOf(Fields fields, string name, IEnumerable<string> known) =>
        fields.Text(name, 64, text => known.Contains(text, StringComparer.Ordinal), $"must be one of {string.Join(", ", known)}");

    private static bool Fits(ConversionKey key, ConversionKey only) =>
        (only.Provider is null || only.Provider == key.Provider)
        && (only.Method is null || only.Method == key.Method)
        && (only.Country is null || only.Country == key.Country)
        && (only.Operator is null || only.Operator.Equals(key.Operator, StringComparison.OrdinalIgnoreCase))
        && (only.MccMnc is null || only.MccMnc == key.MccMnc)
        && (only.Hour is null || only.Hour == key.Hour);

    private static ConversionKey Project(ConversionKey key, IReadOnlyList<string> by)
    {
        return new ConversionKey(Of("provider"), Of("method"), Of("country"), Of("operator"), Of("mccmnc"), Has("hour") ? key.Hour : null);

        bool Has(string dimension) => by.Contains(dimension, StringComparer.Ordinal);
        string? Of(string dimension) => Has(dimension) ? (string?)key[dimension] : null;
    }

    private static IReadOnlyList<ConversionRow> InOrder(Dictionary<ConversionKey, RouteCounts> sums, IReadOnlyList<string> by)
    {
        var ordinal = Comparer<object?>.Create(StringComparer.Ordinal.Compare);
        var rows = sums.Select(sum => new ConversionRow(sum.Key, sum.Value)).OrderBy(_ => 0);
        return [.. by.Aggregate(rows, (sorted, dimension) => sorted.ThenBy(row => row.Key[dimension], ordinal))];
    }
}
