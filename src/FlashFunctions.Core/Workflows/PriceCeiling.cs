using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Workflows;

/// <summary>
/// Holds a verification to its <c>maxPrice</c>, in the price table's currency for all of its attempts that were placed. A provider that
/// would exceed it, or whose price is not known, is passed over; a step for which that leaves none is skipped. A test number costs nothing.
/// </summary>
public sealed class PriceCeiling(StepPrices prices, Routing routing)
{
    private const string Name = "maxPrice";

    /// <summary>Why a skipped step was not placed.</summary>
    public const string WhyNone = "The verification's maxPrice leaves no provider for this step.";

    /// <summary>Why a new request cannot be accepted under it: no step could be placed. Null where one can, open circuits aside.</summary>
    public Problem? Refusal(RequestRecord request)
    {
        if (request is not { MaxPrice: { } most, IsTest: false })
        {
            return null;
        }

        long?[] known =
            [
                .. request.Steps
                    .Index()
                    .SelectMany(step => Able(request, step.Item).Select(provider => PriceOf(request, step.Index, provider))),
            ];
        return Array.Exists(known, price => price <= most) ? null
            : Problem.Invalid(Name, Array.TrueForAll(known, price => price is null)
                ? "cannot be kept: no price is known for any step"
                : "is less than the price of every step");
    }

    /// <summary>Whether a step may be placed by a provider, after what was placed before.</summary>
    public bool Allows(RequestRecord request, int step, IProvider provider) =>
        request is not { MaxPrice: { } most, IsTest: false } || PriceOf(request, step, provider) + Placed(request) <= most;

    private static long Placed(RequestRecord request) =>
        request.Attempts.Where(attempt => attempt.MayHaveReachedThePhone).Sum(attempt => attempt.Price ?? 0);

    private long? PriceOf(RequestRecord request, int step, IProvider provider) => prices.UnitsOf(request, step, provider.Name);

    private IReadOnlyList<IProvider> Able(RequestRecord request, WorkflowStep step) =>
        step.Provider is { } name
            ? routing.Find(name) is { } named ? [named] : []
            : routing.Able(step.Channel, request.CodeLength, request.Country);
}
