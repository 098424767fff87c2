using System.Globalization;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Providers.Learning;
using FlashFunctions.Core.Statistics;

namespace FlashFunctions.Core.Operations;

/// <summary>What would be tried for a number now.</summary>
/// <param name="Operator">The mobile operator by the number's prefix; empty where that tells none.</param>
/// <param name="Mode">Whether learning or the configured order decides there.</param>
/// <param name="Currency">Of the prices; null where there are none.</param>
/// <param name="Candidates">In the order in which they would be tried, then those that could not be.</param>
public sealed record RoutePreview(
    string Country, string Operator, Channel Method, int CodeLength, RoutingMode Mode, string? Currency,
    IReadOnlyList<RouteCandidate> Candidates);

/// <summary>The routes that fail silently.</summary>
/// <param name="At">When they were looked for; null before the timer's first look.</param>
public sealed record FailingRoutes(DateTimeOffset? At, Page<FailingRoute> Page);

/// <summary>GET /manage/routes, and /changes and /failing below it: what routing would do now, what learning changed, what fails.</summary>
public sealed class RoutesUseCase(
    RouteBook book, Routing routing, PriceTable prices, ConversionSummaries summaries, IOptions<RoutingOptions> options)
{
    private const int ShortestCode = 4;

    /// <summary>
    /// What a verification of a number would try now, in which order, at what price and expected conversion. Nothing is sent.
    /// </summary>
    public async Task<Result<RoutePreview>> PreviewAsync(Fields fields, CancellationToken cancellationToken)
    {
        var number = fields.OperatorsNumber("number");
        var method = fields.OneOf("method", ApiNames.VerifyMethods) ?? Channel.Call;
        var codeLength = fields.Integer("codeLength", ShortestCode, 6) ?? ShortestCode;
        fields.RefuseOthers("number", "method", "codeLength");
        if (fields.Problem is { } problem)
        {
            return problem;
        }

        var (country, network) = (number!.Country, NumberPlan.Instance.OperatorOf(number.Number) ?? "");
        var known = await book.ReadAsync(cancellationToken);
        var route = new RouteKey("", ApiNames.Of(method), country, network);
        var isLearned = options.Value.Mode == RoutingMode.Learned && !routing.HasOrderFor(method, country);
        var looked = routing.LookAt(method, codeLength, country);
        RouteOption[] usable =
            [.. looked.Where(of => of.WhyNot is null).Select(of => new RouteOption(of.Provider, (double?)PriceOf(of.Provider)))];
        RouteBelief BeliefIn(string provider) => known.Routes.BeliefIn(route with { Provider = provider });
        var tried = isLearned && usable.Length > 0
            ? RouteExplanation.Of(new RouteChoice(RouteChooser.Weigh(usable, BeliefIn, (double?)options.Value.Value), false))
            : usable.Select((option, place) => RouteExplanation.Of(
                option.Provider, BeliefIn(option.Provider), (decimal?)option.Price, null,
                place == 0 ? "The first of the configured order." : $"Tried after {usable[place - 1].Provider}, by the configured order."));
        var others = looked.Where(of => of.WhyNot is not null).Select(of =>
            RouteExplanation.Of(of.Provider, BeliefIn(of.Provider), PriceOf(of.Provider), null, of.WhyNot!) with { Usable = false });
        return new RoutePreview(
            country, network, method, codeLength, isLearned ? RoutingMode.Learned : RoutingMode.Ordered, prices.Currency,
            [.. tried, .. others]);

        decimal? PriceOf(string provider) => prices.Currency is { } currency
            && prices.UnitsOf(provider, $"verify.{ApiNames.Of(method)}", ApiNames.Of(method), number.Number, currency) is { } units
                ? Money.FromUnits(units)
                : null;
    }

    /// <summary>What learning changed, the latest first.</summary>
    public async Task<Result<Page<RouteChange>>> ChangesAsync(Fields fields, CancellationToken cancellationToken)
    {
        var (limit, after) = Page.Read(fields, text => PlaceOf(text) is not null, longestPlace: 40);
        fields.RefuseOthers("limit", "after");
        if (fields.Problem is { } problem)
        {
            return problem;
        }

        var (shownAt, shown) = after is null ? (long.MaxValue, 0) : PlaceOf(after)!.Value;
        var changes = (await book.ReadAsync(cancellationToken)).Changes
            .OrderByDescending(change => change.At)
            .ThenBy(change => (change.Method, change.Country, change.Operator))
            .GroupBy(change => change.At.UtcTicks)
            .SelectMany(same => same.Select((change, index) => (Change: change, At: same.Key, Number: index + 1)))
            .Where(one => one.At < shownAt || (one.At == shownAt && one.Number > shown));
        var page = Page.Of(changes, limit, one => $"{one.At}-{one.Number}");
        return new Page<RouteChange>([.. page.Items.Select(one => one.Change)], page.Next);
    }

    /// <summary>Where a page ends: the time of its last change, and how many of that time were shown; null where it cannot be.</summary>
    private static (long At, int Shown)? PlaceOf(string after) =>
        after.Split('-') is [var at, var shown]
        && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
        && ticks <= DateTimeOffset.MaxValue.UtcTicks
        && int.TryParse(shown, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? (ticks, count)
            : null;

    /// <summary>A page of the routes that fail silently, as the timer found them last, in the order of their names.</summary>
    public async Task<Result<FailingRoutes>> FailingAsync(Fields fields, CancellationToken cancellationToken)
    {
        var (limit, after) = Page.Read(fields, IsRoute, longestPlace: 200);
        if (fields.Problem is { } problem)
        {
            return problem;
        }

        var summary = await summaries.ReadAsync(cancellationToken);
        return new FailingRoutes(
            summary == ConversionSummary.None ? null : summary.At,
            Page.Ascending(
                summary.Failing, route => $"{route.Provider}.{route.Method}.{route.Country}.{route.Operator}", after, limit));
    }

    private static bool IsRoute(string text) =>
        text.Split('.', 4) is [{ Length: > 0 }, var method, var country, _]
        && ApiNames.VerifyMethods.ContainsKey(method)
        && NumberPlan.Instance.IsCountry(country);

    /// <summary>A change in words: since 10:20 calls to EE/Telia go to revicom: 71 % of 140 against 54 % of 212.</summary>
    public static string TextOf(RouteChange change)
    {
        var what = change.Method switch
        {
            "call" => "calls",
            "sms" => "SMS",
            _ => "spoken codes",
        };
        var where = change.Operator.Length > 0 ? $"{change.Country}/{change.Operator}" : change.Country;
        var at = change.At.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture);
        var now = RouteExplanation.Shown(change.ToKnown, change.ToVerified);
        var before = RouteExplanation.Shown(change.FromKnown, change.FromVerified);
        return $"since {at} {what} to {where} go to {change.To}: {now} against {before}";
    }
}
