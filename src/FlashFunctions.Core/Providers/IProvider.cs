using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Core.Providers;

/// <summary>
/// An upstream provider. What a provider may answer is a result and never an exception; only a cancelled
/// <see cref="CancellationToken"/> and a bug throw.
/// </summary>
public interface IProvider
{
    /// <summary>Lower-case name: the key in configuration, in a workflow's step, and in the path of its webhook.</summary>
    string Name { get; }

    /// <summary>The destination countries (two letters) whose circuit is open for everybody.</summary>
    IReadOnlyList<string> OpenCountries => [];

    /// <summary>True while the circuit to a country is open, for everybody or for that account: routing passes the provider over.</summary>
    bool IsCircuitOpen(string country, string? account) => false;

    /// <summary>Takes a turn at the provider for one call, or says when it may be asked again: its rate, and how many calls it may have under way.</summary>
    /// <param name="hasWaited">The step was turned away before, and does not queue up behind those who come for the first time.</param>
    ProviderTurn TakeTurn(bool hasWaited) => ProviderTurn.Free;

    /// <summary>
    /// True when its webhooks name only its own reference, so that it must be remembered which attempt that is; false when
    /// the address that it calls back says so.
    /// </summary>
    bool IsFoundByReference => false;

    /// <summary>True where routing comes to it only by name: in a workflow's step, or in a configured order.</summary>
    bool OnlyWhenNamed => false;

    /// <summary>True where it answers <see cref="LookUpAsync"/> and <see cref="FraudCheckAsync"/>.</summary>
    bool KnowsNumbers => false;

    /// <summary>How this provider would carry the method, or null when it cannot.</summary>
    Capability? CapabilityFor(Channel channel, int codeLength);

    /// <summary>
    /// The caller number, in digits, that <see cref="PlaceAsync"/> will ask for, where the provider lets us choose it; null where it does not. The same
    /// for the same placement, so that a code is known before it rings.
    /// </summary>
    string? CallerFor(Placement placement) => null;

    /// <summary>
    /// How many leading digits of a caller number may be shown without telling more of the code than that it has that many digits; 0: none.
    /// </summary>
    int ShownDigits(string caller, int codeLength) => Math.Max(0, caller.Length - codeLength);

    /// <summary>Places one call or message. Never repeated after an <see cref="PlaceOutcome.Unclear"/> answer.</summary>
    Task<PlaceOutcome> PlaceAsync(Placement placement, CancellationToken cancellationToken);

    /// <summary>
    /// Asks how an attempt stands, for where its webhook got lost. Null where the provider does not say: it cannot be asked, is out of reach, or
    /// knows no such attempt.
    /// </summary>
    /// <param name="reference">The provider's id of the attempt.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<ProviderEvent?> ReadAsync(string reference, CancellationToken cancellationToken) => Task.FromResult<ProviderEvent?>(null);

    /// <summary>
    /// Tells the provider how the attempt's verification ended. An outcome for which it has no operation is
    /// <see cref="ReportOutcome.Done"/> without a call.
    /// </summary>
    Task<ReportOutcome> ReportAsync(UpstreamReport report, CancellationToken cancellationToken);

    /// <summary>
    /// Asks whether a code is right that this provider made (<see cref="CodeSource.Provider"/>). Each asking may use up one of its own
    /// guesses, so it is never repeated.
    /// </summary>
    /// <param name="reference">The provider's id of the attempt.</param>
    /// <param name="code">What the user entered.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<DelegatedCheck> CheckAsync(string reference, string code, CancellationToken cancellationToken) =>
        Task.FromResult<DelegatedCheck>(new DelegatedCheck.NotAsked("makes no codes of its own"));

    /// <summary>Asks the network about a number.</summary>
    Task<Insight<HlrReading>> LookUpAsync(PhoneNumber number, CancellationToken cancellationToken) =>
        Task.FromResult<Insight<HlrReading>>(new Insight<HlrReading>.Unavailable("knows no numbers"));

    /// <summary>Asks whether a number was used for fraud.</summary>
    Task<Insight<FraudReading>> FraudCheckAsync(PhoneNumber number, CancellationToken cancellationToken) =>
        Task.FromResult<Insight<FraudReading>>(new Insight<FraudReading>.Unavailable("knows no numbers"));
}

