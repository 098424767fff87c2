using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Net.Http.Headers;

namespace FlashFunctions.Simulator;

/// <summary>What the providers share: a request is captured, checked and handled, then its callbacks begin and it is answered.</summary>
/// <param name="name">One of <see cref="SimulatedProviders.All"/>.</param>
/// <param name="calls">What the providers share.</param>
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

    /// <summary>The provider's reply to a refusal; null for <see cref="SimulatedRefusal.None"/>.</summary>
    protected abstract SimulatedReply? ReplyTo(SimulatedRefusal refusal);

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

    private async Task ServeAsync(HttpContext context, SimulatedMode mode, Func<SimulatedHttpRequest, SimulatedReply> handle)
    {
        var captured = calls.Requests.Capture(name, context.Request);
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

        // Not in one: where nothing is captured, the right side of a conditional assignment is not evaluated, and no answer would be
        // written.
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
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

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
