using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Providers.Learning;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Statistics;

namespace FlashFunctions.Core.Workflows;

/// <summary>The usable providers of a step in the order in which they are asked.</summary>
/// <param name="Providers">The first is asked first.</param>
/// <param name="Explanation">How that order came about; null where the configured one stays.</param>
public sealed record RoutedStep(IReadOnlyList<IProvider> Providers, RouteExplanation? Explanation = null)
{
    /// <summary>How long the step waits on a provider, where that was learned.</summary>
    public Func<IProvider, TimeSpan?> WaitOn { get; init; } = _ => null;

    /// <summary>Says of a provider why it was passed over after all.</summary>
    public RoutedStep PassOver(IProvider provider, string why) => Explanation is null ? this : this with
    {
        Explanation = Explanation with
        {
            Candidates =
                [.. Explanation.Candidates.Select(of => of.Provider == provider.Name ? of with { Usable = false, Why = why } : of)],
        },
    };
}

/// <summary>
/// Routing:Mode learned: orders the usable providers of a verification's step by what is known of their conversion there and by price, and
/// learns how long it waits. A provider that a step names and an order that is configured for the country stay.
/// </summary>
public sealed class LearnedRouting(
    RouteBook book, Routing routing, StepPrices prices, PriceCeiling ceiling, IOptions<RoutingOptions> options)
{
    /// <summary>
    /// Orders the providers that may be asked for a step, given in the configured order; <paramref name="others"/> are those that may not,
    /// and why. The store is asked once a minute.
    /// </summary>
    public async ValueTask<RoutedStep> RouteAsync(
        RequestRecord request, int step, IReadOnlyList<IProvider> usable, Func<IEnumerable<(string Provider, string WhyNot)>> others,
        CancellationToken cancellationToken)
    {
        if (usable.Count == 0 || !Learns(request))
        {
            return new RoutedStep(usable);
        }

        var known = await book.CurrentAsync(cancellationToken);
        var inGivenOrder = new RoutedStep(usable) { WaitOn = provider => WaitOn(provider, request, step, known) };
        if (!IsFree(request, step))
        {
            return inGivenOrder;
        }

        var draws = new RouteDraws(LearnedWaits.SeedOf(request.Id.Text, $"route {step} {request.Attempts.Count}"));
        var choice = RouteChooser.Choose(
            Options(request, step, usable), BeliefIn(request, step, known), (double?)options.Value.Value, options.Value.Exploration, draws);
        var explanation = new RouteExplanation(
            choice.IsExploring,
            [
                .. RouteExplanation.Of(choice),
                .. others().Select(other => new RouteCandidate { Provider = other.Provider, Why = other.WhyNot }),
            ]);
        IProvider[] inOrder = [.. choice.Routes.Select(route => usable.First(provider => provider.Name == route.Provider))];
        return inGivenOrder with { Providers = inOrder, Explanation = explanation };
    }

    /// <summary>
    /// How long the step will wait on the provider that would be chosen now, by what was read last; null where nothing is learned.
    /// </summary>
    public TimeSpan? WaitExpected(RequestRecord request, int step)
    {
        if (!Learns(request))
        {
            return null;
        }

        var (wanted, length) = (request.Steps[step], request.CodeLength);
        var route = routing.Choose(wanted.Channel, length, request.Country, wanted.Provider, account: request.Account);
        IProvider[] usable = [.. route.Candidates.Where(of => ceiling.Allows(request, step, of))];
        if (usable.Length == 0)
        {
            return null;
        }

        var first = IsFree(request, step)
            ? RouteChooser.Weigh(
                Options(request, step, usable), BeliefIn(request, step, book.Latest), (double?)options.Value.Value)[0].Provider
            : usable[0].Name;
        var provider = usable.First(of => of.Name == first);
        return WaitOn(provider, request, step, book.Latest) ?? provider.CapabilityFor(wanted.Channel, length)?.DefaultWait;
    }

    private bool Learns(RequestRecord request) =>
        options.Value.Mode == RoutingMode.Learned && request is { IsTest: false, Verification: not null };

    /// <summary>Whether neither the step names its provider nor an order is configured for its country.</summary>
    private bool IsFree(RequestRecord request, int step) =>
        request.Steps[step].Provider is null && !routing.HasOrderFor(request.Steps[step].Channel, request.Country);

    private RouteOption[] Options(RequestRecord request, int step, IReadOnlyList<IProvider> usable) =>
    [
        .. usable.Select(provider => new RouteOption(
            provider.Name, prices.UnitsOf(request, step, provider.Name) is { } units ? (double)Money.FromUnits(units) : null)),
    ];

    private static Func<string, RouteBelief> BeliefIn(RequestRecord request, int step, RouteKnowledge known)
    {
        var route = RouteOf(request, step);
        return provider => known.Routes.BeliefIn(route with { Provider = provider });
    }

    private static RouteKey RouteOf(RequestRecord request, int step) => new(
        "", ApiNames.Of(request.Steps[step].Channel), request.Country, NumberPlan.Instance.OperatorOf(request.Number) ?? "");

    private static TimeSpan? WaitOn(IProvider provider, RequestRecord request, int step, RouteKnowledge known) =>
        request.Steps[step].Wait is null
        && !LearnedWaits.KeepsDefault(request.Id.Text)
        && provider.CapabilityFor(request.Steps[step].Channel, request.CodeLength) is { } capability
            ? known.Waits.For(RouteOf(request, step) with { Provider = provider.Name }, capability)
            : null;
}
