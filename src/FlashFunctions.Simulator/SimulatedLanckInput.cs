using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace FlashFunctions.Simulator;

/// <summary>Reads form parameters by the document's rules; the first that breaks one is the refusal.</summary>
internal sealed class SimulatedLanckForm(
    SimulatedHttpRequest request, IReadOnlyDictionary<string, StringValues> values, SimulatedLanckOptions options)
{
    public SimulatedHttpRequest Request => request;

    public SimulatedReply? Refusal { get; private set; }

    /// <summary>A form body, or null when the body is something else.</summary>
    public static SimulatedLanckForm? OfBody(SimulatedHttpRequest request, SimulatedLanckOptions options) =>
        request.HasContentType("application/x-www-form-urlencoded") ? new(request, Parse(request.Body), options) : null;

    public static SimulatedLanckForm OfQuery(SimulatedHttpRequest request, SimulatedLanckOptions options) =>
        new(request, request.Query.ToDictionary(item => item.Key, item => item.Value, StringComparer.Ordinal), options);

    public static Dictionary<string, StringValues> Parse(ReadOnlyMemory<byte> body) =>
        QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body.Span));

    /// <summary>The required destination, as digits.</summary>
    public string Number()
    {
        var given = Text("number", required: true);
        var digits = SimulatedNumbers.DigitsOf(given);
        if (given is not null && digits is null)
        {
            Refuse(SimulatedErrors.InvalidNumber);
        }

        return digits ?? "";
    }

    /// <summary>A trimmed value; an empty one counts as absent.</summary>
    public string? Text(string name, bool required)
    {
        var given = values.GetValueOrDefault(name);
        var text = given.Count == 1 ? given[0]?.Trim() : null;
        if (given.Count > 1 || (required && string.IsNullOrEmpty(text)))
        {
            Refuse(SimulatedErrors.InvalidRequest);
        }

        return string.IsNullOrEmpty(text) ? null : text;
    }

    public string? OneOf(string name, bool required, IReadOnlyList<string> allowed) =>
        Valid(name, required, text => allowed.Contains(text, StringComparer.Ordinal));

    public string? Code(bool required) => Valid("code", required, text => SimulatedNumbers.IsCode(text, 4, 6));

    public void NetworkAddress(string name) => Valid(name, required: false, text => IPAddress.TryParse(text, out _));

    public Uri? Address(string name) =>
        Valid(name, required: false, text => SimulatedJson.TryAddress(text, out _)) is { } address ? new Uri(address) : null;

    /// <summary>The sender in <c>from</c>, which must have been validated where the options say so.</summary>
    public string? Sender(bool isNumber)
    {
        var sender = Valid("from", required: false, text => !isNumber || SimulatedNumbers.DigitsOf(text) is not null);
        sender = isNumber ? SimulatedNumbers.DigitsOf(sender) : sender;
        if (sender is not null && options.AllowedSenders.Count > 0 && !options.AllowedSenders.Contains(sender, StringComparer.Ordinal))
        {
            Refuse(SimulatedErrors.SenderNotAllowed);
        }

        return sender;
    }

    public void Refuse(SimulatedReply reply) => Refusal ??= reply;

    private string? Valid(string name, bool required, Func<string, bool> isValid)
    {
        var text = Text(name, required);
        if (text is null || isValid(text))
        {
            return text;
        }

        Refuse(SimulatedErrors.InvalidRequest);
        return null;
    }
}

/// <summary>
/// A failover flow: the next message follows at once where one fails, and after the wait where its condition is not met. Assumed: the
/// callbacks describe the request as a whole, so a failed step that is followed by another is not reported.
/// </summary>
internal sealed record SimulatedLanckFlow(string Number, Uri? CallbackUrl, IReadOnlyList<SimulatedLanckFlowStep> Steps)
{
    public const string Product = "messaging.failover";

