using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Operations;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Statistics;
using Microsoft.AspNetCore.Http;

namespace FlashFunctions.Http.Manage;

/// <summary>
/// Conversion by what was asked for. Times are unix milliseconds; the dimensions are absent where the rows are not by them.
/// </summary>
public sealed record ConversionBody(long From, long To, IReadOnlyList<string> By, string? Currency, IReadOnlyList<ConversionRowBody> Rows);

/// <summary>A row of it.</summary>
public sealed record ConversionRowBody
{
    public string? Provider { get; init; }

    public string? Method { get; init; }

    public string? Country { get; init; }

    public string? Operator { get; init; }

    public string? Mccmnc { get; init; }

    public long? Hour { get; init; }

    public required long Placed { get; init; }

    public required long Rang { get; init; }

    public required long Answered { get; init; }

    public required long Declined { get; init; }

    public required long Unreachable { get; init; }

    public required long Refused { get; init; }

    public required long Delivered { get; init; }

    public required long Undelivered { get; init; }

    public required long Unclear { get; init; }

    public required long NotSent { get; init; }

    /// <summary>Of those placed, the attempts of verifications.</summary>
    public required long Verifiable { get; init; }

    public required long Verified { get; init; }

    /// <summary>Verified of verifiable; null where there is none of these.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? Conversion { get; init; }

    public required double Low { get; init; }

    public required double High { get; init; }

    /// <summary>Seconds to the right code that half of the verified do not exceed.</summary>
    public double? MedianSeconds { get; init; }

    /// <summary>And 95 of 100.</summary>
    public double? P95Seconds { get; init; }

    /// <summary>Of how many attempts a price is known.</summary>
    public required long Priced { get; init; }

    /// <summary>What those cost together.</summary>
    public required decimal Price { get; init; }
}

/// <summary>
/// A page of the routes that fail silently; <paramref name="Next"/> is the <c>after</c> of the next page, null on the last. They were
/// looked for at <paramref name="At"/>, which is absent before the timer's first look.
/// </summary>
public sealed record FailingRoutesBody(
    long? At, IReadOnlyList<FailingRouteBody> Routes, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Next);

/// <summary>A route, what it converts since it fails, and what it did in the week before.</summary>
public sealed record FailingRouteBody(
    string Provider, string Method, string Country, string Operator, long Since, int Minutes, SharesBody Now, SharesBody Before,
    double Chance);

/// <summary>How many of how many.</summary>
public sealed record SharesBody(long Verified, long Verifiable, double Conversion);

/// <summary>Conversion as an answer: JSON, or a table with a line of names.</summary>
internal static class ConversionResults
{
    private const int Decimals = 6;

    public static IResult Of(ConversionAnswer answer)
    {
        var (query, rows) = (answer.Query, answer.Rows.Select(Body).ToArray());
        if (query.IsCsv)
        {
            return new CsvAnswer("conversion.csv", [.. Lines(query.By, rows)]);
        }

        return new JsonAnswer<ConversionBody>(
            StatusCodes.Status200OK,
            new ConversionBody(query.From.ToUnixTimeMilliseconds(), query.To.ToUnixTimeMilliseconds(), query.By, answer.Currency, rows),
            ManageJson.Default.ConversionBody);
    }

    public static IResult Of(ConversionSummary summary, string? after, int limit)
    {
        var routes = summary.Failing.Select(route => (Key: KeyOf(route), Route: route)).OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Where(entry => after is null || string.CompareOrdinal(entry.Key, after) > 0).Take(limit + 1).ToArray();
        return new JsonAnswer<FailingRoutesBody>(
            StatusCodes.Status200OK,
            new FailingRoutesBody(
                summary == ConversionSummary.None ? null : summary.At.ToUnixTimeMilliseconds(),
                [.. routes.Take(limit).Select(entry => Body(entry.Route))],
                routes.Length > limit ? routes[limit - 1].Key : null),
            ManageJson.Default.FailingRoutesBody);
    }

    /// <summary>Whether a text can be the key of a failing route, after which a page begins.</summary>
    public static bool IsPlace(string text) =>
        text.Split('.', 4) is [{ Length: > 0 }, var method, var country, _]
        && ApiNames.VerifyMethods.ContainsKey(method)
        && NumberPlan.Instance.IsCountry(country);

