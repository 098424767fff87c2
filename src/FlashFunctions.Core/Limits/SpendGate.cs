using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Limits;

/// <summary>The price of a step under the account's cap.</summary>
public abstract record SpendQuote
{
    private SpendQuote() { }

    /// <summary>Nothing is counted: the account has no cap, it is a test number, or no provider could be asked just now.</summary>
    public sealed record Free : SpendQuote;

    /// <summary>It would fit.</summary>
    public sealed record Priced(SpendDay Day, string Provider, long Units, SpendCap Cap) : SpendQuote;

    /// <summary>
    /// It would not fit, or it has no price in the cap's currency, which is as bad: what cannot be counted could be anything.
    /// </summary>
    public sealed record Refused(string Why) : SpendQuote;
}

/// <summary>What was counted, if anything; or why it may not be spent.</summary>
public sealed record SpendDecision(SpendReservation? Reservation, string? Refusal);

/// <summary>
/// Holds requests to their account's daily cap. A price is looked at before anything else is admitted, counted when it has been, and given
/// back when its request ends with nothing placed for it. Dispatch gives a request the cap that its account has now; what was counted under
/// a higher one has to fit again. No cap costs no round trip here.
/// </summary>
public sealed class SpendGate(PriceTable prices, StepPrices steps, SpendMeter meter)
{
    private const string CapReached = "has reached its daily spend cap";

    /// <summary>What a step would cost by the first of the usable providers that the cap allows. One round trip, under a cap.</summary>
    public async Task<SpendQuote> QuoteAsync(
        RequestRecord request, int step, IReadOnlyList<IProvider> usable, CancellationToken cancellationToken)
    {
        if (request.Cap is not { } cap || request.IsTest || usable.Count == 0)
        {
            return new SpendQuote.Free();
        }

        (string Name, long Units)[] priced = [.. usable
            .Select(provider => (provider.Name, Units: UnitsOf(request, step, provider.Name, cap)))
            .Where(price => price.Units is not null)
            .Select(price => (price.Name, price.Units!.Value))];
        if (priced.Length == 0)
        {
            return new SpendQuote.Refused(NoPrice(request, step, cap));
        }

        var day = await meter.ReadAsync(request.Account, cap.Currency, cancellationToken);
        var held = request.ReservedSpend is { } hold && hold.Day == day.Day && hold.Currency == cap.Currency ? hold.Units : 0;
        var left = Money.ToUnits(cap.Amount) - day.Units + held;
        var fits = Array.Find(priced, price => price.Units <= left);
        return fits.Name is null ? new SpendQuote.Refused(CapReached) : new SpendQuote.Priced(day, fits.Name, fits.Units, cap);
    }

    /// <summary>Counts what was quoted. One round trip, under a cap.</summary>
    public async Task<SpendDecision> TakeAsync(SpendQuote quote, CancellationToken cancellationToken)
    {
        if (quote is not SpendQuote.Priced priced)
        {
            return new SpendDecision(null, (quote as SpendQuote.Refused)?.Why);
        }

        var cap = Money.ToUnits(priced.Cap.Amount);
        var hold = await meter.TakeAsync(priced.Day, priced.Provider, priced.Units, cap, cancellationToken);
        return hold is null ? new SpendDecision(null, CapReached) : new SpendDecision(hold with { Cap = cap }, null);
    }

    /// <summary>Why a step by a provider cannot be counted at all, or null. No round trip.</summary>
    public string? Gap(RequestRecord request, int step, string provider) =>
        request is { Cap: { } cap, IsTest: false } && UnitsOf(request, step, provider, cap) is null ? NoPrice(request, step, cap) : null;

    /// <summary>
    /// Counts the price of a step by the provider that is about to be asked: what the request holds already is kept where it is that price,
    /// else exchanged. Nothing, two or four round trips.
    /// </summary>
    public async Task<SpendDecision> CoverAsync(RequestRecord request, int step, string provider, CancellationToken cancellationToken)
    {
        if (request.Cap is not { } cap || request.IsTest)
        {
            return new SpendDecision(request.ReservedSpend, null);
        }

        if (UnitsOf(request, step, provider, cap) is not { } units)
        {
            return new SpendDecision(null, NoPrice(request, step, cap));
        }

        var limit = Money.ToUnits(cap.Amount);
        if (request.ReservedSpend is { } held && held.Units == units && held.Currency == cap.Currency && !(limit < held.Cap))
        {
            return new SpendDecision(held with { Provider = provider }, null);
        }

        var day = await meter.ReadAsync(request.Account, cap.Currency, cancellationToken);
        var exchanged = request.ReservedSpend is { } old && old.Day == day.Day && old.Currency == cap.Currency ? old.Units : 0;
        if (await meter.TakeAsync(day, provider, units, limit + exchanged, cancellationToken) is not { } hold)
        {
            return new SpendDecision(null, CapReached);
        }

        await GiveBackAsync(request, request.ReservedSpend, cancellationToken);
        return new SpendDecision(hold with { Cap = limit }, null);
    }

    /// <summary>Counts a look-up, which is no step of a workflow: it is asked and answered at once. Two round trips, under a cap.</summary>
    public async Task<SpendDecision> TakeLookUpAsync(RequestRecord request, string provider, CancellationToken cancellationToken)
    {
        if (request.Cap is not { } cap || request.IsTest)
        {
            return new SpendDecision(null, null);
        }

        if (prices.UnitsOf(provider, request.Product, request.Product, request.Number, cap.Currency) is not { } units)
        {
            return new SpendDecision(null, $"has a daily spend cap, and {request.Product} has no price in {cap.Currency}");
        }

        var day = await meter.ReadAsync(request.Account, cap.Currency, cancellationToken);
        var hold = await meter.TakeAsync(day, provider, units, Money.ToUnits(cap.Amount), cancellationToken);
        return new SpendDecision(hold, hold is null ? CapReached : null);
    }

    /// <summary>Gives back what was counted for a request and will not be spent.</summary>
    public Task GiveBackAsync(RequestRecord request, SpendReservation? hold, CancellationToken cancellationToken) =>
        hold is null ? Task.CompletedTask : meter.GiveBackAsync(request.Account, hold, cancellationToken);

    private long? UnitsOf(RequestRecord request, int step, string provider, SpendCap cap) =>
        steps.UnitsOf(request, step, provider, cap.Currency);

    private static string NoPrice(RequestRecord request, int step, SpendCap cap) =>
        $"has a daily spend cap, and {ApiNames.Of(request.Steps[step].Channel)} to this country has no price in {cap.Currency}";
}
