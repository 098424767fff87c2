using FlashFunctions.Core.Input;
using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Core.Verifications;

/// <summary>A guess: a code, or the caller number that the phone saw, in digits.</summary>
public sealed record Guess(string RequestId, string? Code, string? Caller)
{
    /// <summary>Reads the parameters of a check.</summary>
    public static Result<Guess> Read(Fields fields)
    {
        var requestId = fields.Text("requestId", 64, required: true);
        var code = fields.Code("code");
        var caller = Digits(fields, fields.Caller("cli"));
        if (code is null && caller is null && !fields.IsWrong("code") && !fields.IsWrong("cli"))
        {
            fields.Wrong("code", "is required, or cli instead of it");
        }

        if (code is not null && caller is not null)
        {
            fields.Wrong("cli", "excludes code");
        }

        return fields.Problem is { } problem ? problem : new Guess(requestId!, code, caller);
    }

    private static string? Digits(Fields fields, string? cli)
    {
        var digits = cli?.TrimStart('+');
        if (digits is null || (cli!.Length - digits.Length <= 1 && digits.Length is >= 6 and <= 15 && digits.All(char.IsAsciiDigit)))
        {
            return digits;
        }

        fields.Wrong("cli", "must be a caller number of 6 to 15 digits, with or without a plus");
        return null;
    }
}
