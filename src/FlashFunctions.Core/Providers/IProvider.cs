namespace FlashFunctions.Core.Providers;

/// <summary>
/// An upstream provider. Whatever a provider may answer is a result and never an exception; only a cancelled
/// <see cref="CancellationToken"/> and a bug throw. What only some providers can do is an interface of its own below: a caller asks with
/// <c>is</c>.
/// </summary>
public interface IProvider
{
    /// <summary>In lower case: the key in routing, in a workflow's step and in prices, and the first part of its webhook's path.</summary>
    string Name { get; }

    /// <summary>The destination countries (two letters) whose circuit is open for everybody, in alphabetical order.</summary>
    IReadOnlyList<string> OpenCountries => [];

    /// <summary>
    /// True when its webhooks name only the provider's own reference, so that the service must store which attempt that is; false when
    /// the address that it calls back names the attempt.
    /// </summary>
    bool IsFoundByReference => false;

    /// <summary>True when routing uses it only by name: in a workflow's step, or in a configured order.</summary>
    bool OnlyWhenNamed => false;

    /// <summary>True while the circuit to a country is open, for everybody or for that account: routing skips the provider.</summary>
    bool IsCircuitOpen(string country, string? account) => false;

    /// <summary>
    /// Takes a turn at the provider for one call, or says when to ask again: its rate, and how many calls it may have in progress.
    /// </summary>
    /// <param name="hasWaited">The step was turned away before, and does not queue behind those that come for the first time.</param>
    ProviderTurn TakeTurn(bool hasWaited) => ProviderTurn.Free;

    /// <summary>How this provider carries the channel with a code of 4 to 6 digits; null when it cannot.</summary>
    Capability? CapabilityFor(Channel channel, int codeLength);

    /// <summary>Places one call or message. Never repeated after an <see cref="PlaceOutcome.Unclear"/> answer.</summary>
    Task<PlaceOutcome> PlaceAsync(Placement placement, CancellationToken cancellationToken);
}

/// <summary>A provider that can be told how a verification ended (Revicom, Bird, Lanck).</summary>
public interface ITakeReports : IProvider
{
    /// <summary>
    /// Reports how the attempt's verification ended. A verdict for which the provider has no operation is <see cref="ReportOutcome.Done"/>
    /// without a call.
    /// </summary>
    Task<ReportOutcome> ReportAsync(UpstreamReport report, CancellationToken cancellationToken);
}

/// <summary>A provider that can be asked for the state of an attempt (Lanck), for when its webhook was lost.</summary>
public interface IReadAttempts : IProvider
{
    /// <summary>
    /// Reads an attempt by the provider's id of it. Null when the provider cannot be reached, gives no readable answer, or knows no such
    /// attempt.
    /// </summary>
    Task<ProviderEvent?> ReadAsync(string reference, CancellationToken cancellationToken);
}

/// <summary>A provider that makes codes and checks them itself (Lanck's /verify): those of <see cref="CodeSource.Provider"/>.</summary>
public interface ICheckCodes : IProvider
{
    /// <summary>
    /// Asks whether the code of an attempt is right. Each question may use up one of the provider's own guesses, so it is never repeated.
    /// </summary>
    Task<DelegatedCheck> CheckAsync(string reference, string code, CancellationToken cancellationToken);
}

/// <summary>
/// A provider that answers questions about numbers (Lanck). Each question is asked once, since someone waits and each answer is charged.
/// </summary>
public interface ILookUpNumbers : IProvider
{
    /// <summary>Asks the number's network about it.</summary>
    Task<Insight<HlrReading>> LookUpAsync(PhoneNumber number, CancellationToken cancellationToken);

    /// <summary>Asks whether a number was used for fraud.</summary>
    Task<Insight<FraudReading>> FraudCheckAsync(PhoneNumber number, CancellationToken cancellationToken);
}

