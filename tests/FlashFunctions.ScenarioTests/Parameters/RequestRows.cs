using System.Text.Json.Nodes;

namespace FlashFunctions.ScenarioTests.Parameters;

/// <summary>A row of a parameter table: what our API is given, and what has to reach the provider under the same name.</summary>
/// <param name="Endpoint">The source document's path, which is ours as well.</param>
/// <param name="Parameter">The parameter; of a flow, where it stands in its steps.</param>
/// <param name="Value">What our API is given.</param>
/// <param name="With">A further parameter that it needs, as name=value.</param>
/// <param name="Received">What the provider receives; null: what was given; empty: nothing.</param>
/// <param name="Because">Why the provider receives something else or nothing.</param>
public sealed record RequestRow(
    string Endpoint, string Parameter, string Value, string? With = null, string? Received = null, string? Because = null)
{
    /// <summary>A row of which the provider does not get what was given.</summary>
    public bool IsWithheld => Received is not null;

    public override string ToString() => $"{Endpoint} {Parameter}={Value}{(With is null ? "" : $" with {With}")}";
}

/// <summary>The rows of the forms that reach the provider.</summary>
internal static class RequestRows
{
    /// <summary>Stands for a phone of the row's own.</summary>
    public const string Phone = "(phone)";

    /// <summary>Stands for the account's address.</summary>
    public const string Backend = "(backend)";

    private const string OurAddress = "http://service.test/webhooks/lanck/";
    private const string Relayed = "the provider reports to us, and we to the account";
    private const string SmsOnly = "the document has it for SMS only, and a call's number would be known to whoever named it";

    /// <summary>Every row of the endpoints whose bodies are forms.</summary>
    public static IReadOnlyList<RequestRow> Forms { get; } =
    [
        new("verify", "number", Phone),
        new("verify", "method", "sms"),
        new("verify", "method", "voice"),
        new("verify", "method", "call"),
        new("verify", "from", "Hello", "method=sms"),
        new("verify", "from", "37282329823", "method=call", Received: "", Because: SmsOnly),
        new("verify", "from", "37282329823", "method=voice", Received: "", Because: SmsOnly),
        .. DocumentedParameters.Languages.Select(language => new RequestRow("verify", "language", language, "method=sms")),
        .. DocumentedParameters.Languages.Select(language => new RequestRow("verify", "language", language, "method=voice")),
        new("verify", "language", "pt-BR", "method=sms", Received: "pt", Because: "the document has no regions"),
        new("verify", "codeLength", "4"),
        new("verify", "codeLength", "5"),
        new("verify", "codeLength", "6"),
        new("verify", "ip", "203.0.113.9"),
        new("verify", "ip", "2001:db8::9"),
        new("verify", "callbackUrl", Backend, Received: OurAddress, Because: Relayed),

        new("insight/hlr", "number", Phone),
        new("insight/fraudcheck", "number", Phone),

        new("sms", "number", Phone),
        new("sms", "text", "Your order #29211 received & more: 5 € + tip"),
        new("sms", "from", "Hello"),
        new("sms", "from", "+37282329823"),
        new("sms", "callbackUrl", Backend, Received: OurAddress, Because: Relayed),

        new("messaging/push", "number", Phone),
        new("messaging/push", "text", "Your order #29211 received"),
        new("messaging/push", "title", "Hi!"),
        new("messaging/push", "callbackUrl", Backend, Received: OurAddress, Because: Relayed),

        new("messaging/viber", "number", Phone),
        new("messaging/viber", "text", "Ваш заказ принят"),
        new("messaging/viber", "from", "Hello"),
        new("messaging/viber", "callbackUrl", Backend, Received: OurAddress, Because: Relayed),
        new("messaging/viber", "buttonCaption", "Open", "buttonActionUrl=https://shop.example/"),
        new("messaging/viber", "buttonActionUrl", "https://shop.example/orders?id=29211&x=1", "buttonCaption=Open"),
        new("messaging/viber", "imageUrl", "https://shop.example/image.png"),

        new("messaging/rcs", "number", Phone),
        new("messaging/rcs", "text", "Your order #29211 received"),
        new("messaging/rcs", "callbackUrl", Backend, Received: OurAddress, Because: Relayed),

        new("calls/flash", "number", Phone),
        new("calls/flash", "from", "37282329823"),
        new("calls/flash", "from", "+37282329823", Received: "37282329823", Because: "the document's caller numbers are digits"),
        new("calls/flash", "code", "0123"),
        new("calls/flash", "code", "01234"),
        new("calls/flash", "code", "123456"),
        new("calls/flash", "callbackUrl", Backend, Received: OurAddress, Because: Relayed),

        new("calls/p2s", "number", Phone),
        new("calls/p2s", "code", "0123"),
        new("calls/p2s", "code", "01234"),
        new("calls/p2s", "code", "123456"),
        new("calls/p2s", "from", "37282329823"),
        .. DocumentedParameters.Languages.Select(language => new RequestRow("calls/p2s", "language", language)),
        new("calls/p2s", "callbackUrl", Backend, Received: OurAddress, Because: Relayed),

        new("calls/t2s", "number", Phone),
        new("calls/t2s", "text", "Hi, i'm using API!"),
        new("calls/t2s", "from", "37282329823"),
        new("calls/t2s", "language", "en"),
        new("calls/t2s", "language", "ru"),
        new("calls/t2s", "callbackUrl", Backend, Received: OurAddress, Because: Relayed),
    ];

