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
