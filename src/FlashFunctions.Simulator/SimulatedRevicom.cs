using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FlashFunctions.Simulator;

/// <summary>What Revicom's two hosts have in common: one operation that takes an array of items, tokens, and the error envelope.</summary>
internal abstract class SimulatedRevicomHost(string name, string operation, string credentials, SimulatedCalls calls)
    : SimulatedProvider(name, calls)
{
    protected const int InvalidCode = 4220;
    private const int MostItems = 1000;

    private static readonly SimulatedReply NotAuthenticated = Error(401, 4010, "Not Authenticated");

    /// <summary>Not documented: an unknown path.</summary>
    private static readonly SimulatedReply NotFound = Error(404, 4040, "Not Found");
    private static readonly SimulatedReply TooManyRequests = Error(429, 4290, "Too Many Requests");

    public override void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost($"/{Name}/api/v1/{operation}", Serve(Receive));
        routes.Map($"/{Name}/{{**rest}}", Serve(_ => NotFound));
    }

    protected static SimulatedReply Invalid(string problem) => Error(422, InvalidCode, problem);

    protected static SimulatedReply Result(IReadOnlyList<SimulatedRevicomItem> items) =>
        SimulatedReply.Json(200, new { Errors = items.Any(item => item.Code != 201), Items = items });

    protected abstract SimulatedReply Receive(IReadOnlyList<JsonElement> items);

    /// <summary>Checks the credentials; the other host's token and the other scheme are known, but may not be used here.</summary>
    protected override SimulatedReply? Authenticate(HttpRequest request)
    {
        var given = request.Headers.Authorization.ToString();
        var token = given[(given.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        return ReplyTo(
            given == credentials ? SimulatedRefusal.None
            : given.Length == 0 ? SimulatedRefusal.InactiveToken
            : token is SimulatorDefaults.RevicomMessageToken or SimulatorDefaults.RevicomConversionToken ? SimulatedRefusal.InactiveAccount
            : SimulatedRefusal.AuthenticationRequired);
    }

    protected override SimulatedReply? ReplyTo(SimulatedRefusal refusal) => refusal switch
    {
        SimulatedRefusal.None or SimulatedRefusal.Undocumented => null,
        SimulatedRefusal.AuthenticationRequired => Error(401, 4012, "Bad credentials"),
        SimulatedRefusal.InactiveToken => NotAuthenticated,
        SimulatedRefusal.InactiveAccount or SimulatedRefusal.InsufficientFunds => Error(403, 4030, "Access Denied"),
        SimulatedRefusal.TooManyRequests => TooManyRequests,
        SimulatedRefusal.TooManyRequestsRetryAfter => TooManyRequests with { RetryAfter = 1 },
        SimulatedRefusal.InvalidNumber => Invalid(SimulatedRevicomMessage.InvalidMsisdn),
        SimulatedRefusal.SenderNotAllowed => Invalid("Invalid senderName"),
        SimulatedRefusal.NotFound => NotFound,
        _ => SimulatedReply.ForFailure(refusal) ?? Invalid(SimulatedRevicomMessage.InvalidContent),
    };

    private SimulatedReply Receive(SimulatedHttpRequest request) =>
        !request.HasContentType("application/json") ? Invalid("Invalid Content-Type")
        : request.Json() is { ValueKind: JsonValueKind.Array } array && array.GetArrayLength() is >= 1 and <= MostItems
            ? Receive([.. array.EnumerateArray()])
        : Invalid("Invalid request");

    private static SimulatedReply Error(int status, int code, string message) =>
        SimulatedReply.FromText(status, $$$"""{"error":{"code":{{{code}}},"msg":"{{{message}}}"}}""");
}

/// <summary>
/// Revicom Direct: flash calls. Assumed: a request without a valid message is a 422 with the first problem; where only some are invalid,
/// the answer is a 200 whose items say which.
/// </summary>
internal sealed class SimulatedRevicom(SimulatedCalls calls) : SimulatedRevicomHost(
    SimulatedProviders.Revicom, "message", "Basic " + SimulatorDefaults.RevicomMessageToken, calls)
{
    public BoundedMap<SimulatedCall> Messages { get; } = new(calls.Options.Limits.Calls);

    protected override SimulatedReply Receive(IReadOnlyList<JsonElement> items)
    {
        var messages = items.Select(item => SimulatedRevicomMessage.Read(item, Calls.Options.RevicomEvents)).ToList();
        if (messages.TrueForAll(message => message.Problem is not null))
        {
            return Invalid(messages[0].Problem!);
        }

        // The number of any message may make the whole request fail.
        var refusals = messages.Where(message => message.Problem is null)
            .Select(message => ReplyTo(SimulatedBehaviours.Of(message.Destination).Refusal));
        if (refusals.FirstOrDefault(reply => reply is not null) is { } refused)
        {
            return refused;
        }

        var scripts = new List<SimulatedScript>(messages.Count);
        return Result([.. messages.Select(message => Place(message, scripts))]) with
        {
            Scripts = scripts,
            Answer = scripts.Select(script => script.Call.Chosen.Answer).FirstOrDefault(answer => answer != SimulatedAnswer.Plain),
        };
    }

    private SimulatedRevicomItem Place(SimulatedRevicomMessage message, List<SimulatedScript> scripts)
    {
        // An undocumented refusal shows in the item.
        var isRefused = SimulatedBehaviours.Of(message.Destination).Refusal == SimulatedRefusal.Undocumented;
        if ((message.Problem ?? (isRefused ? SimulatedRevicomMessage.InvalidMsisdn : null)) is { } problem)
        {
            return new SimulatedRevicomItem(null, InvalidCode, problem);
        }

        var call = FlashCall(message.Destination, SimulatedNumbers.CallerEndingIn(message.Content));
        var uuid = Guid.CreateVersion7(Calls.Now).ToString();
        Messages.Set(uuid, Calls.Place(call, uuid));
        scripts.Add(new Script(call, message));
        return new SimulatedRevicomItem(uuid);
    }

    private static string[] StatusesFor(SimulatedOutcome outcome) => outcome switch
    {
        SimulatedOutcome.Rejected or SimulatedOutcome.Forbidden => ["sent", "rejected"],
        SimulatedOutcome.Unreachable => ["sent", "undelivered"],
        SimulatedOutcome.Unfinished => ["sent"],
        SimulatedOutcome.Swallowed => [],
        SimulatedOutcome.Contradicted => ["sent", "delivered", "undelivered"],
        _ => ["sent", "delivered"],
    };

    /// <summary>Reports the events that were asked for, to the message's address.</summary>
    private sealed class Script(SimulatedCall call, SimulatedRevicomMessage message)
        : SimulatedScript(call, message.CallbackUrl, StatusesFor(call.Outcome))
    {
        protected override string UnknownStatus => "quarantined";

        protected override bool IsWanted(string status) => message.Events.Contains(status, StringComparer.Ordinal);

        public override SimulatedMessage Write(string status, DateTimeOffset at)
        {
            // The source document names the events and leaves the rest out.
            var time = at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
            var body = new { MessageUuid = Call.Reference, Event = status, Destination = Call.Number, Time = time };
            return new SimulatedMessage(SimulatedProviders.Revicom, AddressOrForged(), SimulatedJson.Write(body));
        }
    }
}

/// <summary>Revicom's second host, which takes reports on whether the code that was entered was right.</summary>
internal sealed class SimulatedRevicomConversions(SimulatedCalls calls, SimulatedRevicom revicom) : SimulatedRevicomHost(
    SimulatedProviders.RevicomConversion, "flashcall-conversion", "Bearer " + SimulatorDefaults.RevicomConversionToken, calls)
{
    // The document's table and its example spell the first differently.
    private static readonly string[] Results = ["NUMBER_VERIFIED", "NUMBER_VERIFIERD", "WRONG_CODE"];

    protected override SimulatedReply Receive(IReadOnlyList<JsonElement> items)
    {
        var answers = items.Select(Receive).ToList();
        return answers.TrueForAll(item => item.Code == InvalidCode) ? Invalid(answers[0].Msg!) : Result(answers);
    }

    private SimulatedRevicomItem Receive(JsonElement item)
    {
        var (result, uuid) = (item.Text("result"), item.Text("messageUuid"));
        var problem = string.IsNullOrEmpty(uuid) ? "Invalid messageUuid"
            : !Results.Contains(result, StringComparer.Ordinal) ? "Invalid result"
            : item.Member("code") is { ValueKind: not JsonValueKind.String } ? "Invalid code"
            : null;
        if (problem is not null)
        {
            return new SimulatedRevicomItem(uuid is "" ? null : uuid, InvalidCode, problem);
        }

        if (!revicom.Messages.TryGet(uuid!, out var call))
        {
            return new SimulatedRevicomItem(uuid, 404, "Message not found");
        }

        Calls.Report(SimulatedProviders.Revicom, "conversion", uuid, call.Number, result!, item.Text("code"));
        return new SimulatedRevicomItem(uuid);
    }
}

/// <summary>One item of the answer, in the order of the request.</summary>
/// <param name="Code">201 when it was accepted.</param>
internal sealed record SimulatedRevicomItem(string? MessageUuid, int Code = 201, string? Msg = null);

/// <summary>One message of a request.</summary>
/// <param name="Events">The events that are reported.</param>
/// <param name="Problem">What is wrong with it, in which case nothing else counts; null for a valid one.</param>
internal sealed partial record SimulatedRevicomMessage(
    string Destination, string Content, Uri? CallbackUrl, IReadOnlyList<string> Events, string? Problem)
{
    // What the document says of a code that is not one, and of a bad number.
    public const string InvalidContent = "Invalid content";
    public const string InvalidMsisdn = "Invalid msisdn";

    public static SimulatedRevicomMessage Read(JsonElement item, IReadOnlyList<string> knownEvents)
    {
        var (destination, content) = (item.Text("destination") ?? "", item.Text("content") ?? "");
        Uri? address = null;

        // Without callbackEvents, only "delivered" is reported.
        var events = item.Member("callbackEvents") is { } given ? Strings(given) : ["delivered"];
        var problem = item.Text("channelType") is not "FLASHCALL" ? "Invalid channelType"
            : item.Text("senderName") is not { Length: > 0 } ? "Invalid senderName"
            : !SimulatedNumbers.IsE164(destination) ? InvalidMsisdn
            : !SimulatedNumbers.IsCode(content, 4, 4) ? InvalidContent
            : item.Member("tags") is { } tags && Strings(tags)?.All(tag => Word().IsMatch(tag)) is not true ? "Invalid tags"
            : item.Member("callbackUrl") is not null && !SimulatedJson.TryAddress(item.Text("callbackUrl"), out address)
                ? "Invalid callbackUrl"
            : events?.All(name => knownEvents.Contains(name, StringComparer.Ordinal)) is not true ? "Invalid callbackEvents"
            : null;
        return new SimulatedRevicomMessage(destination, content, address, events ?? [], problem);
    }

    /// <summary>The items of an array of strings, or null where it is not one.</summary>
    private static IReadOnlyList<string>? Strings(JsonElement array) =>
        array.ValueKind == JsonValueKind.Array && array.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. array.EnumerateArray().Select(item => item.GetString()!)]
            : null;

    [GeneratedRegex(@"^\w+\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();
}
