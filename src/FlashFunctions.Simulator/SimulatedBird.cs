using System.Security.Cryptography;
using System.Text.Json;

namespace FlashFunctions.Simulator;

/// <summary>Bird: flash calls whose code is the tail of the number that rings, ended by id or by both numbers.</summary>
internal sealed class SimulatedBird(SimulatedCalls calls) : SimulatedProvider(SimulatedProviders.Bird, calls)
{
    private const string FlashCalls = "/bird/workspaces/{workspaceId}/channels/{channelId}/flashcalls";
    private const int DefaultRingTimeout = 30;
    private static readonly string[] Results = ["unknown", "verified", "canceled", "timeout", "wrong_cli"];

    /// <summary>Calls by id, and the latest between two numbers by both of them.</summary>
    private readonly BoundedMap<SimulatedBirdCall> _calls = new(calls.Options.Limits.Calls * 2);

    private static SimulatedReply Unauthorized { get; } = Error(401, "Unauthorized", "The access key is missing or not valid");

    private static SimulatedReply NotFound { get; } = Error(404, "NotFound", "The resource was not found");

    private static SimulatedReply NotJson { get; } = Error(400, "InvalidPayload", "The body is not JSON");

    private static SimulatedReply TooManyRequests { get; } = Error(429, "TooManyRequests", "Too many requests");

    private SimulatedBirdOptions Options => Calls.Options.Bird;

    public override void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(FlashCalls, Serve(request => WithBody(request, Place)));
        routes.MapPost(FlashCalls + "/hangup", Serve(request => WithBody(request, EndByNumbers)));
        routes.MapPost(FlashCalls + "/{callId}", Serve(request => WithBody(request, body => EndById(request.Route("callId"), body))));
        routes.Map("/bird/{**rest}", Serve(_ => NotFound));
    }

    protected override SimulatedReply? Authenticate(HttpRequest request) =>
        request.Headers.Authorization == "AccessKey " + Options.AccessKey ? null : Unauthorized;

    /// <summary>Only 400, 404 and 422 are documented for flash calls.</summary>
    protected override SimulatedReply? ReplyTo(SimulatedRefusal refusal) => refusal switch
    {
        SimulatedRefusal.None => null,
        SimulatedRefusal.AuthenticationRequired or SimulatedRefusal.InactiveToken => Unauthorized,
        SimulatedRefusal.InactiveAccount => Error(403, "Forbidden", "The access key may not do this"),
        SimulatedRefusal.TooManyRequests => TooManyRequests,
        SimulatedRefusal.TooManyRequestsRetryAfter => TooManyRequests with { RetryAfter = 1 },
        SimulatedRefusal.InsufficientFunds => Error(400, "InsufficientBalance", "The balance is too low"),
        SimulatedRefusal.InvalidNumber => Invalid("$.to", "is not a phone number"),
        SimulatedRefusal.SenderNotAllowed => Invalid("$.from", "is not a number of this channel"),
        SimulatedRefusal.Undocumented =>
            Error(400, "DestinationNotSupported", "The destination cannot be called", Details("$.to", "cannot be called")),
        SimulatedRefusal.NotFound => NotFound,
        _ => SimulatedReply.ForFailure(refusal) ?? Invalid("$.ringTimeout", "must be between 3 and 120"),
    };

    private SimulatedReply WithBody(SimulatedHttpRequest request, Func<SimulatedBirdBody, SimulatedReply> handle)
    {
        var isOurs = string.Equals(request.Route("workspaceId"), Options.WorkspaceId, StringComparison.OrdinalIgnoreCase)
            && string.Equals(request.Route("channelId"), Options.ChannelId, StringComparison.OrdinalIgnoreCase);
        if (!isOurs)
        {
            return NotFound;
        }

        if (!request.HasJsonContentType || request.Json() is not { } json)
        {
            return NotJson;
        }

        return json.ValueKind == JsonValueKind.Object ? handle(new SimulatedBirdBody(json)) : Invalid("$", "must be an object");
    }

    private SimulatedReply Place(SimulatedBirdBody body)
    {
        body.AllowOnly("from", "to", "ringTimeout");
        var to = body.Number("to", required: true) ?? "";
        var from = body.Number("from", required: false);
        var ringTimeout = body.Integer("ringTimeout", 3, 120) ?? DefaultRingTimeout;
        if (from is not null && Options.Numbers.Count > 0 && !Options.Numbers.Contains(from, StringComparer.Ordinal))
        {
            body.AddProblem("from", "is not a number of this channel");
        }

        return RefusalOf(body) ?? Answer(to, () => Accept(to, from ?? ChooseCaller(), ringTimeout));
    }

    private SimulatedReply Accept(string to, string from, int ringTimeout)
    {
        var placed = new SimulatedCall(Name, "calls.flash", SimulatedCallKind.FlashCall, to) { From = from, Status = "accepted" };
        Calls.Place(placed, Guid.CreateVersion7(Calls.Now).ToString(), TimeSpan.FromSeconds(ringTimeout));
        var call = new SimulatedBirdCall(placed, Options.ChannelId, ringTimeout);
        _calls.Set(placed.Reference, call);
        _calls.Set(KeyOf(from, to), call);
        return SimulatedReply.Json(202, call.Show("accepted")) with
        {
            Scripts = [new SimulatedBirdScript(call, Calls.Addresses.Bird, Options.SigningKey)],
        };
    }

    private SimulatedReply EndById(string id, SimulatedBirdBody body)
    {
        body.AllowOnly("receivedCli", "result");
        return End(id, body, resultRequired: true, "end");
    }

    /// <summary>The second of the two documented schemas, with both numbers, allows further fields and no result.</summary>
    private SimulatedReply EndByNumbers(SimulatedBirdBody body)
    {
        var isFirstSchema = !body.Has("from") && !body.Has("to") && body.Has("result");
        if (isFirstSchema)
        {
            body.AllowOnly("receivedCli", "result");
        }

        var from = body.Number("from", required: !isFirstSchema);
        var to = body.Number("to", required: !isFirstSchema);
        return End(KeyOf(from, to), body, resultRequired: isFirstSchema, "hangup");
    }

    private SimulatedReply End(string key, SimulatedBirdBody body, bool resultRequired, string kind)
    {
        var given = body.Text("result", resultRequired);
        if (given is not null && !Results.Contains(given, StringComparer.Ordinal))
        {
            body.AddProblem("result", "must be one of " + string.Join(", ", Results));
        }

        var receivedCli = body.Text("receivedCli", required: false);
        if (RefusalOf(body) is { } refusal)
        {
            return refusal;
        }

        if (!_calls.TryGet(key, out var call))
        {
            return NotFound;
        }

        var result = given ?? "unknown";
        Calls.Report(Name, kind, call.Placed.Reference, call.Placed.Number, result, receivedCli);
        var status = result is "canceled" ? "cancelled" : "completed";
        if (call.TryHangUp(status, Calls.Now))
        {
            Calls.Callbacks.Begin(new SimulatedBirdScript(call, Calls.Addresses.Bird, Options.SigningKey, hangupStatus: status));
        }

        return SimulatedReply.Json(202, new { ReceivedCli = receivedCli, Result = given });
    }

    private static string KeyOf(string? from, string? to) => from + ">" + to;

    private string ChooseCaller() => Options.Numbers.Count == 0
        ? SimulatedNumbers.CallerFromPool()
        : Options.Numbers[RandomNumberGenerator.GetInt32(Options.Numbers.Count)];

    private static SimulatedReply? RefusalOf(SimulatedBirdBody body) => body.Problems.Count == 0 ? null : Invalid(body.Problems);

    private static SimulatedReply Invalid(string path, string message) => Invalid(Details(path, message));

    private static SimulatedReply Invalid(IReadOnlyDictionary<string, string[]> details) =>
        Error(422, "InvalidPayload", "One or more fields are not valid", details);

    private static Dictionary<string, string[]> Details(string path, string message) => new(StringComparer.Ordinal) { [path] = [message] };

    /// <summary>Both error schemas: details are messages by JSON path where the request was invalid.</summary>
    private static SimulatedReply Error(
        int status, string code, string message, IReadOnlyDictionary<string, string[]>? details = null) =>
        SimulatedReply.Json(status, new { Code = code, Message = message, Details = details });
}

