using FlashFunctions.Core.Security;
using FlashFunctions.Http;
using FlashFunctions.LocalHost.Functions;

namespace FlashFunctions.LocalHost.Http;

/// <summary>Marks an endpoint of the host itself, beside the functions.</summary>
internal sealed class HostEndpoint
{
    public static HostEndpoint Instance { get; } = new();
}

/// <summary>Puts the HTTP functions onto the web server.</summary>
internal static class HttpFunctions
{
    public static void MapFunctions(this WebApplication app, IEnumerable<HttpFunction> functions)
    {
        app.UseRouting();

        // Routing answers a method that no function declares with 405; the functions host says 404.
        var calls = app.Services.GetRequiredService<CallsInFlight>();
        app.Use((context, next) =>
        {
            var metadata = context.GetEndpoint()?.Metadata;
            if (metadata?.GetMetadata<HttpFunction>() is not null)
            {
                return calls.CountAsync(context, next.Invoke);
            }

            if (metadata?.GetMetadata<HostEndpoint>() is not null)
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });

        foreach (var function in functions)
        {
            var handler = ActivatorUtilities.CreateInstance<HttpHandler>(app.Services, function);
            var endpoint = app.Map(function.Route, handler.HandleAsync).WithMetadata(function).WithDisplayName(function.Name);
            if (function.Methods.Count > 0)
            {
                endpoint.WithMetadata(new HttpMethodMetadata(function.Methods));
            }
        }
    }
}

/// <summary>Answers requests with one function.</summary>
internal sealed partial class HttpHandler(HttpFunction function, FunctionKey key, ILogger<HttpHandler> logger)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (function.NeedsKey && !key.IsShownBy(context.Request))
        {
            context.RequestServices.GetService<SecurityLog>()?.OperatorKeyRefused(CallerAddress.Of(context.Request));
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        try
        {
            var result = await function.Invoke(
                new Invocation(context.RequestServices, context.RequestAborted) { Request = context.Request });
            await (result?.ExecuteAsync(context) ?? Task.CompletedTask);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            Log.CallerLeft(logger, function.Name);
        }
        catch (Exception e) when (e is not BadHttpRequestException && !context.Response.HasStarted)
        {
            Log.Failed(logger, e, function.Name);
            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "The caller of {Function} disconnected before the answer")]
        public static partial void CallerLeft(ILogger logger, string function);

        [LoggerMessage(2, LogLevel.Error, "{Function} failed")]
        public static partial void Failed(ILogger logger, Exception exception, string function);
    }
}
