using System.Text.RegularExpressions;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Security;

namespace FlashFunctions.Http.Manage;

/// <summary>Writes every change and every look of an operator into the security log: who, what and how it ended.</summary>
public sealed partial class OperatorAudit(SecurityLog log, ServiceKey key)
{
    private const int FingerprintLength = 12;
    private const int MostFields = 20;

    /// <summary>A call was answered; a GET changes nothing. Without an answer it failed half way.</summary>
    public void Note(HttpRequest request, Fields? fields, IResult? answer)
    {
        if (HttpMethods.IsGet(request.Method))
        {
            log.OperatorRead(Who(request), What(request, answer), Outcome(answer), CallerAddress.Of(request));
        }
        else
        {
            log.OperatorChanged(Who(request), What(request, answer), Names(fields), Outcome(answer), CallerAddress.Of(request));
        }
    }

    /// <summary>A call came without the function key in its header.</summary>
    public void NoteMissingKey(HttpRequest request) => log.OperatorKeyRefused(CallerAddress.Of(request));

    /// <summary>The function key that was shown, as a keyed hash: the host does not say its name.</summary>
    private string Who(HttpRequest request) =>
        key.Hash("operator key", request.Headers[ManageApi.KeyHeader].ToString())[..FingerprintLength];

    /// <summary>The path, and what was created; a part that may be a number, or is nothing that we name things by, is left out.</summary>
    private static string What(HttpRequest request, IResult? answer)
    {
        var parts = (request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(part => IsName().IsMatch(part) ? part : "…");
        var made = answer switch
        {
            JsonAnswer<AccountBody> { Status: StatusCodes.Status201Created } account => $" → {account.Value.Id}",
            JsonAnswer<TokenBody> { Status: StatusCodes.Status201Created } token => $" → {token.Value.KeyId}",
            _ => "",
        };
        return $"{request.Method} {string.Join('/', parts)}{made}";
    }

    private static string Names(Fields? fields)
    {
        string[] names =
            [.. (fields?.Names ?? []).Where(name => IsFieldName().IsMatch(name)).Order(StringComparer.Ordinal).Take(MostFields)];
        return names.Length > 0 ? string.Join(',', names) : SecurityLog.Unknown;
    }

    private static string Outcome(IResult? answer) => answer switch
    {
        null => "failed",
        ProblemAnswer refused => $"error_{refused.Problem.ErrorCode}",
        _ => "done",
    };

    // Every id contains a letter; what has none may be a phone number.
    [GeneratedRegex(@"^(?=[^a-zA-Z]*[a-zA-Z])[a-zA-Z0-9._-]{1,64}$", RegexOptions.None, matchTimeoutMilliseconds: 100)]
    private static partial Regex IsName();

    [GeneratedRegex("^[a-zA-Z]{1,40}$", RegexOptions.None, matchTimeoutMilliseconds: 100)]
    private static partial Regex IsFieldName();
}