    /// <summary>Every row of a flow that is handed to the provider whole.</summary>
    public static IReadOnlyList<RequestRow> Flows { get; } =
    [
        new("messaging/failover", "number", Phone),
        new("messaging/failover", "flow.type", "push"),
        new("messaging/failover", "flow.type", "viber"),
        new("messaging/failover", "flow.type", "rcs"),
        new("messaging/failover", "flow.type", "sms"),
        new("messaging/failover", "flow.message.text", "Your order #29211 received", "type=rcs"),
        new("messaging/failover", "flow.message.title", "Hello", "type=push"),
        new("messaging/failover", "flow.message.from", "Hello", "type=viber"),
        new("messaging/failover", "flow.message.from", "Hello", "type=sms"),
        new("messaging/failover", "flow.message.buttonCaption", "Open", "type=viber"),
        new("messaging/failover", "flow.message.buttonActionUrl", "https://shop.example/?a=1&b=2", "type=viber"),
        new("messaging/failover", "flow.message.imageUrl", "https://shop.example/image.png", "type=viber"),
        new("messaging/failover", "flow.failover.wait", "1"),
        new("messaging/failover", "flow.failover.wait", "120"),
        new("messaging/failover", "flow.failover.condition", "delivered"),
        new("messaging/failover", "flow.failover.condition", "read", "type=viber"),
        new("messaging/failover", "callbackUrl", Backend, Received: OurAddress, Because: Relayed),
    ];

    /// <summary>Every row of the endpoints that follow a request.</summary>
    public static IReadOnlyList<RequestRow> RequestSideEffects { get; } =
    [
        new(
            "verify/check",
            "requestId",
            "(ours)",
            Received: "(the provider's)",
            Because: "the provider knows the verification by its own id"),
        new("verify/check", "code", "5555"),
        new("requests", "goal", "NUMBER_VERIFIED"),
        new("requests", "goal", "LINK_OPENED"),
    ];

    /// <summary>The row of that name.</summary>
    public static RequestRow Named(string name) => Forms.Concat(Flows).Single(row => row.ToString() == name);

    /// <summary>The body of a call to one of our endpoints that has forms, with nothing but what it cannot do without.</summary>
    public static Dictionary<string, string> Least(string endpoint) => endpoint switch
    {
        "verify" => new(StringComparer.Ordinal) { ["method"] = "sms" },
        "calls/p2s" => new(StringComparer.Ordinal) { ["code"] = "1234" },
        "calls/flash" or "insight/hlr" or "insight/fraudcheck" => new(StringComparer.Ordinal),
        _ => new(StringComparer.Ordinal) { ["text"] = "Hello world" },
    };

    /// <summary>A flow of two messages, the first of which has the row's parameter.</summary>
    public static JsonObject Flow(RequestRow row)
    {
        var message = new JsonObject { ["text"] = "Hello world" };
        var failover = new JsonObject();
        var step = new JsonObject { ["type"] = row.With?.Split('=')[1] ?? "push", ["message"] = message, ["failover"] = failover };
        var path = row.Parameter.Split('.');
        if (path[0] == "flow")
        {
            var owner = path.Length == 2 ? step : path[1] == "message" ? message : failover;
            owner[path[^1]] = path[^1] == "wait"
                ? JsonValue.Create(int.Parse(row.Value, System.Globalization.CultureInfo.InvariantCulture))
                : row.Value;
        }

        return new JsonObject
        {
            ["provider"] = "lanck",
            ["flow"] = new JsonArray(step, JsonNode.Parse("""{"type":"sms","message":{"text":"the last"}}""")),
        };
    }
}
