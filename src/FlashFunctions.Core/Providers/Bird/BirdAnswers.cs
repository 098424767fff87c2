using System.Text.Json;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers.Bird;

/// <summary>What Bird's answers mean.</summary>
internal static class BirdAnswers
{
    private const string Destination = "to";

    // Assumed: where a 400's details name a field as a value, it is under one of these.
    private static readonly string[] FieldNames = ["field", "path", "pointer", "property", "param", "parameter", "name"];

    /// <summary>The code is the tail of the <c>from</c> in the answer; without one there, of the number that we asked for.</summary>
    public static PlaceOutcome Taken(Exchange.Answered answer, PhoneNumber? asked) =>
        LooseJson.TryRead(answer.Body.Span, BirdJson.Default.BirdCall) is { Id: { } id } call
        && (ProviderText.Digits(call.From) ?? asked?.Digits) is { } from
            ? new PlaceOutcome.Accepted(id, from)
            : Outcomes.Unreadable(answer);

    public static PlaceOutcome Refused(Exchange.Answered answer)
    {
        var error = Error(answer);
        return answer.Status switch
        {
            401 or 403 or 404 => Outcomes.Account(Reason(answer, error)),
            400 or 422 when error is not null && NamesDestination(error.Details) => new PlaceOutcome.Rejected("invalid number"),
            _ => Outcomes.Refused(Reason(answer, error)),
        };
    }

    public static ReportOutcome ReportRefused(Exchange.Answered answer) => answer.Status is 401 or 403
        ? new ReportOutcome.Retry(Reason(answer, Error(answer)), NeedsOperator: true)
        : new ReportOutcome.Failed(Reason(answer, Error(answer)));

    private static BirdError? Error(Exchange.Answered answer) => LooseJson.TryRead(answer.Body.Span, BirdJson.Default.BirdError);

    private static bool NamesDestination(JsonElement details) => details.ValueKind switch
    {
        JsonValueKind.Object => details.EnumerateObject().Any(member => IsDestination(member.Name)
            || (FieldNames.Contains(member.Name, StringComparer.OrdinalIgnoreCase)
                && member.Value.ValueKind == JsonValueKind.String && IsDestination(member.Value.GetString()!))
            || NamesDestination(member.Value)),
        JsonValueKind.Array => details.EnumerateArray().Any(NamesDestination),
        _ => false,
    };

    // A JSON path, pointer or bare name: $.to, $['to'], /to, body.to, to.
    private static bool IsDestination(string path) =>
        path.Split(['.', '/', '[', ']', '\'', '"'], StringSplitOptions.RemoveEmptyEntries) is [.., var last]
        && last.Equals(Destination, StringComparison.OrdinalIgnoreCase);

    private static string Reason(Exchange.Answered answer, BirdError? error) =>
        $"HTTP {answer.Status} {ProviderText.Letters(error?.Code)}".TrimEnd();
}
