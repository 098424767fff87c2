using System.Text.Json.Serialization;
using FlashFunctions.Core.Accounts;

namespace FlashFunctions.Core.Providers.Wire;

/// <summary>The error table that Unibell and Lanck share, as data, and what an error of it means for a call or message.</summary>
internal static class SharedErrors
{
    public const int InvalidNumber = 11;

    private static readonly Dictionary<int, NotSentKind> Table = new()
    {
        [1] = NotSentKind.Account,
        [2] = NotSentKind.Account,
        [4] = NotSentKind.Busy,
        [5] = NotSentKind.Account,
        [6] = NotSentKind.Account,
        [10] = NotSentKind.Refused,
        [16] = NotSentKind.Refused,
    };

    public static PlaceOutcome Place(Exchange.Answered answer)
    {
        var code = CodeOf(answer);
        return code == InvalidNumber
            ? new PlaceOutcome.Rejected("invalid number")
            : new PlaceOutcome.NotSent(Reason(answer, code), answer.RetryAfter, KindOf(answer.Status, code));
    }

    /// <summary>Credentials, balance and rate can be put right while the queue tries again; nothing else can.</summary>
    public static ReportOutcome Report(Exchange.Answered answer)
    {
        var code = CodeOf(answer);
        var kind = KindOf(answer.Status, code);
        return kind == NotSentKind.Refused
            ? new ReportOutcome.Failed(Reason(answer, code))
            : new ReportOutcome.Retry(Reason(answer, code), answer.RetryAfter, NeedsOperator: kind == NotSentKind.Account);
    }

    public static long? CodeOf(Exchange.Answered answer) =>
        LooseJson.TryRead(answer.Body.Span, SharedErrorJson.Default.SharedError)?.ErrorCode;

    public static string Reason(Exchange.Answered answer, long? code) =>
        code is null ? $"HTTP {answer.Status}" : $"errorCode {code}";

    private static NotSentKind KindOf(int status, long? code) =>
        code is >= 0 and <= int.MaxValue && Table.TryGetValue((int)code.Value, out var kind) ? kind
            : status is 401 or 402 or 403 ? NotSentKind.Account
            : NotSentKind.Refused;
}

internal sealed record SharedError([property: JsonConverter(typeof(LooseNumber))] long? ErrorCode);

[JsonSourceGenerationOptions(AllowTrailingCommas = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(SharedError))]
internal sealed partial class SharedErrorJson : JsonSerializerContext;