/// <summary>Checks a request body against a schema and collects what is wrong, by JSON path.</summary>
internal sealed class SimulatedBirdBody(JsonElement body)
{
    private readonly Dictionary<string, string[]> _problems = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string[]> Problems => _problems;

    public bool Has(string name) => body.Member(name) is not null;

    /// <summary>additionalProperties: false.</summary>
    public void AllowOnly(params ReadOnlySpan<string> names)
    {
        foreach (var property in body.EnumerateObject())
        {
            if (!names.Contains(property.Name))
            {
                AddProblem(property.Name, "is not a known property");
            }
        }
    }

    public string? Text(string name, bool required)
    {
        if (body.Member(name) is not { } value)
        {
            if (required)
            {
                AddProblem(name, "is required");
            }
        }
        else if (value.ValueKind != JsonValueKind.String)
        {
            AddProblem(name, "must be a string");
        }

        return body.Text(name);
    }

    /// <summary>A phone number, as digits.</summary>
    public string? Number(string name, bool required)
    {
        var text = Text(name, required);
        var digits = SimulatedNumbers.DigitsOf(text);
        if (text is not null && digits is null)
        {
            AddProblem(name, "is not a phone number");
        }

        return digits;
    }

    public int? Integer(string name, int least, int most)
    {
        var number = body.Integer(name);
        if (Has(name) && number is null)
        {
            AddProblem(name, "must be an integer");
        }
        else if (number < least || number > most)
        {
            AddProblem(name, $"must be between {least} and {most}");
        }

        return number;
    }

    public void AddProblem(string name, string message) => _problems.TryAdd("$." + name, [message]);
}
