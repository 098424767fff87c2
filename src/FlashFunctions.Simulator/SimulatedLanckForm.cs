using System.Net;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace FlashFunctions.Simulator;

/// <summary>Reads form parameters by the document's rules; the first that breaks one is the refusal.</summary>
internal sealed class SimulatedLanckForm(
    SimulatedHttpRequest request, IReadOnlyDictionary<string, StringValues> values, SimulatedLanckOptions options)
{
    public ReadOnlyMemory<byte> Payload => request.Body;

    public SimulatedReply? Refusal { get; private set; }

    /// <summary>A form body, or null when the body is something else.</summary>
    public static SimulatedLanckForm? OfBody(SimulatedHttpRequest request, SimulatedLanckOptions options) =>
        request.HasContentType("application/x-www-form-urlencoded") ? new(request, Parse(request.Body), options) : null;

    public static SimulatedLanckForm OfQuery(SimulatedHttpRequest request, SimulatedLanckOptions options) =>
        new(request, request.Query.ToDictionary(item => item.Key, item => item.Value, StringComparer.Ordinal), options);

    public static Dictionary<string, StringValues> Parse(ReadOnlyMemory<byte> body) =>
        QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body.Span));

    public string Route(string name) => request.Route(name);

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

    public string? OneOf(string name, bool required, IReadOnlyList<string> allowed)
    {
        var text = Text(name, required);
        return RefuseUnless(text is null || allowed.Contains(text, StringComparer.Ordinal)) ? text : null;
    }

    public string? Code(bool required)
    {
        var code = Text("code", required);
        return RefuseUnless(code is null || SimulatedNumbers.IsCode(code, 4, 6)) ? code : null;
    }

    /// <summary>The sender in <c>from</c>, which must have been validated where the options say so.</summary>
    public string? Sender(bool isNumber)
    {
        var given = Text("from", required: false);
        var sender = isNumber ? SimulatedNumbers.DigitsOf(given) : given;
        RefuseUnless(given is null || sender is not null);
        if (sender is not null && options.AllowedSenders.Count > 0 && !options.AllowedSenders.Contains(sender, StringComparer.Ordinal))
        {
            Refuse(SimulatedErrors.SenderNotAllowed);
        }

        return sender;
    }

    public Uri? Address(string name)
    {
        Uri? address = null;
        var text = Text(name, required: false);
        return RefuseUnless(text is null || SimulatedJson.TryAddress(text, out address)) ? address : null;
    }

    public void NetworkAddress(string name)
    {
        var text = Text(name, required: false);
        RefuseUnless(text is null || IPAddress.TryParse(text, out _));
    }

    public void Refuse(SimulatedReply reply) => Refusal ??= reply;

    private bool RefuseUnless(bool isValid)
    {
        if (!isValid)
        {
            Refuse(SimulatedErrors.InvalidRequest);
        }

        return isValid;
    }
}
