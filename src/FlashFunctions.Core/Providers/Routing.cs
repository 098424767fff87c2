using System.ComponentModel.DataAnnotations;

namespace FlashFunctions.Core.Providers;

/// <summary>Chooses providers for a step: the configured order of its country and channel, minus those whose circuit is open.</summary>
public sealed class Routing(IEnumerable<IProvider> providers, IOptions<RoutingOptions> options)
{
    private readonly IProvider[] _providers = [.. providers];

    public IProvider? Find(string name) =>
        Array.Find(_providers, provider => provider.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The first provider that answers questions about numbers, or null when none is configured.</summary>
    public ILookUpNumbers? ForInsight() => _providers.OfType<ILookUpNumbers>().FirstOrDefault();

    /// <summary>The providers to try now for a step, best first; when there is none, why.</summary>
    /// <param name="codeLength">4 to 6.</param>
    /// <param name="country">Two letters, as the number plan says; empty for none.</param>
    /// <param name="named">The provider that the step names, if any: then it or none.</param>
    /// <param name="anyTail">The backend checks the code itself (calls/flash): how hard it is to guess does not matter.</param>
    /// <param name="account">Who asks: its own circuits count too.</param>
    public Route Choose(Channel channel, int codeLength, string country, string? named = null, bool anyTail = false, string? account = null)
    {
        var able = Able(channel, codeLength, country, named, anyTail);
        IProvider[] usable = [.. able.Where(provider => !provider.IsCircuitOpen(country, account))];
        return new Route(usable, usable.Length > 0 ? RouteGap.None
            : able.Count > 0 ? RouteGap.CircuitOpen
            : named is not null && Find(named) is null ? RouteGap.NotConfigured
            : RouteGap.CannotCarry);
    }

    /// <summary>Every provider of the order, in that order, and why it cannot be asked now; null: it can.</summary>
    public IReadOnlyList<(string Provider, string? WhyNot)> LookAt(Channel channel, int codeLength, string country, string? account = null)
    {
        var names = Order(channel, country).Select(name => name.ToLowerInvariant()).Distinct(StringComparer.Ordinal);
        return [.. names.Select(name => (name, WhyNot(name)))];

        string? WhyNot(string name)
        {
            var provider = Find(name);
            var capability = provider?.CapabilityFor(channel, codeLength);
            return provider is null ? "It is not configured."
                : capability is null ? "It cannot carry this."
                : !capability.Suits(codeLength) ? $"Its codes are easier to guess than one of {codeLength} digits."
                : provider.IsCircuitOpen(country, account) ? "It fails too much at present: its circuit is open."
                : null;
        }
    }

    /// <summary>Whether an order is configured for that country alone, which learning does not change.</summary>
    public bool HasOrderFor(Channel channel, string country) =>
        options.Value.Country.TryGetValue(country, out var ofCountry) && RoutingOptions.Of(ofCountry, channel.ToString()) is not null;

    /// <summary>Whether the step could be carried at all, circuits aside: what a request is checked for before it is accepted.</summary>
    public bool CanCarry(Channel channel, int codeLength, string country, string? named = null) =>
        Able(channel, codeLength, country, named).Count > 0;

    /// <summary>
    /// How the step would be carried by the provider that would be chosen now among those that are allowed, open circuits last; null when
    /// nobody can.
    /// </summary>
    public Capability? CapabilityFor(
        Channel channel, int codeLength, string country, string? named = null, Func<IProvider, bool>? isAllowed = null) =>
        Able(channel, codeLength, country, named)
            .Where(provider => isAllowed?.Invoke(provider) != false)
            .OrderBy(provider => provider.IsCircuitOpen(country, account: null))
            .FirstOrDefault()
            ?.CapabilityFor(channel, codeLength);

    /// <summary>Every provider that the step may come to, best first, circuits aside. Parameters as for <see cref="Choose"/>.</summary>
    public IReadOnlyList<IProvider> Able(Channel channel, int codeLength, string country, string? named = null, bool anyTail = false) =>
    [
        .. (named is not null ? [named] : Order(channel, country)).Select(Find).OfType<IProvider>().Distinct().Where(
            provider => provider.CapabilityFor(channel, codeLength) is { } capability && (anyTail || capability.Suits(codeLength))),
    ];

    private IEnumerable<string> Order(Channel channel, string country)
    {
        var name = channel.ToString();
        var order = (options.Value.Country.TryGetValue(country, out var ofCountry) ? RoutingOptions.Of(ofCountry, name) : null)
            ?? RoutingOptions.Of(options.Value.Order, name);
        return order is null
            ? _providers.Where(provider => !provider.OnlyWhenNamed).Select(provider => provider.Name)
            : RoutingOptions.Names(order);
    }
}

/// <summary>The providers for a step, best first; <paramref name="Gap"/> says why there is none.</summary>
public sealed record Route(IReadOnlyList<IProvider> Candidates, RouteGap Gap);

/// <summary>Why no provider is left for a step.</summary>
public enum RouteGap
{
    /// <summary>There is one.</summary>
    None,

