namespace FlashFunctions.Core.Accounts;

public static class SenderPolicy
{
    /// <summary>The refusal of a sender that is not among the account's (errorCode 16); null where it is, or none is named.</summary>
    /// <param name="account">The account; one without a list may name any sender.</param>
    /// <param name="from">The sender id or caller number as it came.</param>
    public static Problem? Refusal(Account account, string? from, string field = "from") =>
        from is null || account.Senders.Count == 0 || account.Senders.Any(allowed => Same(allowed, from))
            ? null
            : Problem.SenderNotAllowed(field);

    /// <summary>Caller numbers are written with and without a plus; a sender id is what it is, capitals included.</summary>
    private static bool Same(string allowed, string from) => allowed == from || Digits(allowed) is { } digits && digits == Digits(from);

    private static string? Digits(string text)
    {
        var digits = text.StartsWith('+') ? text[1..] : text;
        return digits.Length > 0 && digits.All(char.IsAsciiDigit) ? digits : null;
    }
}
