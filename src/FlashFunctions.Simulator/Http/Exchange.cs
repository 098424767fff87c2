using Microsoft.AspNetCore.Http;

namespace FlashFunctions.Simulator;

/// <summary>One exchange with a provider: outage, capture, credentials, handling, callbacks, answer.</summary>
internal sealed class Exchange(Outages outages, RequestLog log, CallbackEngine callbacks, ReplyWriter writer, CancellationToken stopping)
{
    /// <summary>Serves one operation.</summary>
    public RequestDelegate Serve(Door door, Func<ProviderRequest, Outcome> handle) => async context =>
    {
        if (outages.Of(door.Provider) == SimulatedMode.Refuse)
        {
            context.Abort();
            return;
        }

        using var ending = stopping.Register(static state => ((HttpContext)state!).Abort(), context);
        try
        {
            await ServeAsync(context, door, handle);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The client gave up, or the simulator is being stopped.
        }
    };

    private async Task ServeAsync(HttpContext context, Door door, Func<ProviderRequest, Outcome> handle)
    {
        var mode = outages.Of(door.Provider);
        var captured = log.Capture(door.Provider, context.Request);
        var body = await RequestBody.ReadAsync(context);
        captured?.RawBody = body;
        if (mode == SimulatedMode.Hang)
        {
            await writer.HangAsync(context);
            return;
        }

        var outcome = door.Refuse(Outages.RefusalOf(mode)) is { } refused ? refused : Handle(context.Request, body, captured, door, handle);
        foreach (var script in outcome.Scripts)
            await callbacks.BeginAsync(script, context.RequestAborted);
        var manner = mode == SimulatedMode.Malformed ? SimulatedAnswer.Unreadable : outcome.Manner;
        captured?.Status = await writer.WriteAsync(context, outcome.Reply, manner);
    }

    private static Outcome Handle(
        HttpRequest request, byte[]? body, SimulatedRequest? captured, Door door, Func<ProviderRequest, Outcome> handle)
    {
        var refusal = door.Authenticate(request);
        captured?.CredentialsRight = refusal is null;
        if (refusal is not null)
            return refusal;
        return body is null ? new Reply(413, []) : handle(new ProviderRequest(request.HttpContext, body));
    }
}
