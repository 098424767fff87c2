using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Workflows;

/// <summary>The providers that may be asked, in order; where there is none, why.</summary>
public sealed record UsableProviders(IReadOnlyList<IProvider> Providers, string? WhyNone);

/// <summary>Rule 7: which providers may be asked to place a step, in order.</summary>
public sealed partial class StepCandidates(Routing routing, Codes codes, PriceCeiling ceiling, ILogger<StepCandidates> logger)
{
    /// <summary>The usable providers of a step, without those that have refused it already.</summary>
    public UsableProviders For(RequestRecord request, int step)
    {
        if (request.Test is { } test)
        {
            return new UsableProviders([new TestProvider(test.Outcome)], null);
        }

        var (wanted, length, asked) = (request.Steps[step], request.CodeLength, Asked(request, step));
        Capability CapabilityOf(IProvider provider) => provider.CapabilityFor(wanted.Channel, length)!;
        var route = routing.Choose(
            wanted.Channel, length, request.Country, wanted.Provider, anyTail: request.Product == Products.FlashCall, request.Account);
        IProvider[] usable =
            [.. route.Candidates.Where(provider => !asked.Contains(provider.Name) && Carries(request, CapabilityOf(provider)))];
        if (request.Verification is not null
            && usable is [var first, ..] && CapabilityOf(first).TailDigits is { } digits && digits < length)
        {
            Log.ShortCode(logger, first.Name, digits, length, request.Id);
        }

        IProvider[] guessable = [.. usable.Where(provider => GuessBudget.AllowsStep(request, CapabilityOf(provider).Source))];
        IProvider[] affordable = [.. guessable.Where(provider => ceiling.Allows(request, step, provider))];
        return new UsableProviders(affordable, affordable.Length > 0 ? null
            : guessable.Length > 0 ? PriceCeiling.WhyNone
            : usable.Length > 0 ? "The wrong codes so far leave no guess at one more code."
            : asked.Count > 0 ? "No provider could take it."
            : route.Gap switch
            {
                RouteGap.NotConfigured => "The provider is not configured.",
                RouteGap.CircuitOpen => "The provider fails too much at present.",
                _ => "No provider can carry it.",
            });
    }

    /// <summary>The other providers of the configured order, and why each cannot be asked.</summary>
    public IEnumerable<(string Provider, string WhyNot)> PassedOver(RequestRecord request, int step, IReadOnlyList<IProvider> usable)
    {
        var asked = Asked(request, step);
        return
            from looked in routing.LookAt(request.Steps[step].Channel, request.CodeLength, request.Country, request.Account)
            where !usable.Any(other => other.Name == looked.Provider)
            let isTooDear = routing.Find(looked.Provider) is { } found && !ceiling.Allows(request, step, found)
            select (looked.Provider, asked.Contains(looked.Provider) ? "It was asked before."
                : looked.WhyNot ?? (isTooDear ? "The verification's maxPrice does not allow its price." : "It cannot carry this code."));
    }

    /// <summary>The providers that have been asked for the step, those aside whose rate alone was used up.</summary>
    private static HashSet<string?> Asked(RequestRecord request, int step) => request.Attempts
        .Where(attempt => attempt.Step == step && attempt.RetryAt is null)
        .Select(attempt => attempt.Provider)
        .ToHashSet(StringComparer.Ordinal);

    private bool Carries(RequestRecord request, Capability capability)
    {
        if (capability is { NoLeadingZero: true, Source: CodeSource.Ours } && codes.Ours(request)?[0] == '0')
        {
            return false;
        }

        // A code that the account chose is carried by those alone who take one from us.
        if (request.Product == Products.PinToSpeech)
        {
            return capability.Source == CodeSource.Ours;
        }

        return request.Product != Products.FlashCall
            || FlashCallCapability.Fits(capability, request.Content.Code?.Given is not null, request.Content.From is not null);
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "{Provider} carries {Digits} of the {Length} digits that {RequestId} asks for; only development allows it")]
        public static partial void ShortCode(ILogger logger, string provider, int digits, int length, RequestId requestId);
    }
}

/// <summary>Which capabilities suit a flash call whose code the backend checks itself: it must learn the number that rings.</summary>
public static class FlashCallCapability
{
    /// <summary>Whether the capability suits, given that the backend chose the code, or the caller number, or neither.</summary>
    public static bool Fits(Capability capability, bool codeGiven, bool fromGiven) => (codeGiven, fromGiven) switch
    {
        (_, true) => capability.TakesCaller,
        (true, _) => capability.Source == CodeSource.Ours,
        _ => capability.TellsCaller,
    };
}
