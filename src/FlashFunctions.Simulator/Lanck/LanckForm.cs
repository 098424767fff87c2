using System.Net;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace FlashFunctions.Simulator;

/// <summary>Reads form parameters by the document's rules; the first that breaks one is the refusal.</summary>
internal sealed class LanckForm(Dictionary<string, StringValues> values, SimulatedLanckOptions options)
{
    /// <summary>Null while nothing is wrong.</summary>
    public Reply? Refusal { get; private set; }

    /// <summary>A form body, or null when it is something else.</summary>
    public static LanckForm? OfBody(ProviderRequest request, SimulatedLanckOptions options) =>
        request.HasContentType("application/x-www-form-urlencoded") ? new LanckForm(Parse(request.Body), options) : null;

    public static LanckForm OfQuery(ProviderRequest request, SimulatedLanckOptions options) =>
        new(request.Query.ToDictionary(item => item.Key, item => item.Value, StringComparer.Ordinal), options);

    public static Dictionary<string, StringValues> Parse(ReadOnlyMemory<byte> body) => QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body.Span));

    /// <summary>The target number, required, as digits.</summary>
    public string Number()
    {
        var given = Text("number", required: true);
        var digits = E164.Digits(given);
        if (given is not null && digits is null)
            Refuse(ErrorTable.InvalidNumber);
        return digits ?? "";
    }

    /// <summary>A trimmed value; an empty one is absent.</summary>
    public string? Text(string name, bool required)
    {
        values.TryGetValue(name, out var given);
        var text = given.Count == 1 ? given[0]?.Trim() : null;
        if (given.Count > 1 || (required && string.IsNullOrEmpty(text)))
            Refuse(ErrorTable.InvalidRequest);
        return string.IsNullOrEmpty(text) ? null : text;
    }

    public string? OneOf(string name, bool required, IReadOnlyList<string> allowed)
    {
        var text = Text(name, required);
        if (text is null || allowed.Contains(text, StringComparer.Ordinal))
            return text;
        Refuse(ErrorTable.InvalidRequest);
        return null;
    }

    /// <summary>A code of 4 to 6 digits.</summary>
    public string? Code(bool required)
    {
        var code = Text("code", required);
        if (code is not null && !E164.IsCode(code, 4, 6))
            Refuse(ErrorTable.InvalidRequest);
        return code;
    }

    /// <summary>The sender, which must have been validated where the options say so.</summary>
    public string? From(bool isNumber)
    {
        var from = Text("from", required: false);
        var name = isNumber ? E164.Digits(from) : from;
        if (from is not null && name is null)
            Refuse(ErrorTable.InvalidRequest);
        if (name is not null && options.AllowedSenders.Count > 0 && !options.AllowedSenders.Contains(name, StringComparer.Ordinal))
            Refuse(ErrorTable.SenderNotAllowed);
        return name;
    }

    public Uri? Address(string name)
    {
        var text = Text(name, required: false);
        if (text is null)
            return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            return address;
        Refuse(ErrorTable.InvalidRequest);
        return null;
    }

    public void NetworkAddress(string name)
    {
        if (Text(name, required: false) is { } text && !IPAddress.TryParse(text, out _))
            Refuse(ErrorTable.InvalidRequest);
    }

    public void Refuse(Reply reply) => Refusal ??= reply;
}
