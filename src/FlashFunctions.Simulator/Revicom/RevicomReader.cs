using System.Text.Json;
using System.Text.RegularExpressions;

namespace FlashFunctions.Simulator;

/// <summary>Reads one message strictly.</summary>
internal sealed partial class RevicomReader(SimulatedRevicomOptions options)
{
    /// <summary>The message, or what is wrong with it.</summary>
    public (RevicomMessage? Message, string? Problem) Read(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object || Text(item, "channelType") is not "FLASHCALL")
            return (null, "Invalid channelType");
        if (Text(item, "senderName") is not { Length: > 0 } sender)
            return (null, "Invalid senderName");
        // Digits only: a plus is refused.
        if (Text(item, "destination") is not { } destination || !E164.IsDigits(destination))
            return (null, RevicomErrors.InvalidMsisdn);
        if (Text(item, "content") is not { } content || !E164.IsCode(content, 4, options.LongCodes ? 6 : 4))
            return (null, RevicomErrors.InvalidContent);
        if (item.TryGetProperty("tags", out var tags) && !AreTags(tags))
            return (null, "Invalid tags");
        return ReadCallback(item, destination, content, sender);
    }

    private (RevicomMessage?, string?) ReadCallback(JsonElement item, string destination, string content, string sender)
    {
        Uri? address = null;
        if (item.TryGetProperty("callbackUrl", out var url) && !TryAddress(url, out address))
            return (null, "Invalid callbackUrl");
        var events = RevicomMessage.UsualEvents;
        if (item.TryGetProperty("callbackEvents", out var given))
        {
            if (given.ValueKind != JsonValueKind.Array || !given.EnumerateArray().All(IsKnownEvent))
                return (null, "Invalid callbackEvents");
            events = [.. given.EnumerateArray().Select(name => name.GetString()!)];
        }

        return (new RevicomMessage(destination, content, sender, address, events), null);
    }

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool AreTags(JsonElement tags) =>
        tags.ValueKind == JsonValueKind.Array
        && tags.EnumerateArray().All(tag => tag.ValueKind == JsonValueKind.String && Word().IsMatch(tag.GetString()!));

    private static bool TryAddress(JsonElement url, out Uri? address)
    {
        address = null;
        return url.ValueKind == JsonValueKind.String
            && Uri.TryCreate(url.GetString(), UriKind.Absolute, out address)
            && address.Scheme is "http" or "https";
    }

    private bool IsKnownEvent(JsonElement name) =>
        name.ValueKind == JsonValueKind.String && options.KnownEvents.Contains(name.GetString(), StringComparer.Ordinal);

    [GeneratedRegex(@"^\w+\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();
}