/// <summary>A provider for which we choose the number that calls, out of a pool (Bird).</summary>
public interface IChooseCallers : IProvider
{
    /// <summary>
    /// The caller number, in digits, that <see cref="IProvider.PlaceAsync"/> will ask for; null when the pool is empty. Always the same
    /// for the same placement, so that the code is known before it rings.
    /// </summary>
    string? CallerFor(Placement placement);

    /// <summary>
    /// How many leading digits of a caller number may be shown without revealing more of the code than its length; 0: none. For other
    /// providers that is all but the code's digits.
    /// </summary>
    int ShownDigits(string caller, int codeLength);
}

/// <summary>How a provider carries a channel.</summary>
/// <param name="Source">Who makes the code.</param>
/// <param name="DefaultWait">How long a step on it waits, unless the workflow says otherwise.</param>
/// <param name="NoLeadingZero">The code must not begin with 0 (Unibell's is a JSON number).</param>
/// <param name="TellsCaller">Its answer names the number that rings (all but Revicom).</param>
/// <param name="TakesCaller">The number that rings can be asked for (Lanck and Bird).</param>
/// <param name="TailDigits">
/// Digits of entropy of a code that is the tail of a number from a pool, 0 to 6; null: as many as it is long.
/// </param>
/// <param name="MayFallShort">It is used although its code has fewer digits of entropy than asked for: in development alone.</param>
public sealed record Capability(
    CodeSource Source,
    TimeSpan DefaultWait,
    bool NoLeadingZero = false,
    bool TellsCaller = false,
    bool TakesCaller = false,
    int? TailDigits = null,
    bool MayFallShort = false)
{
    /// <summary>The shortest wait that the provider asks for; a learned one is not shorter.</summary>
    public TimeSpan LeastWait { get; init; }

    /// <summary>The default wait of a call, and below of a message, also a spoken one.</summary>
    internal static readonly TimeSpan CallWait = TimeSpan.FromSeconds(30);
    internal static readonly TimeSpan MessageWait = TimeSpan.FromSeconds(60);

    /// <summary>Whether a verification that asks for a code of that length may use it.</summary>
    public bool Suits(int codeLength) => MayFallShort || TailDigits is not { } digits || digits >= codeLength;
}

/// <summary>Who makes the code.</summary>
public enum CodeSource
{
    /// <summary>We choose it and the provider carries it.</summary>
    Ours,

    /// <summary>It is the tail of the number that rang, which the provider's answer names (Bird).</summary>
    CallerNumber,

    /// <summary>The provider makes it and checks it too (Lanck's /verify).</summary>
    Provider,
}

/// <summary>
/// A turn at a provider: one of the calls that it may have in progress at once, and a moment in its rate. It is taken before an attempt
/// is claimed, so that a step that has to wait leaves no attempt behind, and given back by disposing it.
/// </summary>
public sealed class ProviderTurn : IDisposable
{
    private TimeSpan? _moment;
    private Action? _giveBack;

    private ProviderTurn(TimeSpan? comeBackIn, TimeSpan? moment, Action? giveBack) =>
        (ComeBackIn, _moment, _giveBack) = (comeBackIn, moment, giveBack);

    /// <summary>A turn where nothing is limited.</summary>
    public static ProviderTurn Free { get; } = new(null, null, null);

    /// <summary>When to ask again, where the turn was not given; null: it was.</summary>
    public TimeSpan? ComeBackIn { get; }

    internal static ProviderTurn Taken(TimeSpan moment, Action giveBack) => new(null, moment, giveBack);

    internal static ProviderTurn Later(TimeSpan comeBackIn) => new(comeBackIn, null, null);

    /// <summary>The moment in the provider's rate, on the limiter's own clock. It is good for one call: null from the second on.</summary>
    internal TimeSpan? Use()
    {
        var moment = _moment;
        _moment = null;
        return moment;
    }

    public void Dispose() => Interlocked.Exchange(ref _giveBack, null)?.Invoke();
}