    /// <summary>Reads the JSON body, whatever its content type says: the document's own curl sends it as a form.</summary>
    public static (SimulatedLanckFlow? Flow, SimulatedReply? Refusal) Read(SimulatedHttpRequest request)
    {
        if (request.ParseJson() is not { } body
            || body.Text("number") is not { } number
            || body.Member("flow") is not { ValueKind: JsonValueKind.Array } flow)
        {
            return (null, SimulatedErrors.InvalidRequest);
        }

        if (SimulatedNumbers.DigitsOf(number.Trim()) is not { } digits)
        {
            return (null, SimulatedErrors.InvalidNumber);
        }

        Uri? address = null;
        var steps = flow.EnumerateArray().Select(SimulatedLanckFlowStep.Read).OfType<SimulatedLanckFlowStep>().ToList();
        var isAddress = body.Member("callbackUrl") is null || Uri.TryCreate(body.Text("callbackUrl"), UriKind.Absolute, out address);
        return isAddress && steps.Count > 0 && steps.Count == flow.GetArrayLength()
            ? (new SimulatedLanckFlow(digits, address, steps), null)
            : (null, SimulatedErrors.InvalidRequest);
    }

    /// <summary>Sends the message of one step; the next is sent later, unless this was the last or succeeds.</summary>
    public SimulatedLanckScript Run(SimulatedLanckRequest request, SimulatedCalls calls, int index = 0)
    {
        var step = Steps[index];
        var (from, text, title) = (step.From, step.Text, step.Title);
        var call = new SimulatedCall(SimulatedProviders.Lanck, Product, step.Kind, Number) { From = from, Text = text, Title = title };
        request.Placed = calls.Place(call, request.Id);
        var statuses = SimulatedLanckStatuses.Of(call.Kind, call.Outcome);
        var hasFailed = statuses is [.., var final] && IsFailure(final);
        var awaited = step.Condition is "read" ? SimulatedLanckStatuses.Read : SimulatedLanckStatuses.Delivered;
        var isLast = index == Steps.Count - 1 || (!hasFailed && statuses.Contains(awaited, StringComparer.Ordinal));
        if (!isLast)
        {
            calls.Callbacks.BeginLater(() => Run(request, calls, index + 1), hasFailed ? TimeSpan.Zero : step.Wait);
        }

        var wasSent = Steps.Take(index)
            .SelectMany(earlier => SimulatedLanckStatuses.Of(earlier.Kind, call.Chosen.Outcome.For(earlier.Kind)))
            .Contains(SimulatedLanckStatuses.Sent, StringComparer.Ordinal);
        var reported = statuses.Where(status => (!wasSent || status is not SimulatedLanckStatuses.Sent) && (isLast || !IsFailure(status)));
        return new SimulatedLanckScript(call, CallbackUrl, [.. reported]);
    }

    private static bool IsFailure(string status) => status is SimulatedLanckStatuses.Undelivered or SimulatedLanckStatuses.Rejected;
}

/// <summary>One message of a flow.</summary>
/// <param name="Wait">How long the condition may take.</param>
/// <param name="Condition"><c>delivered</c> or <c>read</c>.</param>
internal sealed record SimulatedLanckFlowStep(
    SimulatedCallKind Kind, string Text, string? Title, string? From, TimeSpan Wait, string Condition)
{
    /// <summary>The step, or null when it breaks a rule.</summary>
    public static SimulatedLanckFlowStep? Read(JsonElement step)
    {
        SimulatedCallKind? kind = step.Text("type") switch
        {
            "push" => SimulatedCallKind.Push,
            "viber" => SimulatedCallKind.Viber,
            "rcs" => SimulatedCallKind.Rcs,
            "sms" => SimulatedCallKind.Sms,
            _ => null,
        };
        if (kind is null || step.Member("message") is not { } message || message.Text("text") is not { Length: > 0 } text)
        {
            return null;
        }

        var read = new SimulatedLanckFlowStep(kind.Value, text, message.Text("title"), message.Text("from"), TimeSpan.Zero, "delivered");
        return step.Member("failover") is not { } failover ? read
            : failover.Integer("wait") is > 0 and var seconds && failover.Text("condition") is "delivered" or "read"
                ? read with { Wait = TimeSpan.FromSeconds(seconds), Condition = failover.Text("condition")! }
            : null;
    }
}
