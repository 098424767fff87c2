using System.Text.Json;

namespace FlashFunctions.Simulator;

/// <summary>Takes reports on whether the code that was entered was right.</summary>
internal sealed class RevicomConversions(Desk desk, BoundedMap<string, SimulatedCall> messages)
{
    // The document's table and its example spell the first differently.
    private static readonly string[] Results = ["NUMBER_VERIFIED", "NUMBER_VERIFIERD", "WRONG_CODE"];

    public Outcome Receive(IReadOnlyList<JsonElement> items)
    {
        var answers = items.Select(Receive).ToList();
        if (answers.TrueForAll(item => item.Code == RevicomErrors.InvalidCode))
            return RevicomErrors.Invalid(answers[0].Msg!);
        var result = new RevicomResult(answers.Exists(item => item.Code != 201), answers);
        return Reply.Json(200, result, RevicomJson.Default.RevicomResult);
    }

    private RevicomItem Receive(JsonElement item)
    {
        if (Text(item, "messageUuid") is not { Length: > 0 } uuid)
            return new RevicomItem(null, RevicomErrors.InvalidCode, "Invalid messageUuid");
        if (Text(item, "result") is not { } result || !Results.Contains(result, StringComparer.Ordinal))
            return new RevicomItem(uuid, RevicomErrors.InvalidCode, "Invalid result");
        if (item.TryGetProperty("code", out var code) && code.ValueKind != JsonValueKind.String)
            return new RevicomItem(uuid, RevicomErrors.InvalidCode, "Invalid code");
        if (!messages.TryGet(uuid, out var placed))
            return new RevicomItem(uuid, 404, "Message not found");
        desk.Report(SimulatedProviders.Revicom, "conversion", uuid, placed.Number, result, Text(item, "code"));
        return new RevicomItem(uuid, 201);
    }

    private static string? Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