/// <summary>How a provider carries a channel.</summary>
/// <param name="Source">Who makes the code.</param>
/// <param name="DefaultWait">How long a step on it waits, unless the workflow says otherwise.</param>
/// <param name="NoLeadingZero">The code must not begin with 0 (Unibell's is a JSON number).</param>
/// <param name="TellsCaller">Its answer names the number that rings (all but Revicom).</param>
/// <param name="TakesCaller">The number that rings may be asked for (Lanck and Bird).</param>
/// <param name="TailDigits">How many digits of entropy the code has, where it is the tail of a number out of a pool; null: as many as it is long.</param>
/// <param name="MayFallShort">It is used though its code has fewer digits than asked for: in development alone.</param>
public sealed record Capability(
    CodeSource Source,
    TimeSpan DefaultWait,
    bool NoLeadingZero = false,
    bool TellsCaller = false,
    bool TakesCaller = false,
    int? TailDigits = null,
    bool MayFallShort = false)
{
    /// <summary>Whether its code is as hard to guess as one of that length.</summary>
    public bool IsAsHardAs(int codeLength) => TailDigits is not { } digits || digits >= codeLength;

    /// <summary>Whether a verification that asks for that length may come to it.</summary>
    public bool Suits(int codeLength) => MayFallShort || IsAsHardAs(codeLength);
}

/// <summary>Who makes the code.</summary>
public enum CodeSource
{
    /// <summary>We choose it and the provider carries it.</summary>
    Ours,

    /// <summary>It is the tail of the number that rang, which the provider tells us (Bird).</summary>
    CallerNumber,

    /// <summary>The provider makes it and checks it too (Lanck /verify).</summary>
    Provider,
}

/// <summary>One call or message to place.</summary>
/// <param name="Attempt">Which attempt of which request this is; also the seed of anything that must be chosen again alike.</param>
/// <param name="Channel">What to send.</param>
/// <param name="To">The phone.</param>
/// <param name="Code">The digits to carry, where the code is ours.</param>
/// <param name="CodeLength">4 to 6, the length of the code whoever makes it.</param>
/// <param name="From">Sender id or caller number that the account asked for, if any.</param>
/// <param name="Text">Text of a message or speech.</param>
/// <param name="Language">Language of a spoken code or text, as the source document lists them.</param>
/// <param name="RingTimeout">The longest the phone may ring.</param>
/// <param name="Options">Further parameters of the channel by the source document's name (title, buttonCaption, buttonActionUrl, imageUrl, ip).</param>
public sealed record Placement(
    AttemptKey Attempt,
    Channel Channel,
    PhoneNumber To,
    string? Code,
    int CodeLength,
    string? From,
    string? Text,
    string? Language,
    TimeSpan RingTimeout,
    IReadOnlyDictionary<string, string> Options)
{
    /// <summary>Where the phone belongs, two letters; empty where that is not known.</summary>
    public string Country { get; init; } = "";

    /// <summary>Who asked for it.</summary>
    public string Account { get; init; } = "";

    /// <summary>The turn that was taken for it; null: it takes one itself.</summary>
    public ProviderTurn? Turn { get; init; }

    /// <summary>The messages of a <see cref="Channel.Flow"/>, in order.</summary>
    public IReadOnlyList<FlowMessage> Flow { get; init; } = [];
}

/// <summary>One message of a failover flow that the provider goes through by itself.</summary>
/// <param name="Channel">Push, Viber, RCS or SMS.</param>
/// <param name="Text">What it says.</param>
/// <param name="From">Sender, if any.</param>
/// <param name="Options">Further parameters, as a placement's.</param>
/// <param name="Wait">How long to wait for it before the next; null for the last.</param>
/// <param name="UntilRead">Wait for it to be read, not only to be delivered.</param>
public sealed record FlowMessage(
    Channel Channel, string Text, string? From, IReadOnlyDictionary<string, string> Options, TimeSpan? Wait = null, bool UntilRead = false);

/// <summary>An attempt of a request; attempts of a request are numbered from 0.</summary>
public readonly record struct AttemptKey(string RequestId, int Number);
