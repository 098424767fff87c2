using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Net.Http.Headers;

namespace FlashFunctions.Simulator;

/// <summary>What the providers share: a request is captured, checked and handled, then its callbacks begin and it is answered.</summary>
/// <param name="name">One of <see cref="SimulatedProviders.All"/>.</param>
internal abstract class SimulatedProvider(string name, SimulatedCalls calls)
{
    private const int LongestBody = 4 * 1024 * 1024; // Enough for Revicom's thousand messages.

    public string Name => name;

    public SimulatedMode Mode { get; set; }

    protected SimulatedCalls Calls => calls;

    /// <summary>Maps the provider's operations; may be called for several ports.</summary>
    public abstract void Map(IEndpointRouteBuilder routes);

    /// <summary>Null when the credentials are right, otherwise the refusal.</summary>
    protected abstract SimulatedReply? Authenticate(HttpRequest request);

    /// <summary>The reply to a refusal; null for <see cref="SimulatedRefusal.None"/>. By default from the shared table.</summary>
    protected virtual SimulatedReply? ReplyTo(SimulatedRefusal refusal) => SimulatedErrors.For(refusal);

    protected RequestDelegate Serve(Func<SimulatedHttpRequest, SimulatedReply> handle) => async context =>
    {
        if (Mode == SimulatedMode.Refuse)
        {
            context.Abort();
            return;
        }

        using var ending = calls.Stopping.Register(static state => ((HttpContext)state!).Abort(), context);
        try
        {
            await ServeAsync(context, Mode, handle);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The client gave up, or the simulator is being stopped.
        }
    };

    /// <summary>Refuses where the number's behaviour says so; otherwise accepts, and answers the way that the behaviour says.</summary>
    protected SimulatedReply Answer(string number, Func<SimulatedReply> accept)
    {
        var behaviour = SimulatedBehaviours.Of(number);
        return ReplyTo(behaviour.Refusal) ?? accept() with { Answer = behaviour.Answer };
    }

    protected SimulatedCall FlashCall(string number, string from) =>
        new(name, "calls.flash", SimulatedCallKind.FlashCall, number) { From = from };

    private async Task ServeAsync(HttpContext context, SimulatedMode mode, Func<SimulatedHttpRequest, SimulatedReply> handle)
    {
        var captured = calls.Capture(name, context.Request);
        var body = await ReadAsync(context);
        captured?.RawBody = body;
        var reply = mode == SimulatedMode.Hang ? SimulatedReply.Silence : ReplyTo(mode.Refusal());
        if (reply is null)
        {
            reply = Authenticate(context.Request);
            captured?.CredentialsRight = reply is null;
            reply ??= body is null ? new SimulatedReply(413, []) : handle(new SimulatedHttpRequest(context, body));
        }

        foreach (var script in reply.Scripts)
        {
            await calls.Callbacks.BeginAsync(script, context.RequestAborted);
        }

        reply = mode switch
        {
            SimulatedMode.Malformed => reply with { Answer = SimulatedAnswer.Unreadable },
            SimulatedMode.Slow => reply with { Answer = SimulatedAnswer.Slow },
            _ => reply,
        };

        // Not in one: where nothing is captured, the right side is not evaluated, and no answer would be written.
        var status = await reply.WriteAsync(context, calls.Options.Delays, calls.Time);
        captured?.Status = status;
    }

    /// <summary>The whole body, or null when it is too long.</summary>
    private static async ValueTask<byte[]?> ReadAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        var read = await reader.ReadAtLeastAsync(LongestBody + 1, context.RequestAborted);
        var body = read.Buffer.Length > LongestBody ? null : read.Buffer.ToArray();
        reader.AdvanceTo(read.Buffer.End);
        return body;
    }
}

/// <summary>A request whose credentials were right.</summary>
internal sealed class SimulatedHttpRequest(HttpContext context, ReadOnlyMemory<byte> body)
{
    public ReadOnlyMemory<byte> Body => body;

    public IQueryCollection Query => context.Request.Query;

    public string Route(string name) => context.Request.RouteValues[name] as string ?? "";

