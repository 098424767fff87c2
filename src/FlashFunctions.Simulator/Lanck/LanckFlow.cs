using System.Text.Json;

namespace FlashFunctions.Simulator;

/// <summary>A readable failover flow.</summary>
internal sealed record LanckFlow(string Number, Uri? CallbackUrl, IReadOnlyList<LanckFlowStep> Steps)
{
    /// <summary>Reads the JSON body, whatever its content type says: the document's own curl sends it as a form.</summary>
    public static (LanckFlow? Flow, Reply? Refusal) Read(ProviderRequest request)
    {
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

    private static (LanckFlow?, Reply?) Read(JsonElement body)
    {
        if (Text(body, "number") is not { } number || !body.TryGetProperty("flow", out var flow) || flow.ValueKind != JsonValueKind.Array)
            return (null, ErrorTable.InvalidRequest);
        if (E164.Digits(number.Trim()) is not { } digits)
            return (null, ErrorTable.InvalidNumber);
        Uri? address = null;
        if (body.TryGetProperty("callbackUrl", out _) && !Uri.TryCreate(Text(body, "callbackUrl"), UriKind.Absolute, out address))
            return (null, ErrorTable.InvalidRequest);
        var steps = flow.EnumerateArray().Select(LanckFlowStep.Read).ToList();
        return steps.Count == 0 || steps.Contains(null)
            ? (null, ErrorTable.InvalidRequest)
            : (new LanckFlow(digits, address, steps!), null);
    }

    internal static string? Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}

/// <summary>One message of a flow.</summary>
/// <param name="Kind">The channel.</param>
/// <param name="Text">The message.</param>
/// <param name="Title">Title of a push message.</param>
/// <param name="From">Sender.</param>
/// <param name="Wait">How long the condition may take.</param>
/// <param name="Condition"><c>delivered</c> or <c>read</c>.</param>
internal sealed record LanckFlowStep(SimulatedCallKind Kind, string Text, string? Title, string? From, TimeSpan Wait, string Condition)
{
    /// <summary>The step, or null when it breaks a rule.</summary>
    public static LanckFlowStep? Read(JsonElement step)
    {
        if (KindOf(LanckFlow.Text(step, "type")) is not { } kind || !step.TryGetProperty("message", out var message))
            return null;
        if (LanckFlow.Text(message, "text") is not { Length: > 0 } text)
            return null;
        var read = new LanckFlowStep(kind, text, LanckFlow.Text(message, "title"), LanckFlow.Text(message, "from"), TimeSpan.Zero, "delivered");
        return step.TryGetProperty("failover", out var failover) ? read.WithFailover(failover) : read;
    }

    private static SimulatedCallKind? KindOf(string? type) => type switch
    {
        "push" => SimulatedCallKind.Push,
        "viber" => SimulatedCallKind.Viber,
        "rcs" => SimulatedCallKind.Rcs,
        "sms" => SimulatedCallKind.Sms,
        _ => null,
    };

    private LanckFlowStep? WithFailover(JsonElement failover)
    {
        var isWait = failover.ValueKind == JsonValueKind.Object && failover.TryGetProperty("wait", out var wait)
            && wait.ValueKind == JsonValueKind.Number && wait.TryGetInt32(out var seconds) && seconds > 0;
        return isWait && LanckFlow.Text(failover, "condition") is "delivered" or "read"
            ? this with { Wait = TimeSpan.FromSeconds(failover.GetProperty("wait").GetInt32()), Condition = LanckFlow.Text(failover, "condition")! }
            : null;
    }
}
