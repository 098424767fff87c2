using System.Text.Json.Serialization;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Operations;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Providers.Learning;

namespace FlashFunctions.Http.Manage;

/// <summary>What would be tried for a number now.</summary>
internal readonly struct RoutePreviewBody(RoutePreview preview)
{
    public string Country => preview.Country;
    public string Operator => preview.Operator;
    public string Method => ApiNames.Of(preview.Method);
    public int CodeLength => preview.CodeLength;
    public string Mode => preview.Mode == RoutingMode.Learned ? "learned" : "ordered";
    public string? Currency => preview.Currency;
    public IEnumerable<RouteCandidateBody> Candidates => preview.Candidates.Select(candidate => new RouteCandidateBody(candidate));
}

/// <summary>
/// A provider that was looked at. Conversions are 0 to 1; known and verified are weighed by their age. Of a provider that could not be
/// asked, an attempt knows nothing but why.
/// </summary>
internal readonly struct RouteCandidateBody(RouteCandidate candidate)
{
    private bool IsWeighed => candidate.High > 0;

    public string Provider => candidate.Provider;
    public bool Usable => candidate.Usable;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public decimal? Price => candidate.Price;

    public double? Conversion => IsWeighed ? candidate.Conversion : null;
    public double? Low => IsWeighed ? candidate.Low : null;
    public double? High => IsWeighed ? candidate.High : null;
    public double? Known => IsWeighed ? candidate.Known : null;
    public double? Verified => IsWeighed ? candidate.Verified : null;
    public double? Draw => candidate.Draw;
    public string Why => candidate.Why;
}

/// <summary>How an attempt's provider was chosen.</summary>
internal sealed record RouteChoiceBody(bool Exploring, IEnumerable<RouteCandidateBody> Candidates)
{
    /// <summary>Null where nothing was learned.</summary>
    public static RouteChoiceBody? Of(RouteExplanation? choice) => choice is null
        ? null
        : new RouteChoiceBody(choice.Exploring, choice.Candidates.Select(candidate => new RouteCandidateBody(candidate)));
}

/// <summary>A page of what learning changed, the latest first.</summary>
internal sealed record RouteChangesBody(IEnumerable<RouteChangeBody> Changes, string? Next) : PageBody(Next)
{
    public static RouteChangesBody Of(Page<RouteChange> page) => new(page.Items.Select(change => new RouteChangeBody(change)), page.Next);
}

/// <summary>Learned routing went over to another provider.</summary>
internal readonly struct RouteChangeBody(RouteChange change)
{
    public long At => change.At.ToUnixTimeMilliseconds();
    public string Method => change.Method;
    public string Country => change.Country;
    public string Operator => change.Operator;
    public string From => change.From;
    public string To => change.To;
    public string Text => RoutesUseCase.TextOf(change);
}
