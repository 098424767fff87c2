using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Workflows;

/// <summary>What a call asks for, once its parameters make sense. <see cref="RequestAcceptor"/> makes it a request.</summary>
/// <param name="Call">Who asks, and about which number.</param>
/// <param name="Product">verify.call, calls.flash and so on: the source document's product names.</param>
/// <param name="Steps">What to send, step by step; none for a look-up.</param>
/// <param name="Life">How long until the request is due.</param>
public sealed record NewRequest(CallBasics Call, string Product, IReadOnlyList<WorkflowStep> Steps, TimeSpan Life)
{
    public bool IsVerification { get; init; }

    /// <summary>How many digits a code has that the service or a provider chooses: 4 to 6, or 0 for a request without one.</summary>
    public int CodeLength { get; init; }

    /// <summary>Whether a provider may be asked that cannot carry a code with a leading zero.</summary>
    public bool NoLeadingZero { get; init; }

    /// <summary>The code that the account chose; null where it chose none.</summary>
    public string? GivenCode { get; init; }

    /// <summary>The sender id or caller number asked for.</summary>
    public string? From { get; init; }

    public string? Language { get; init; }

    /// <summary>Further parameters by the source document's names.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>Where the person is asked for the code; null where the call does not say.</summary>
    public Platform? Platform { get; init; }

    /// <summary>Keyed hash of the account and its id of the person's device; null where the call does not say.</summary>
    public string? Device { get; init; }

    /// <summary>Whether the account knows the person from an earlier verification.</summary>
    public bool IsTrusted { get; init; }

    /// <summary>What all of it may cost, in millionths of the price table's currency; null: anything.</summary>
    public long? MaxPrice { get; init; }

    /// <summary>How long its job stays hidden in the queue.</summary>
    public TimeSpan JobDelay { get; init; }

    /// <summary>Never the code or the text.</summary>
    public override string ToString() => $"{Product} to {Call.Number.Number}";
}

/// <summary>What every call gives that makes a request.</summary>
/// <param name="Account">Who asks.</param>
/// <param name="Key">The idempotency key that it came with.</param>
/// <param name="Number">The phone.</param>
/// <param name="Test">The test number that this is; null for a real one.</param>
/// <param name="Reference">The account's own id of the request.</param>
/// <param name="CallbackUrl">Where the account wants callbacks.</param>
/// <param name="Payload">The parameters as they came.</param>
public sealed record CallBasics(
    Account Account,
    IdempotencyKey? Key,
    NumberReading.Valid Number,
    TestNumber? Test,
    string? Reference,
    string? CallbackUrl,
    IReadOnlyDictionary<string, string> Payload);
