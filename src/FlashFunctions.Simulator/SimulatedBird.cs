using System.Globalization;
using System.Security.Cryptography;
using System.Text;
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

    private static readonly SimulatedReply Unauthorized = Error(401, "Unauthorized", "The access key is missing or not valid");
    private static readonly SimulatedReply NotFound = Error(404, "NotFound", "The resource was not found");
    private static readonly SimulatedReply NotJson = Error(400, "InvalidPayload", "The body is not JSON");
    private static readonly SimulatedReply TooManyRequests = Error(429, "TooManyRequests", "Too many requests");

    private IReadOnlyList<string> Numbers => Calls.Options.BirdNumbers;

    public override void Map(IEndpointRouteBuilder routes)
    {
        Map("", (_, body) => Place(body));
        Map("/hangup", (_, body) => EndByNumbers(body));
        Map("/{callId}", (request, body) => End("end", request.Route("callId"), body, isFirstSchema: true));
        routes.Map("/bird/{**rest}", Serve(_ => NotFound));

        void Map(string path, Func<SimulatedHttpRequest, SimulatedBirdBody, SimulatedReply> handle) =>
            routes.MapPost(FlashCalls + path, Serve(request => !IsOurs(request) ? NotFound
                : request.Json() is not { } json ? NotJson
                : json.ValueKind != JsonValueKind.Object ? Invalid("$", "must be an object")
                : handle(request, new SimulatedBirdBody(json))));
    }

    protected override SimulatedReply? Authenticate(HttpRequest request) =>
        request.Headers.Authorization == "AccessKey " + SimulatorDefaults.BirdAccessKey ? null : Unauthorized;

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

    private static bool IsOurs(SimulatedHttpRequest request) =>
        string.Equals(request.Route("workspaceId"), SimulatorDefaults.BirdWorkspaceId, StringComparison.OrdinalIgnoreCase)
        && string.Equals(request.Route("channelId"), SimulatorDefaults.BirdChannelId, StringComparison.OrdinalIgnoreCase);

    private SimulatedReply Place(SimulatedBirdBody body)
    {
        body.AllowOnly("from", "to", "ringTimeout");
        var to = body.Number("to", required: true) ?? "";
        var from = body.Number("from", required: false);
        var ringTimeout = body.Integer("ringTimeout", 3, 120) ?? DefaultRingTimeout;
        if (from is not null && Numbers.Count > 0 && !Numbers.Contains(from, StringComparer.Ordinal))
        {
            body.AddProblem("from", "is not a number of this channel");
        }

        return RefusalOf(body) ?? Answer(to, () =>
        {
            var placed = FlashCall(to, from ?? ChooseCaller());
            placed.Status = "accepted";
            Calls.Place(placed, Guid.CreateVersion7(Calls.Now).ToString(), TimeSpan.FromSeconds(ringTimeout));
            var call = new SimulatedBirdCall(placed, ringTimeout);
            _calls.Set(placed.Reference, call);
            _calls.Set(KeyOf(placed.From, to), call);
            return SimulatedReply.Json(202, call.Show("accepted")) with { Scripts = [new SimulatedBirdScript(call, Calls.Addresses.Bird)] };
        });
    }

    /// <summary>The second of the two documented schemas, with both numbers, allows further fields and no result.</summary>
    private SimulatedReply EndByNumbers(SimulatedBirdBody body)
    {
        var isFirstSchema = !body.Has("from") && !body.Has("to") && body.Has("result");
        var from = body.Number("from", required: !isFirstSchema);
        var to = body.Number("to", required: !isFirstSchema);
        return End("hangup", KeyOf(from, to), body, isFirstSchema);
    }

    private SimulatedReply End(string kind, string key, SimulatedBirdBody body, bool isFirstSchema)
    {
        if (isFirstSchema)
        {
            body.AllowOnly("receivedCli", "result");
        }

        var given = body.Text("result", required: isFirstSchema);
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

        Calls.Report(Name, kind, call.Placed.Reference, call.Placed.Number, given ?? "unknown", receivedCli);
        var status = given is "canceled" ? "cancelled" : "completed";
        if (call.TryHangUp(status, Calls.Now))
        {
            Calls.Callbacks.Begin(new SimulatedBirdScript(call, Calls.Addresses.Bird, hangupStatus: status));
        }

        return SimulatedReply.Json(202, new { ReceivedCli = receivedCli, Result = given });
    }

    private static string KeyOf(string? from, string? to) => from + ">" + to;

    private string ChooseCaller() =>
        Numbers.Count == 0 ? SimulatedNumbers.CallerFromPool() : Numbers[RandomNumberGenerator.GetInt32(Numbers.Count)];

    private static SimulatedReply? RefusalOf(SimulatedBirdBody body) => body.Problems.Count == 0 ? null : Invalid(body.Problems);

    private static SimulatedReply Invalid(string path, string message) => Invalid(Details(path, message));

    private static SimulatedReply Invalid(Dictionary<string, string[]> details) =>
        Error(422, "InvalidPayload", "One or more fields are not valid", details);

    private static Dictionary<string, string[]> Details(string path, string message) => new(StringComparer.Ordinal) { [path] = [message] };

    /// <summary>Both error schemas: details are messages by JSON path where the request was invalid.</summary>
    private static SimulatedReply Error(int status, string code, string message, Dictionary<string, string[]>? details = null) =>
        SimulatedReply.Json(status, new { Code = code, Message = message, Details = details });
}

/// <summary>Checks a request body against a schema and collects what is wrong, by JSON path.</summary>
internal sealed class SimulatedBirdBody(JsonElement body)
{
    public Dictionary<string, string[]> Problems { get; } = new(StringComparer.Ordinal);

