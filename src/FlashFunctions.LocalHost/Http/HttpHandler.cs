using FlashFunctions.Core.Security;
using FlashFunctions.Http;
using FlashFunctions.LocalHost.Functions;

namespace FlashFunctions.LocalHost.Http;

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
