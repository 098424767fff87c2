using System.Text.Json.Serialization;
using FlashFunctions.Core.Operations;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Providers.Learning;
using Microsoft.AspNetCore.Http;

namespace FlashFunctions.Http.Manage;

/// <summary>What would be tried for a number now.</summary>
public sealed record RoutePreviewBody(
    string Country,
    string Operator,
    string Method,
    int CodeLength,
    string Mode,
    string? Currency,
    IReadOnlyList<RouteCandidateBody> Candidates);

/// <summary>A provider that was looked at. Conversions are 0 to 1; known and verified are weighed by their age.</summary>
public sealed record RouteCandidateBody(
    string Provider,
    bool Usable,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] decimal? Price,
    double? Conversion,
    double? Low,
    double? High,
    double? Known,
    double? Verified,
    double? Draw,
    string Why);

/// <summary>How an attempt's provider was chosen.</summary>
public sealed record RouteChoiceBody(bool Exploring, IReadOnlyList<RouteCandidateBody> Candidates);

/// <summary>
/// A page of what learning changed, the latest first; <paramref name="Next"/> is the <c>after</c> of the next page, null on the last.
/// </summary>
public sealed record RouteChangesBody(
    IReadOnlyList<RouteChangeBody> Changes, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Next);

/// <summary>Learned routing went over to another provider. The time is unix milliseconds.</summary>
public sealed record RouteChangeBody(long At, string Method, string Country, string Operator, string From, string To, string Text);

/// <summary>Routing as operators see it.</summary>
internal static class RouteBodies
{
    /// <summary>The answer to a dry run.</summary>
    public static IResult Of(Result<RoutePreview> result) => result.TryGet(out var preview, out var problem)
        ? new JsonAnswer<RoutePreviewBody>(
            StatusCodes.Status200OK,
            new RoutePreviewBody(
                preview.Country,
                preview.Operator,
                ApiNames.Of(preview.Method),
                preview.CodeLength,
                preview.Mode == RoutingMode.Learned ? "learned" : "ordered",
                preview.Currency,
                [.. preview.Candidates.Select(candidate => Of(candidate))]),
            ManageJson.Default.RoutePreviewBody)
        : new ProblemAnswer(problem);

    /// <summary>The answer to what learning changed.</summary>
    public static IResult Of(Result<RouteChangePage> result) => result.TryGet(out var page, out var problem)
        ? new JsonAnswer<RouteChangesBody>(
            StatusCodes.Status200OK, new RouteChangesBody([.. page.Changes.Select(Of)], page.Next), ManageJson.Default.RouteChangesBody)
        : new ProblemAnswer(problem);

    /// <summary>How an attempt's provider was chosen; null where nothing was learned.</summary>
    public static RouteChoiceBody? Of(RouteExplanation? choice) =>
        choice is null ? null : new RouteChoiceBody(choice.Exploring, [.. choice.Candidates.Select(Of)]);

    // Of a provider that could not be asked, an attempt knows nothing but why.
    private static RouteCandidateBody Of(RouteCandidate candidate)
    {
        var isWeighed = candidate.High > 0;
        return new RouteCandidateBody(
            candidate.Provider,
            candidate.Usable,
            candidate.Price,
            isWeighed ? candidate.Conversion : null,
            isWeighed ? candidate.Low : null,
            isWeighed ? candidate.High : null,
            isWeighed ? candidate.Known : null,
            isWeighed ? candidate.Verified : null,
            candidate.Draw,
            candidate.Why);
    }

    private static RouteChangeBody Of(RouteChange change) => new(
        change.At.ToUnixTimeMilliseconds(),
        change.Method,
        change.Country,
        change.Operator,
        change.From,
        change.To,
        RoutesUseCase.TextOf(change));
}
