using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Operations;
using FlashFunctions.Core.Statistics;

namespace FlashFunctions.Http.Manage;

/// <summary>Conversion by what was asked for; the dimensions are absent where the rows are not by them.</summary>
internal sealed record ConversionBody(long From, long To, IReadOnlyList<string> By, string? Currency, IReadOnlyList<ConversionRowBody> Rows)
{
    /// <summary>The columns of a table after its dimensions: a row's fields in JSON, by their names there.</summary>
    private static readonly (string Name, Func<ConversionRowBody, object?> Of)[] Columns =
    [
        ("placed", row => row.Placed), ("rang", row => row.Rang), ("answered", row => row.Answered), ("declined", row => row.Declined),
        ("unreachable", row => row.Unreachable), ("refused", row => row.Refused), ("delivered", row => row.Delivered),
        ("undelivered", row => row.Undelivered), ("unclear", row => row.Unclear), ("notSent", row => row.NotSent),
        ("verifiable", row => row.Verifiable), ("verified", row => row.Verified), ("conversion", row => row.Conversion),
        ("low", row => row.Low), ("high", row => row.High), ("medianSeconds", row => row.MedianSeconds),
        ("p95Seconds", row => row.P95Seconds), ("priced", row => row.Priced), ("price", row => row.Price),
    ];

    /// <summary>JSON, or a table with a line of names.</summary>
    public static IResult AnswerTo(ConversionAnswer answer)
    {
        var (query, rows) = (answer.Query, answer.Rows.Select(row => new ConversionRowBody(row)).ToArray());
        return query.IsCsv
            ? new CsvAnswer(
                "conversion.csv",
                [
                    [.. query.By, .. Columns.Select(column => column.Name)],
                    .. rows.Select(row => (object?[])
                        [.. query.By.Select(dimension => Dimension(row, dimension)), .. Columns.Select(column => column.Of(row))]),
                ])
            : Answer.Of(new ConversionBody(
                query.From.ToUnixTimeMilliseconds(), query.To.ToUnixTimeMilliseconds(), query.By, answer.Currency, rows));
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

/// <summary>A row of conversion.</summary>
internal readonly struct ConversionRowBody(ConversionRow row)
{
    private const int Decimals = 6;

    private RouteCounts Counts => row.Counts;

    public string? Provider => row.Key.Provider;
    public string? Method => row.Key.Method;
    public string? Country => row.Key.Country;
    public string? Operator => row.Key.Operator;
    public string? Mccmnc => row.Key.MccMnc;
    public long? Hour => row.Key.Hour;
    public long Placed => Counts.Placed;
    public long Rang => Counts.Rang;
    public long Answered => Counts.Answered;
    public long Declined => Counts.Declined;
    public long Unreachable => Counts.Unreachable;
    public long Refused => Counts.Refused;
    public long Delivered => Counts.Delivered;
    public long Undelivered => Counts.Undelivered;
    public long Unclear => Counts.Unclear;
    public long NotSent => Counts.NotSent;
    public long Verifiable => Counts.Verifiable;
    public long Verified => Counts.Verified;

    /// <summary>Verified of verifiable; null where there is none of these.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? Conversion => Verifiable == 0 ? null : Math.Round((double)Verified / Verifiable, Decimals);

    public double Low => Math.Round(ConversionMath.Wilson(Verified, Verifiable).Low, Decimals);
    public double High => Math.Round(ConversionMath.Wilson(Verified, Verifiable).High, Decimals);

    /// <summary>Seconds to the right code that half of the verified do not exceed, and 95 of 100.</summary>
    public double? MedianSeconds => Seconds(0.5);
    public double? P95Seconds => Seconds(0.95);

    /// <summary>Of how many attempts a price is known, and what those cost together.</summary>
    public long Priced => Counts.Priced;
    public decimal Price => Money.FromUnits(Counts.Price);

    private double? Seconds(double quantile) =>
        Counts.Seconds.Quantile(quantile) is { } time ? Math.Round(time.TotalSeconds, 1) : null;
}

/// <summary>
/// A page of the routes that fail silently. They were looked for at <paramref name="At"/>, which is absent before the timer's first look.
/// </summary>
internal sealed record FailingRoutesBody(long? At, IEnumerable<FailingRouteBody> Routes, string? Next) : PageBody(Next)
{
    public static FailingRoutesBody Of(FailingRoutes failing) => new(
        failing.At?.ToUnixTimeMilliseconds(), failing.Page.Items.Select(route => new FailingRouteBody(route)), failing.Page.Next);
}

/// <summary>A route, what it converts since it fails, and what it did in the week before.</summary>
internal readonly struct FailingRouteBody(FailingRoute route)
{
    private const int Decimals = 6;

    public string Provider => route.Provider;
    public string Method => route.Method;
    public string Country => route.Country;
    public string Operator => route.Operator;
    public long Since => route.Since.ToUnixTimeMilliseconds();
    public int Minutes => route.Minutes;
    public SharesBody Now => new(route.Verified, route.Verifiable, Math.Round(route.Conversion, Decimals));
    public SharesBody Before => new(route.EarlierVerified, route.EarlierVerifiable, Math.Round(route.EarlierConversion, Decimals));
    public double Chance => route.Chance;
}

/// <summary>How many of how many.</summary>
internal sealed record SharesBody(long Verified, long Verifiable, double Conversion);

/// <summary>A table as RFC 4180 has it, to be saved. No cell begins as a formula of a spreadsheet would.</summary>
internal sealed class CsvAnswer(string fileName, IReadOnlyList<object?[]> lines) : IResult
{
    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => $"{string.Join(',', line.Select(Cell))}\r\n")));
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
