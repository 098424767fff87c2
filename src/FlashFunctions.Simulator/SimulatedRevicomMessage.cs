using System.Text.Json;
using System.Text.RegularExpressions;

namespace FlashFunctions.Simulator;

/// <summary>One message of a request to Revicom.</summary>
/// <param name="Destination">E.164 digits.</param>
/// <param name="Content">The code.</param>
/// <param name="CallbackUrl">Where it is reported, or null.</param>
/// <param name="Events">The events that are reported.</param>
internal sealed partial record SimulatedRevicomMessage(string Destination, string Content, Uri? CallbackUrl, IReadOnlyList<string> Events)
{
    /// <summary>What the document says of a code that is not one.</summary>
    public const string InvalidContent = "Invalid content";

    /// <summary>What the document says of a bad number.</summary>
    public const string InvalidMsisdn = "Invalid msisdn";

    /// <summary>What is wrong with the message, in which case the rest is empty; null for a valid one.</summary>
    public string? Problem { get; private init; }

    /// <summary>Reads a message strictly.</summary>
    public static SimulatedRevicomMessage Read(JsonElement item, SimulatedRevicomOptions options)
    {
        if (item.Text("channelType") is not "FLASHCALL")
        {
            return Invalid("Invalid channelType");
        }

        if (item.Text("senderName") is not { Length: > 0 })
        {
            return Invalid("Invalid senderName");
        }

        if (item.Text("destination") is not { } destination || !SimulatedNumbers.IsE164(destination))
        {
            return Invalid(InvalidMsisdn);
        }

        if (item.Text("content") is not { } content || !SimulatedNumbers.IsCode(content, 4, 4))
        {
            return Invalid(InvalidContent);
        }

        if (item.Member("tags") is { } tags && !(Strings(tags)?.All(tag => Word().IsMatch(tag)) ?? false))
        {
            return Invalid("Invalid tags");
        }

        Uri? address = null;
        if (item.Member("callbackUrl") is not null && !SimulatedJson.TryAddress(item.Text("callbackUrl"), out address))
        {
            return Invalid("Invalid callbackUrl");
        }

        // Without callbackEvents, only "delivered" is reported.
        var events = item.Member("callbackEvents") is { } given ? Strings(given) : ["delivered"];
        return events is not null && events.All(name => options.KnownEvents.Contains(name, StringComparer.Ordinal))
            ? new SimulatedRevicomMessage(destination, content, address, events)
            : Invalid("Invalid callbackEvents");
    }

    private static SimulatedRevicomMessage Invalid(string problem) => new("", "", null, []) { Problem = problem };

    /// <summary>The items of an array of strings, or null where it is not one.</summary>
    private static IReadOnlyList<string>? Strings(JsonElement array) =>
        array.ValueKind == JsonValueKind.Array && array.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. array.EnumerateArray().Select(item => item.GetString()!)]
            : null;

    [GeneratedRegex(@"^\w+\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();
}
