using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Storage;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>Processes the queue of callbacks to the accounts.</summary>
public sealed class CallbackFunction(CallbackJobs jobs)
{
    private const string Connection = "Storage";

    [Function("Callback")]
    public Task CallbackAsync(
        [QueueTrigger(QueueNames.Callbacks, Connection = Connection)] string message, CancellationToken cancellationToken) =>
        jobs.RunAsync(message, cancellationToken);

    [Function("CallbackPoison")]
    public Task PoisonAsync(
        [QueueTrigger(QueueNames.Callbacks + QueueNames.PoisonSuffix, Connection = Connection)] string message,
        CancellationToken cancellationToken) =>
        jobs.RunPoisonAsync(message, cancellationToken);
}