    public bool HasContentType(string type) =>
        MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var given)
        && given.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase);

    /// <summary>The body as JSON, or null when it is not or its content type says otherwise.</summary>
    public JsonElement? Json() => HasContentType("application/json") ? ParseJson() : null;

    /// <summary>The body as JSON whatever its content type, or null when it is not.</summary>
    public JsonElement? ParseJson()
    {
        try
        {
            return JsonElement.Parse(body.Span);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Writes the providers' JSON, and reads members of JSON objects.</summary>
internal static class SimulatedJson
{
    private static readonly JsonSerializerOptions Options =
        new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    public static string? Text(this JsonElement item, string name) =>
        item.Member(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static int? Integer(this JsonElement item, string name) =>
        item.Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : null;

    /// <summary>A member, or null where there is none or <paramref name="item"/> is not an object.</summary>
    public static JsonElement? Member(this JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) ? value : null;

    /// <summary>True for an absolute http or https address.</summary>
    public static bool TryAddress(string? text, out Uri? address) =>
        Uri.TryCreate(text, UriKind.Absolute, out address) && address.Scheme is "http" or "https";
}

/// <summary>A provider's answer to a request, and the callbacks that follow from it.</summary>
/// <param name="Status">The HTTP status; 0: the connection is cut instead.</param>
/// <param name="Body">The whole body.</param>
/// <param name="ContentType">Its media type.</param>
internal sealed record SimulatedReply(int Status, byte[] Body, string ContentType = "application/json")
{
    /// <summary>Seconds for Retry-After, or null.</summary>
    public int? RetryAfter { get; init; }

    public SimulatedAnswer Answer { get; init; }

    public IReadOnlyList<SimulatedScript> Scripts { get; init; } = [];

    /// <summary>The request is held open, and then the connection is cut.</summary>
    public static readonly SimulatedReply Silence = new(0, []) { Answer = SimulatedAnswer.Never };
    private static readonly SimulatedReply ServerError = FromText(500, """{"message":"Internal server error"}""");
    private static readonly SimulatedReply BadGatewayPage = FromText(
        502, "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>", "text/html");

    private static readonly SimulatedReply Unavailable = FromText(503, """{"message":"Service unavailable"}""");

    public static SimulatedReply FromText(int status, string text, string contentType = "application/json") =>
        new(status, Encoding.UTF8.GetBytes(text), contentType);

    public static SimulatedReply Json<T>(int status, T value) => new(status, SimulatedJson.Write(value));

    /// <summary>The reply to a refusal that looks the same at every provider, or null for others.</summary>
    public static SimulatedReply? ForFailure(SimulatedRefusal refusal) => refusal switch
    {
        SimulatedRefusal.ServerError => ServerError,
        SimulatedRefusal.BadGatewayPage => BadGatewayPage,
        SimulatedRefusal.Unavailable => Unavailable,
        SimulatedRefusal.UnavailableRetryAfter => Unavailable with { RetryAfter = 1 },
        SimulatedRefusal.UnavailableForLong => Unavailable with { RetryAfter = 120 },
        SimulatedRefusal.Reset => new SimulatedReply(0, []),
        _ => null,
    };

    /// <summary>Writes the answer as <see cref="Answer"/> says. Returns the status that was sent, or null when none was.</summary>
    public async Task<int?> WriteAsync(HttpContext context, SimulatorDelays delays, TimeProvider time)
    {
        var pause = Answer == SimulatedAnswer.Never ? delays.HangLimit
            : Answer == SimulatedAnswer.Slow ? delays.SlowAnswer
            : TimeSpan.Zero;
        await Task.Delay(pause, time, context.RequestAborted);
        if (Status == 0 || Answer is SimulatedAnswer.Reset or SimulatedAnswer.Never)
        {
            context.Abort();
            return null;
        }

        var (status, body) = Answer switch
        {
            SimulatedAnswer.ServerError => (ServerError.Status, ServerError.Body),
            SimulatedAnswer.Unreadable => (Status, Body[..(Body.Length / 2)]),
            SimulatedAnswer.Empty => (Status, "{}"u8.ToArray()),
            _ => (Status, Body),
        };
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = ContentType;
        response.ContentLength = body.Length;
        response.Headers.RetryAfter = RetryAfter?.ToString(CultureInfo.InvariantCulture);
        await response.BodyWriter.WriteAsync(body, context.RequestAborted);
        return status;
    }
}

/// <summary>What a provider reports about one call or message, in the order in which it happens.</summary>
/// <param name="address">Where it is reported, or null for nowhere.</param>
/// <param name="statuses">The statuses in their natural order.</param>
internal abstract class SimulatedScript(SimulatedCall call, Uri? address, IReadOnlyList<string> statuses)
{
    public SimulatedCall Call => call;

    public SimulatedDelivery Delivery => call.Chosen.Delivery;

    protected Uri Address => address!;

    protected virtual string UnknownStatus => "QUARANTINED";

    /// <summary>The statuses, and what is sent for each (null: nothing), in the order that the number's behaviour asks for.</summary>
    /// <param name="detail">How much is reported.</param>
    /// <param name="twice">True: whatever the number, every callback is sent twice.</param>
    public Queue<(string Status, string? Reported)> Steps(SimulatedCallbackDetail detail, bool twice)
    {
        var steps = statuses.Select((status, index) => (status, Reported(status, index == statuses.Count - 1, detail)));
        return new(
            Delivery == SimulatedDelivery.Reordered ? steps.Reverse()
            : twice || Delivery == SimulatedDelivery.Duplicated ? steps.SelectMany(step => new[] { step, step })
            : steps);
    }

    /// <summary>The callback for a status, as the provider calls it.</summary>
    public abstract SimulatedMessage Write(string status, DateTimeOffset at);

    /// <summary>Applies the status to the call; false when the call has ended otherwise and the status must not be reported.</summary>
    public virtual bool TryApply(string status, DateTimeOffset at)
    {
        if (call.Status != statuses[^1])
        {
            call.Status = status;
        }

        return true;
    }

    /// <summary>False for a status that nobody subscribed to.</summary>
    protected virtual bool IsWanted(string status) => true;

    /// <summary>The address, with a wrong path token where the number's behaviour asks for forged callbacks.</summary>
    protected Uri AddressOrForged()
    {
        var path = Address.AbsolutePath;
        return Delivery == SimulatedDelivery.Forged
            ? new UriBuilder(Address) { Path = path[..^1] + (path[^1] == 'A' ? 'B' : 'A') }.Uri
            : Address;
    }

    /// <summary>A secret, or a wrong one where the number's behaviour asks for forged callbacks.</summary>
    protected string SecretOrForged(string secret) => Delivery == SimulatedDelivery.Forged ? "forged-" + secret : secret;

    private string? Reported(string status, bool isLast, SimulatedCallbackDetail detail)
    {
        var isReported = address is not null
            && Delivery != SimulatedDelivery.Lost
            && IsWanted(status)
            && (detail == SimulatedCallbackDetail.All || (detail == SimulatedCallbackDetail.FinalOnly && isLast));
        return !isReported ? null
            : isLast && Delivery == SimulatedDelivery.UnknownStatus ? UnknownStatus
            : status;
    }
}

/// <summary>The error table that Unibell's and Lanck's documents share.</summary>
internal static class SimulatedErrors
{
    public static readonly SimulatedReply AuthenticationRequired = Error(401, 1, "Authentication required");
    public static readonly SimulatedReply TooManyRequests = Error(429, 4, "Too many requests");
    public static readonly SimulatedReply InvalidRequest = Error(400, 10, "Invalid request");
    public static readonly SimulatedReply InvalidNumber = Error(400, 11, "Invalid number");
    public static readonly SimulatedReply SenderNotAllowed = Error(400, 16, "Sender not allowed");

    /// <summary>Not documented: an unknown path or request id.</summary>
    public static readonly SimulatedReply NotFound = Error(404, 10, "Invalid request");

    public static SimulatedReply? For(SimulatedRefusal refusal) => refusal switch
    {
        SimulatedRefusal.None => null,
        SimulatedRefusal.AuthenticationRequired => AuthenticationRequired,
        SimulatedRefusal.InactiveAccount => Error(400, 2, "Inactive account"),
        SimulatedRefusal.InactiveToken => Error(401, 5, "Inactive token"),
        SimulatedRefusal.TooManyRequests => TooManyRequests,
        SimulatedRefusal.TooManyRequestsRetryAfter => TooManyRequests with { RetryAfter = 1 },
        SimulatedRefusal.InsufficientFunds => Error(403, 6, "Insufficient funds"),
        SimulatedRefusal.InvalidNumber => InvalidNumber,
        SimulatedRefusal.SenderNotAllowed => SenderNotAllowed,
        SimulatedRefusal.NotFound => NotFound,
        SimulatedRefusal.Undocumented => Error(400, 77, "Route not available"), // An errorCode that the documents do not list.
        _ => SimulatedReply.ForFailure(refusal) ?? InvalidRequest,
    };

    private static SimulatedReply Error(int status, int code, string reason) =>
        SimulatedReply.FromText(status, $$"""{"errorCode":{{code}},"errorReason":"{{reason}}"}""");
}

/// <summary>Syntax of E.164 numbers and codes, and the caller numbers that the providers generate.</summary>
internal static class SimulatedNumbers
{
    private const string CallerPrefix = "3728";
    private const int CallerLength = 11;
    private const string PoolPrefix = "31970102";

    /// <summary>The digits of an E.164 number that is given with or without a plus, or null where it is not one.</summary>
    public static string? DigitsOf(string? number)
    {
        var digits = number is ['+', ..] ? number[1..] : number;
        return IsE164(digits) ? digits : null;
    }

    /// <summary>True for 7 to 15 ASCII digits that do not begin with 0; a plus is not allowed.</summary>
    public static bool IsE164(string? digits) => digits is not ['0', ..] && IsCode(digits, 7, 15);

    /// <summary>True for a code of <paramref name="shortest"/> to <paramref name="longest"/> ASCII digits.</summary>
    public static bool IsCode(string? code, int shortest, int longest) =>
        code is not null && code.Length >= shortest && code.Length <= longest && !code.AsSpan().ContainsAnyExceptInRange('0', '9');

    /// <summary>A caller number of eleven digits that ends in the code.</summary>
    public static string CallerEndingIn(string code) =>
        CallerPrefix + RandomDigits(CallerLength - CallerPrefix.Length - code.Length) + code;

    /// <summary>A caller number with a random tail.</summary>
    public static string AnyCaller() => CallerEndingIn(RandomDigits(4));

    /// <summary>One of ten thousand caller numbers, one for each tail of four digits.</summary>
    public static string CallerFromPool() => PoolPrefix + RandomDigits(4);

    public static string RandomDigits(int count) => RandomNumberGenerator.GetString("0123456789", count);

    /// <summary>Spells a code digit by digit, as a spoken call says it.</summary>
    public static string Spell(string? code) => string.Join(' ', (code ?? "").AsEnumerable());
}
