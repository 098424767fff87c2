using System.Collections.Frozen;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Numbers;
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

    /// <summary>What is sent besides the code.</summary>
    public MessageContent Content { get; init; } = new();

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
/// <param name="Test">The test number that this is; null for a real one.</param>
/// <param name="Payload">The parameters as they came.</param>
public sealed record CallBasics(
    Account Account,
    IdempotencyKey? Key,
    NumberReading.Valid Number,
    TestNumber? Test,
    string? Reference,
    string? CallbackUrl,
    IReadOnlyDictionary<string, string> Payload);

/// <summary>The number of a call.</summary>
/// <param name="Number">Null where it is missing or wrong.</param>
/// <param name="Test">The test number that it is; null for a real one.</param>
/// <param name="Problem">Why it cannot be called; null where it can, and where it is missing, which the fields say.</param>
public sealed record CalledNumber(NumberReading.Valid? Number, TestNumber? Test, Problem? Problem);

public sealed class CallInput(NumberInput numbers, TestNumbers testNumbers, AddressGuard addresses)
{
    private const int LongestReference = 64;

    public async Task<CalledNumber> NumberAsync(Fields fields, CancellationToken cancellationToken)
    {
        const string Field = "number";
        return numbers.Read(fields, Field) switch
        {
            NumberReading.Valid valid => new CalledNumber(
                valid, await testNumbers.FindAsync(valid.Number, cancellationToken), Problem: null),
            NumberReading.Invalid invalid => new CalledNumber(null, null, Problem.InvalidNumber(Field, invalid.Reason)),
            _ => new CalledNumber(null, null, null),
        };
    }

    /// <summary>
    /// Reads <c>reference</c> (the account's own id of what it asks for, in printable ASCII characters) and <c>callbackUrl</c>, the last
    /// parameters of a call, and refuses it where anything is wrong by now: the fields first, then the number, then
    /// <paramref name="refusal"/>.
    /// </summary>
    public Result<CallBasics> Finish(Account account, Fields fields, CalledNumber called, Problem? refusal = null)
    {
        var reference = fields.Text(
            "reference", LongestReference, text => text.All(character => character is >= ' ' and <= '~'),
            "must be printable ASCII characters");
        var callbackUrl = fields.Text("callbackUrl", 2_000, addresses.Fault);
        return (fields.Problem ?? called.Problem ?? refusal) is { } problem
            ? problem
            : new CallBasics(account, fields.Key, called.Number!, called.Test, reference, callbackUrl, fields.Echo);
    }

    /// <summary>
    /// One of the languages, with or without a region (pt-BR); null where it is absent or wrong. Those of sms and voice, unless others are
    /// given.
    /// </summary>
    public static string? Language(Fields fields, FrozenSet<string>? known = null) => fields.Text(
        "language", 16, text => (known ?? SpokenLanguages.OfCodes).Contains(Primary(text)), "is not a supported language");

    /// <summary>The further parameters that were given; null where none was.</summary>
    public static IReadOnlyDictionary<string, string>? Given(params (string Name, string? Value)[] options)
    {
        var given = options.Where(option => option.Value is not null)
            .ToDictionary(option => option.Name, option => option.Value!, StringComparer.Ordinal);
        return given.Count > 0 ? given : null;
    }

    // Java, and so Android, still says iw and in for Hebrew and Indonesian.
    private static string Primary(string language) => language.Split('-', '_')[0].ToLowerInvariant() switch
    {
        "iw" => "he",
        "in" => "id",
        var primary => primary,
    };
}
