using System.Collections.Frozen;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Workflows;

/// <summary>The number of a call.</summary>
/// <param name="Number">Null where it is missing or wrong.</param>
/// <param name="Test">The test number that it is; null for a real one.</param>
/// <param name="Problem">Why it cannot be called; null where it can, and where it is missing, which the fields say.</param>
public sealed record CalledNumber(NumberReading.Valid? Number, TestNumber? Test, Problem? Problem);

/// <summary>Reads the parameters that several calls share.</summary>
public sealed class CallInput(NumberInput numbers, TestNumbers testNumbers, AddressGuard addresses)
{
    private const int LongestReference = 64;

    /// <summary>Reads <c>number</c>.</summary>
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
    /// Reads <c>reference</c> and <c>callbackUrl</c>, the last parameters of a call, and refuses it where anything is wrong by now: the
    /// fields first, then the number, then <paramref name="refusal"/>.
    /// </summary>
    public Result<CallBasics> Finish(Account account, Fields fields, CalledNumber called, Problem? refusal = null)
    {
        var reference = Reference(fields);
        var callbackUrl = CallbackUrl(fields);
        return (fields.Problem ?? called.Problem ?? refusal) is { } problem
            ? problem
            : new CallBasics(account, fields.Key, called.Number!, called.Test, reference, callbackUrl, fields.Echo);
    }

    /// <summary>A documented language of sms and voice, with or without a region (pt-BR); null where it is absent or wrong.</summary>
    public static string? Language(Fields fields) => Language(fields, SpokenLanguages.OfCodes);

    /// <summary>One of the languages, with or without a region; null where it is absent or wrong.</summary>
    public static string? Language(Fields fields, FrozenSet<string> known)
    {
        var text = fields.Text("language", 16);
        if (text is not null && !known.Contains(Primary(text)))
        {
            fields.Wrong("language", "is not a supported language");
            return null;
        }

        return text;
    }

    /// <summary>A caller number of 6 to 15 digits in <c>from</c>, without its plus; null where it is absent or wrong.</summary>
    public static string? CallerNumber(Fields fields)
    {
        var digits = fields.Caller("from")?.TrimStart('+');
        if (digits is null || (digits.Length is >= 6 and <= 15 && digits.All(char.IsAsciiDigit)))
        {
            return digits;
        }

        fields.Wrong("from", "must be a caller number of 6 to 15 digits, with or without a plus");
        return null;
    }

    /// <summary>The account's own id of what it asks for, 1 to 64 printable ASCII characters; null where it is absent or wrong.</summary>
    private static string? Reference(Fields fields)
    {
        var text = fields.Text("reference", LongestReference);
        if (text is null || text.All(character => character is >= ' ' and <= '~'))
        {
            return text;
        }

        fields.Wrong("reference", "must be printable ASCII characters");
        return null;
    }

    /// <summary>The address for callbacks; null where it is absent or wrong.</summary>
    private string? CallbackUrl(Fields fields)
    {
        var text = fields.Text("callbackUrl", 2_000);
        if (text is null || addresses.Fault(text) is not { } fault)
        {
            return text;
        }

        fields.Wrong("callbackUrl", fault);
        return null;
    }

    // Java, and so Android, still says iw and in for Hebrew and Indonesian.
    private static string Primary(string language) => language.Split('-', '_')[0].ToLowerInvariant() switch
    {
        "iw" => "he",
        "in" => "id",
        var primary => primary,
    };
}
