using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Workflows;

/// <summary>The providers that may be asked, in order; where there is none, why.</summary>
public sealed record UsableProviders(IReadOnlyList<IProvider> Providers, string? WhyNone);

/// <summary>Rule 7: which providers may be asked to place a step, in order.</summary>
public sealed partial class StepCandidates(Routing routing, Codes codes, PriceCeiling ceiling, ILogger<StepCandidates> logger)
{
    /// <summary>The usable providers of a step, without those that have refused it already.</summary>
    public UsableProviders For(RequestRecord request, int step)
    {
        var wanted = request.Steps[step];
        if (request.Test is { } test)
        {
            return new UsableProviders([new TestProvider(test.Outcome)], null);
        }

        var length = request.Content.Code?.Length ?? 0;
        var asked = request.Attempts.Where(attempt => attempt.Step == step && attempt.RetryAt is null)
            .Select(attempt => attempt.Provider).ToHashSet(StringComparer.Ordinal);
        var route = routing.Choose(
            wanted.Channel, length, request.Country, wanted.Provider, anyTail: request.Product == Products.FlashCall, request.Account);
        IProvider[] usable = [.. route.Candidates.Where(
            provider => !asked.Contains(provider.Name) && Carries(request, provider.CapabilityFor(wanted.Channel, length)!))];
        if (request.Verification is not null
            && usable.FirstOrDefault()?.CapabilityFor(wanted.Channel, length) is { TailDigits: { } digits }
            && digits < length)
        {
            Log.ShortCode(logger, usable[0].Name, digits, length, request.Id);
        }

        IProvider[] guessable = [.. usable.Where(provider => LeavesAGuess(request, wanted, provider))];
        IProvider[] affordable = [.. guessable.Where(provider => ceiling.Allows(request, step, provider))];
        return new UsableProviders(affordable, affordable.Length > 0 ? null
            : guessable.Length > 0 ? PriceCeiling.WhyNone
            : usable.Length > 0 ? "The wrong codes so far leave no guess at one more code."
            : WhyNone(route.Gap, asked.Count > 0));
    }

    /// <summary>The other providers of the configured order, and why each cannot be asked.</summary>
    public IEnumerable<(string Provider, string WhyNot)> PassedOver(RequestRecord request, int step, IReadOnlyList<IProvider> usable)
    {
        var (wanted, length) = (request.Steps[step], request.Content.Code?.Length ?? 0);
        foreach (var (provider, whyNot) in routing.LookAt(wanted.Channel, length, request.Country, request.Account))
        {
            if (!usable.Any(other => other.Name == provider))
            {
                var wasAsked = request.Attempts.Any(
                    attempt => attempt.Step == step && attempt.RetryAt is null && attempt.Provider == provider);
                var isTooDear = routing.Find(provider) is { } found && !ceiling.Allows(request, step, found);
                yield return (provider, wasAsked ? "It was asked before."
                    : whyNot ?? (isTooDear ? "The verification's maxPrice does not allow its price." : "It cannot carry this code."));
            }
        }
    }

    private static bool LeavesAGuess(RequestRecord request, WorkflowStep step, IProvider provider) =>
        GuessBudget.AllowsStep(request, provider.CapabilityFor(step.Channel, request.Content.Code?.Length ?? 0)!.Source);

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

    private static string WhyNone(RouteGap gap, bool asked) => gap switch
    {
        _ when asked => "No provider could take it.",
        RouteGap.NotConfigured => "The provider is not configured.",
        RouteGap.CircuitOpen => "The provider fails too much at present.",
        _ => "No provider can carry it.",
    };

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