    private static string KeyOf(FailingRoute route) => $"{route.Provider}.{route.Method}.{route.Country}.{route.Operator}";

    private static FailingRouteBody Body(FailingRoute route) => new(
        route.Provider,
        route.Method,
        route.Country,
        route.Operator,
        route.Since.ToUnixTimeMilliseconds(),
        route.Minutes,
        new SharesBody(route.Verified, route.Verifiable, Math.Round(route.Conversion, Decimals)),
        new SharesBody(route.EarlierVerified, route.EarlierVerifiable, Math.Round(route.EarlierConversion, Decimals)),
        route.Chance);

    private static ConversionRowBody Body(ConversionRow row)
    {
        var (key, counts) = (row.Key, row.Counts);
        var (low, high) = ConversionMath.Wilson(counts.Verified, counts.Verifiable);
        return new ConversionRowBody
        {
            Provider = key.Provider,
            Method = key.Method,
            Country = key.Country,
            Operator = key.Operator,
            Mccmnc = key.MccMnc,
            Hour = key.Hour,
            Placed = counts.Placed,
            Rang = counts.Rang,
            Answered = counts.Answered,
            Declined = counts.Declined,
            Unreachable = counts.Unreachable,
            Refused = counts.Refused,
            Delivered = counts.Delivered,
            Undelivered = counts.Undelivered,
            Unclear = counts.Unclear,
            NotSent = counts.NotSent,
            Verifiable = counts.Verifiable,
            Verified = counts.Verified,
            Conversion = counts.Verifiable == 0 ? null : Math.Round((double)counts.Verified / counts.Verifiable, Decimals),
            Low = Math.Round(low, Decimals),
            High = Math.Round(high, Decimals),
            MedianSeconds = Seconds(counts.Seconds.Quantile(0.5)),
            P95Seconds = Seconds(counts.Seconds.Quantile(0.95)),
            Priced = counts.Priced,
            Price = Money.FromUnits(counts.Price),
        };
    }

    private static double? Seconds(TimeSpan? time) => time is { } known ? Math.Round(known.TotalSeconds, 1) : null;

    private static IEnumerable<IEnumerable<object?>> Lines(IReadOnlyList<string> by, IEnumerable<ConversionRowBody> rows)
    {
        yield return
        [
            .. by, "placed", "rang", "answered", "declined", "unreachable", "refused", "delivered", "undelivered", "unclear", "notSent",
            "verifiable", "verified", "conversion", "low", "high", "medianSeconds", "p95Seconds", "priced", "price",
        ];
        foreach (var row in rows)
        {
            yield return
            [
                .. by.Select(dimension => Dimension(row, dimension)), row.Placed, row.Rang, row.Answered, row.Declined, row.Unreachable,
                row.Refused,
                row.Delivered, row.Undelivered, row.Unclear, row.NotSent, row.Verifiable, row.Verified, row.Conversion, row.Low, row.High,
                row.MedianSeconds, row.P95Seconds, row.Priced, row.Price,
            ];
        }
    }

    private static object? Dimension(ConversionRowBody row, string dimension) => dimension switch
    {
        "provider" => row.Provider,
        "method" => row.Method,
        "country" => row.Country,
        "operator" => row.Operator,
        "mccmnc" => row.Mccmnc,
        _ => row.Hour,
    };
}

/// <summary>A table as RFC 4180 has it, to be saved. No cell begins as a formula of a spreadsheet would.</summary>
internal sealed class CsvAnswer(string fileName, IReadOnlyList<IEnumerable<object?>> lines) : IResult
{
    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            text.AppendJoin(',', line.Select(Cell)).Append("\r\n");
        }

        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        httpContext.Response.ContentType = "text/csv; charset=utf-8";
        httpContext.Response.ContentLength = bytes.Length;
        httpContext.Response.Headers.ContentDisposition = $"attachment; filename=\"{fileName}\"";
        httpContext.Response.Headers.CacheControl = "no-store";
        httpContext.Response.Headers.XContentTypeOptions = "nosniff";
        await httpContext.Response.Body.WriteAsync(bytes, httpContext.RequestAborted);
    }

    private static string Cell(object? value)
    {
        if (value is not string text)
        {
            return Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        }

        text = text.Length > 0 && "=+-@\t\r".Contains(text[0]) ? $"'{text}" : text;
        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
