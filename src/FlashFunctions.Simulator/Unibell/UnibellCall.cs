using System.Text.Json;
using System.Text.Json.Serialization;

namespace FlashFunctions.Simulator;

/// <summary>A readable request for a flash call.</summary>
/// <param name="Number">E.164 digits.</param>
/// <param name="Code">Four digits.</param>
/// <param name="Timeout">The longest the call may ring, where given.</param>
internal sealed record UnibellCall(string Number, string Code, TimeSpan? Timeout)
{
    /// <summary>Reads a body; exactly one of the two results is not null.</summary>
    public static (UnibellCall? Call, Reply? Refusal) Read(ProviderRequest request)
    {
        if (!request.HasJsonContentType)
            return (null, ErrorTable.InvalidRequest);
        try
        {
            using var json = JsonDocument.Parse(request.Body);
            return Read(json.RootElement);
        }
        catch (JsonException)
        {
            return (null, ErrorTable.InvalidRequest);
        }
    }

    private static (UnibellCall?, Reply?) Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("number", out var number) || number.ValueKind != JsonValueKind.String)
            return (null, ErrorTable.InvalidRequest);
        if (E164.Digits(number.GetString()) is not { } digits)
            return (null, ErrorTable.InvalidNumber);
        // A JSON number has no leading zero, so four digits begin at 1000.
        if (!body.TryGetProperty("code", out var code) || code.ValueKind != JsonValueKind.Number || !code.TryGetInt32(out var value) || value is < 1000 or > 9999)
            return (null, ErrorTable.InvalidRequest);
        return TryTimeout(body, out var timeout)
            ? (new UnibellCall(digits, code.GetRawText(), timeout), null)
            : (null, ErrorTable.InvalidRequest);
    }

    private static bool TryTimeout(JsonElement body, out TimeSpan? timeout)
    {
        timeout = null;
        if (!body.TryGetProperty("timeout", out var given))
            return true;
        if (given.ValueKind != JsonValueKind.Number || !given.TryGetInt32(out var milliseconds) || milliseconds <= 0)
            return false;
        timeout = TimeSpan.FromMilliseconds(milliseconds);
        return true;
    }
}

/// <summary>The answer to an accepted call.</summary>
internal sealed record UnibellAccepted(long RequestId, string From);

/// <summary>The account-level callback.</summary>
internal sealed record UnibellCallback(long RequestId, string Number, string Status, long Timestamp, string AppKey);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(UnibellAccepted))]
[JsonSerializable(typeof(UnibellCallback))]
internal sealed partial class UnibellJson : JsonSerializerContext;