    /// <summary>The step names a provider without credentials here, or none of that name exists.</summary>
    NotConfigured,

    /// <summary>No configured provider can do the channel with that length of code.</summary>
    CannotCarry,

    /// <summary>Those that can have failed too much lately.</summary>
    CircuitOpen,
}

/// <summary>What decides between the providers that may be asked.</summary>
public enum RoutingMode
{
    Ordered,

    /// <summary>What is known of their conversion, and their price.</summary>
    Learned,
}

/// <summary>
/// Which provider is tried first, section <c>Routing</c>. Channels are call, sms, voice, push, viber, rcs, speech and flow; providers go
/// by their lower-case names. A provider that an order leaves out is not used for that channel unless a workflow names it.
/// </summary>
public sealed class RoutingOptions
{
    public const string Section = "Routing";

    /// <summary>
    /// Order by channel, names separated by commas: <c>Routing:Order:call = unibell,revicom,bird,lanck</c>. Default: that order, and of it
    /// the providers that can do the channel.
    /// </summary>
    public IDictionary<string, string> Order { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Order by country (two letters) and channel, before <see cref="Order"/>: <c>Routing:Country:EE:call = lanck</c>.</summary>
    public IDictionary<string, Dictionary<string, string>> Country { get; } =
        new Dictionary<string, Dictionary<string, string>>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// <c>ordered</c>, the default: the orders above decide. <c>learned</c>: what is known of conversion and price decides for
    /// verifications, and <see cref="Order"/> says which providers take part; an order by country and a provider that a step names still
    /// win.
    /// </summary>
    [EnumDataType(typeof(RoutingMode))]
    public RoutingMode Mode { get; set; }

    /// <summary>
    /// What a verified number is worth, in the currency of the prices: above 0 to 1,000,000. Default: ten times the dearest price of the
    /// providers to choose from. Without prices the conversion alone decides.
    /// </summary>
    [Range(typeof(decimal), "0.000001", "1000000")]
    public decimal? Value { get; set; }

    /// <summary>
    /// The greatest share of attempts that may go to another provider than the best, to learn about it: 0 to 0.05, default 0.05.
    /// </summary>
    [Range(0, 0.05)]
    public double Exploration { get; set; } = 0.05;

    /// <summary>The age at which an attempt counts half as much as a new one: 10 minutes to 30 days, default 6 hours.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "30.00:00:00")]
    public TimeSpan HalfLife { get; set; } = TimeSpan.FromHours(6);

    // The binder makes the inner dictionaries itself, case-sensitive.
    internal static string? Of(IDictionary<string, string> orders, string channel) =>
        orders.FirstOrDefault(order => order.Key.Equals(channel, StringComparison.OrdinalIgnoreCase)).Value;

    internal static string[] Names(string order) =>
        order.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Refuses, at start-up, orders for channels and of providers that do not exist.</summary>
internal sealed class RoutingOptionsCheck(IEnumerable<KnownProvider> known) : OptionsCheck<RoutingOptions>
{
    protected override IEnumerable<string> MistakesIn(RoutingOptions options) =>
    [
        .. MistakesIn("Routing:Order", options.Order),
        .. options.Country.SelectMany(country => MistakesIn($"Routing:Country:{country.Key}", country.Value)),
        .. options.Country.Keys.Where(country => country is not { Length: 2 } || !country.All(char.IsAsciiLetter))
            .Select(country => $"Routing:Country:{country}: is not a country of two letters."),
    ];

    private IEnumerable<string> MistakesIn(string section, IDictionary<string, string> orders)
    {
        foreach (var (channel, order) in orders)
        {
            if (!Enum.GetNames<Channel>().Contains(channel, StringComparer.OrdinalIgnoreCase))
            {
                yield return $"{section}:{channel}: is not a channel.";
            }

            foreach (var name in RoutingOptions.Names(order).Except(known.Select(of => of.Name), StringComparer.OrdinalIgnoreCase))
            {
                yield return $"{section}:{channel}: '{name}' is not a provider.";
            }
        }
    }
}
