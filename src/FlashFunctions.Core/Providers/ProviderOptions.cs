using System.ComponentModel.DataAnnotations;
using FlashFunctions.Core.Security;

namespace FlashFunctions.Core.Providers;

/// <summary>
/// What every provider's section <c>Providers:{Provider}</c> holds. A provider without any of its credentials is not configured, and is
/// not routed to; one with some of them is a mistake that start-up refuses.
/// </summary>
public abstract class ProviderOptions
{
    /// <summary>Where the provider is reached. https, or http in development or to a loopback host.</summary>
    [Required]
    public string BaseAddress { get; set; } = "";

    /// <summary>
    /// Calls that reach the provider at most in any second, from one instance of this service: evenly spaced, with a tenth of room. What
    /// would come too early waits. 0.1 to 10,000.
    /// </summary>
    [Range(0.1, 10_000)]
    public double RequestsPerSecond { get; set; }

    /// <summary>
    /// Calls that one instance may have under way or waiting at once, so that a provider that hangs does not hold up the others. 1 to
    /// 1,000, default 32.
    /// </summary>
    [Range(1, 1_000)]
    public int ConcurrentCalls { get; set; } = 32;

    /// <summary>How long one HTTP call may take, connecting included. 1 to 60 seconds, default 15 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>When to leave the provider alone for a while.</summary>
    public CircuitOptions Circuit { get; set; } = new();

    public bool IsConfigured => Credentials.Any(credential => !string.IsNullOrEmpty(credential));

    protected abstract IEnumerable<string> Credentials { get; }

    /// <summary>What the attributes cannot say, as sentences that begin with the setting's name.</summary>
    internal virtual IEnumerable<string> Mistakes() => [];

    /// <summary>The addresses that carry credentials, by setting.</summary>
    internal virtual IEnumerable<(string Setting, string Address)> Addresses() => [(nameof(BaseAddress), BaseAddress)];
}

/// <summary>
/// The circuit breakers of one provider, one a destination country, section <c>Providers:{Provider}:Circuit</c>. Failures are temporary
/// and account failures and unclear answers; a rejected number is not one, nor is a 429. A phone number counts once, with its latest
/// outcome, and fewer than 5 that failed open nothing. Where several accounts sent within the hour, the failures of one open the circuit
/// for that account alone.
/// </summary>
public sealed class CircuitOptions
{
    /// <summary>Share of failures that opens the circuit. 0.05 to 1, default 0.5.</summary>
    [Range(0.05, 1)]
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>Phone numbers within <see cref="SamplingDuration"/> below which the circuit never opens. 5 to 10,000, default 5.</summary>
    [Range(5, 10_000)]
    public int MinimumThroughput { get; set; } = 5;

    /// <summary>How far back failures count. 1 second to 10 minutes, default 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it stays open before one call probes the provider. 1 second to 10 minutes, default 15 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(15);
}

/// <summary>Checks a configured provider's settings at start-up, and names each wrong one by its full configuration key.</summary>
internal sealed class ProviderOptionsCheck<TOptions>(string section, DevelopmentMode development) : OptionsCheck<TOptions>
    where TOptions : ProviderOptions
{
    protected override IEnumerable<string> MistakesIn(TOptions options) =>
    [
        .. AttributeMistakes(options, section),
        .. AttributeMistakes(options.Circuit, $"{section}:{nameof(options.Circuit)}"),
        .. options.Addresses().Where(address => !IsAllowed(address.Address)).Select(address =>
            $"{section}:{address.Setting}: must be an absolute https address without a query; "
            + "http is for development and loopback hosts only."),
        .. options.Mistakes().Select(mistake => $"{section}:{mistake}"),
    ];

    private static IEnumerable<string> AttributeMistakes(object settings, string section)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(settings, new ValidationContext(settings), results, validateAllProperties: true);
        return results.Select(result => $"{section}:{string.Join(',', result.MemberNames)}: {result.ErrorMessage}");
    }

    // Credentials and phone numbers travel to this address.
    private bool IsAllowed(string address) =>
        string.IsNullOrEmpty(address)
        || (Uri.TryCreate(address, UriKind.Absolute, out var uri)
            && uri is { Query: "", Fragment: "", UserInfo: "" }
            && (uri.Scheme == Uri.UriSchemeHttps
                || (uri.Scheme == Uri.UriSchemeHttp && (development.IsOn || (uri.IsLoopback && !development.RunsOnAzure)))));
}
