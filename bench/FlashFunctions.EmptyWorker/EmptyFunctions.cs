using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.EmptyWorker;

/// <summary>A worker that has nothing to do, with a function for each kind of trigger that the app has.</summary>
internal static class EmptyFunctions
{
    /// <summary>200, with nothing in it.</summary>
    [Function("Healthz")]
    public static IResult Healthz([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "healthz")] HttpRequest request)
    {
        _ = request;
        return Results.Ok();
    }

    /// <summary>Takes a message and forgets it.</summary>
    [Function("Queue")]
    public static void Queue([QueueTrigger("empty")] string message) => _ = message;

    /// <summary>Does nothing every minute.</summary>
    [Function("Timer")]
    public static void Timer([TimerTrigger("0 * * * * *")] TimerInfo timer) => _ = timer;
}