    public bool Has(string name) => body.Member(name) is not null;

    /// <summary>additionalProperties: false.</summary>
    public void AllowOnly(params string[] names)
    {
        foreach (var unknown in body.EnumerateObject().Select(property => property.Name).Except(names, StringComparer.Ordinal))
        {
            AddProblem(unknown, "is not a known property");
        }
    }

    public string? Text(string name, bool required)
    {
        var value = body.Member(name);
        if (value is null ? required : value.Value.ValueKind != JsonValueKind.String)
        {
            AddProblem(name, value is null ? "is required" : "must be a string");
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
        if (Has(name) && (number is null || number < least || number > most))
        {
            AddProblem(name, number is null ? "must be an integer" : $"must be between {least} and {most}");
        }

        return number;
    }

    /// <summary>Adds what is wrong with a property; the first problem of each counts.</summary>
    public void AddProblem(string name, string message) => Problems.TryAdd("$." + name, [message]);
}

/// <summary>A flash call as Bird sees it.</summary>
internal sealed class SimulatedBirdCall(SimulatedCall placed, int ringTimeout)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _updatedAt = placed.At;
    private DateTimeOffset? _ringingAt;
    private DateTimeOffset? _answeredAt;
    private DateTimeOffset? _endedAt;
    private bool _isHungUp;

    public SimulatedCall Placed => placed;

    /// <summary>Records when a status happened; false once the client has hung up.</summary>
    public bool TryApply(string status, DateTimeOffset at)
    {
        lock (_lock)
        {
            if (!_isHungUp)
            {
                Apply(status, at);
            }

            return !_isHungUp;
        }
    }

    /// <summary>Ends the call; false when it had ended before.</summary>
    public bool TryHangUp(string status, DateTimeOffset at)
    {
        lock (_lock)
        {
            if (_endedAt is not null)
            {
                return false;
            }

            _isHungUp = true;
            Apply(status, at);
            placed.Status = status;
            placed.RingsUntil = placed.RingsUntil is null ? null : at;
            return true;
        }
    }

    /// <summary>The FlashCall resource as it is, with the given status.</summary>
    public object Show(string status)
    {
        lock (_lock)
        {
            return new
            {
                Id = placed.Reference,
                ChannelId = SimulatorDefaults.BirdChannelId,
                placed.From,
                To = "+" + placed.Number,
                Status = status,
                CreatedAt = placed.At,
                UpdatedAt = _updatedAt,
                RingTimeout = ringTimeout,
                AttemptPrice = new { Amount = 12, Exponent = -4, Currency = "EUR" },
                ConnectionPrice = _answeredAt is null ? null : new { Amount = 50, Exponent = -4, Currency = "EUR" },
                Reason = status is "failed" ? "unallocated or unreachable" : null,
                Duration = _endedAt is null ? null : (int?)0,
                RingingAt = _ringingAt,
                AnsweredAt = _answeredAt,
                EndedAt = _endedAt,
            };
        }
    }

    private void Apply(string status, DateTimeOffset at)
    {
        _updatedAt = at;
        _ringingAt ??= status is "ringing" or "ongoing" or "no-answer" or "busy" ? at : null;
        _answeredAt ??= status is "ongoing" ? at : null;
        _endedAt ??= status is "completed" or "no-answer" or "busy" or "failed" or "cancelled" ? at : null;
    }
}

/// <summary>Reports every status to the one subscribed address, signed.</summary>
/// <param name="hangupStatus">Only this is reported: the status with which the client ended the call. Null: the life of the call.</param>
internal sealed class SimulatedBirdScript(SimulatedBirdCall call, Uri? address, string? hangupStatus = null)
    : SimulatedScript(call.Placed, address, hangupStatus is null ? StatusesFor(call.Placed.Outcome) : [hangupStatus])
{
    protected override string UnknownStatus => "quarantined";

    public override bool TryApply(string status, DateTimeOffset at) =>
        hangupStatus is not null || (call.TryApply(status, at) && base.TryApply(status, at));

    public override SimulatedMessage Write(string status, DateTimeOffset at)
    {
        var body = SimulatedJson.Write(new { Service = "voice", Event = "voice.outbound", Payload = call.Show(status) });
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return new SimulatedMessage(SimulatedProviders.Bird, Address, body)
        {
            Headers = [new("messagebird-signature", Sign(timestamp, body)), new("messagebird-request-timestamp", timestamp)],
        };
    }

    /// <summary>Base64 of HMAC-SHA256 over the timestamp, the address and the hash of the body.</summary>
    private string Sign(string timestamp, byte[] body)
    {
        var key = Encoding.UTF8.GetBytes(SecretOrForged(SimulatorDefaults.BirdSigningKey));
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{timestamp}\n{Address.OriginalString}\n"), .. SHA256.HashData(body)];
        return Convert.ToBase64String(HMACSHA256.HashData(key, signed));
    }

    private static string[] StatusesFor(SimulatedOutcome outcome) => outcome switch
    {
        SimulatedOutcome.Answered => ["starting", "ringing", "ongoing", "completed"],
        SimulatedOutcome.Declined => ["starting", "ringing", "busy"],
        SimulatedOutcome.Rejected or SimulatedOutcome.Unreachable or SimulatedOutcome.Forbidden => ["starting", "failed"],
        SimulatedOutcome.Unfinished => ["starting", "ringing"],
        SimulatedOutcome.Swallowed => [],
        SimulatedOutcome.Contradicted => ["starting", "ringing", "no-answer", "failed"],
        _ => ["starting", "ringing", "no-answer"],
    };
}
