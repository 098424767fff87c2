using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using FlashFunctions.Core.Security;

namespace FlashFunctions.Core.Requests;

/// <summary>
/// What messages say, which may hold a one-time code: sealed in the table, bound to the request, while it may be sent and for some hours
/// after; then only how long it was. The store seals and opens it; nothing above the store meets the sealed form.
/// </summary>
public sealed class KeptTexts(SealedText seal)
{
    private const string Text = "text";
    private const string Title = "title";
    private const string Flow = "flow";
    private const string Message = "message";
    private const string Unreadable = "unreadable";

    private static readonly string[] Payload = [Text, Title, Flow];

    /// <summary>Whether a request's texts are still there.</summary>
    public static bool AreKept(RequestRecord request) => request.Steps.Any(HasText);

    /// <summary>Since when nothing can be sent that they are needed for; null where there are none.</summary>
    public static DateTimeOffset? UnusedSince(RequestRecord request) =>
        !AreKept(request) ? null : request.EndedAt is { } ended && ended < request.Id.DueAt ? ended : request.Id.DueAt;

    /// <summary>The request as it goes into the table.</summary>
    public RequestRecord Seal(RequestRecord request) =>
        AreKept(request) ? Change(request, text => seal.Seal(Owner(request), text)) : request;

    /// <summary>The request as it was before it was sealed. Where the key is gone its texts are lost, and nothing else of it.</summary>
    public RequestRecord Open(RequestRecord request)
    {
        try
        {
            return AreKept(request) ? Change(request, text => seal.Open(Owner(request), text)) : request;
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException or ArgumentException)
        {
            return WithoutTexts(request, (_, _) => Unreadable);
        }
    }

    /// <summary>The request with the length of its texts in their place; the same where that is so already.</summary>
    public static RequestRecord Shorten(RequestRecord request) =>
        AreKept(request) ? WithoutTexts(request, (name, text) => name == Flow ? ShortenFlow(text) : LengthOf(text)) : request;

    private static RequestRecord Change(RequestRecord request, Func<string, string> change) =>
        Change(request, change, (_, text) => change(text));

    private static RequestRecord WithoutTexts(RequestRecord request, Func<string, string, string> inPayload) =>
        Change(request, _ => null, inPayload);

    /// <summary>Changes the texts of the steps, of which null leaves none, and those of the payload by their names.</summary>
    private static RequestRecord Change(
        RequestRecord request, Func<string, string?> inSteps, Func<string, string, string> inPayload) => request with
        {
            Steps = [.. request.Steps.Select(step => Change(step, inSteps))],
            Payload = request.Payload.ToDictionary(
                parameter => parameter.Key,
                parameter => Payload.Contains(parameter.Key) ? inPayload(parameter.Key, parameter.Value) : parameter.Value,
                StringComparer.Ordinal),
        };

    private static WorkflowStep Change(WorkflowStep step, Func<string, string?> change) => step with
    {
        Text = step.Text is { } text ? change(text) : null,
        Options = step.Options?
            .Select(option => (option.Key, Value: option.Key == Title ? change(option.Value) : option.Value))
            .Where(option => option.Value is not null)
            .ToDictionary(option => option.Key, option => option.Value!, StringComparer.Ordinal),
        Flow = step.Flow is { } flow ? [.. flow.Select(message => Change(message, change))] : null,
    };

    private static bool HasText(WorkflowStep step) => step.Text is not null || step.Flow?.Any(HasText) == true;

    private static string ShortenFlow(string json)
    {
        var flow = JsonNode.Parse(json)!.AsArray();
        foreach (var message in flow.Select(step => step?[Message]).OfType<JsonObject>())
        {
            foreach (var name in (string[])[Text, Title])
            {
                if (message[name] is { } text)
                {
                    message[name] = LengthOf(text.GetValue<string>());
                }
            }
        }

        return ReadableJson.Write(json => flow.WriteTo(json));
    }

    private static string LengthOf(string text) =>
        text.Length == 1 ? "1 character" : string.Create(CultureInfo.InvariantCulture, $"{text.Length} characters");

    private static string Owner(RequestRecord request) => $"text of {request.Id.Text}";
}
