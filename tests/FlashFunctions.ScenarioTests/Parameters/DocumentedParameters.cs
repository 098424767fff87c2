namespace FlashFunctions.ScenarioTests.Parameters;

/// <summary>
/// What the source document's parameter tables and examples name, by endpoint. Facts, against which the rows of the tests are held.
/// </summary>
internal static class DocumentedParameters
{
    /// <summary>Languages of sms and voice.</summary>
    public static readonly string[] Languages =
    [
        "am", "ar", "az", "bn", "de", "en", "es", "fa", "fr", "he", "hi", "hy", "id", "it", "ja", "ka", "kk", "km", "ky", "mg",
        "mn", "ms", "my", "ne", "ps", "pt", "ru", "si", "sn", "so", "sv", "sw", "ta", "tg", "tk", "uk", "ur", "uz", "vi", "zh",
    ];

    /// <summary>Requests to the provider. Every method takes a callbackUrl, says the document, whether or not its table has it.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> OfRequests = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["verify"] = ["number", "method", "from", "language", "codeLength", "ip", "callbackUrl"],
        ["verify/check"] = ["requestId", "code"],
        ["requests"] = ["goal"],
        ["insight/hlr"] = ["number"],
        ["insight/fraudcheck"] = ["number"],
        ["sms"] = ["number", "text", "from", "callbackUrl"],
        ["messaging/push"] = ["number", "text", "title", "callbackUrl"],
        ["messaging/viber"] = ["number", "text", "from", "callbackUrl", "buttonCaption", "buttonActionUrl", "imageUrl"],
        ["messaging/rcs"] = ["number", "text", "callbackUrl"],
        ["messaging/failover"] =
        [
            "number", "flow.type", "flow.message.text", "flow.message.title", "flow.message.from", "flow.message.buttonCaption",
            "flow.message.buttonActionUrl", "flow.message.imageUrl", "flow.failover.wait", "flow.failover.condition", "callbackUrl",
        ],
        ["calls/flash"] = ["number", "from", "code", "callbackUrl"],
        ["calls/p2s"] = ["number", "code", "from", "language", "callbackUrl"],
        ["calls/t2s"] = ["number", "text", "from", "language", "callbackUrl"],
    };

    /// <summary>What the provider calls us with.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> OfCallbacks = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["callback"] =
        [
            "requestId", "number", "mccmnc", "status", "sipStatus", "timestamp", "callCreatedAt", "callRingStartedAt", "callAnsweredAt",
            "callEndedAt", "billable", "duration",
        ],
        ["inbound-sms"] = ["from", "to", "messageId", "text", "timestamp", "parts"],
    };
}
