using FlashFunctions.Core.Primitives;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Providers;

/// <summary>
/// Which provider is tried first, section <c>Routing</c>. Channels are call, sms, voice, push, viber, rcs, speech and flow; providers go by their
/// lower-case names. A provider that an order leaves out is not used for that channel unless a workflow names it.
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

    // The binder makes the inner dictionaries itself, case-sensitive.
    internal static string? Of(IDictionary<string, string> orders, string channel) =>
        orders.FirstOrDefault(order => order.Key.Equals(channel, StringComparison.OrdinalIgnoreCase)).Value;

    internal static string[] Names(string order) =>
        order.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Refuses, at start-up, orders for channels and of providers that do not exist.</summary>
internal sealed class RoutingOptionsValidator(IEnumerable<KnownProvider> known) : IValidateOptions<RoutingOptions>
{
    public ValidateOptionsResult Validate(string? name, RoutingOptions options)
    {
        string[] mistakes =
        [
            .. Mistakes($"{RoutingOptions.Section}:{nameof(options.Order)}", options.Order),
            .. options.Country.SelectMany(country => Mistakes($"{RoutingOptions.Section}:{nameof(options.Country)}:{country.Key}", country.Value)),
            .. options.Country.Keys.Where(country => country is not { Length: 2 } || !country.All(char.IsAsciiLetter))
                .Select(country => $"{RoutingOptions.Section}:{nameof(options.Country)}:{country}: is not a country of two letters."),
        ];
        return mistakes.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private IEnumerable<string> Mistakes(string section, IDictionary<string, string> orders) => orders.SelectMany(order => (string[])
    [
        .. IsChannel(order.Key) ? [] : new[] { $"{section}:{order.Key}: is not a channel." },
        .. RoutingOptions.Names(order.Value).Where(name => !known.Any(provider => Same(provider.Name, name)))
            .Select(name => $"{section}:{order.Key}: '{name}' is not a provider."),
    ]);

    private static bool IsChannel(string name) => Enum.GetNames<Channel>().Contains(name, StringComparer.OrdinalIgnoreCase);

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
