using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>Processes the queue of callbacks to the accounts.</summary>
public sealed class CallbackFunction(RequestCallbacks requests, InboundForwarder inbound, CallbackPoison poison)
{
    private const string Connection = "Storage";

    [Function("Callback")]
    public async Task CallbackAsync([QueueTrigger(QueueNames.Callbacks, Connection = Connection)] string message, CancellationToken cancellationToken)
    {
        var job = CallbackJob.Read(message);
        using var span = Trace.Continue("callback", job.Trace);
        await (job.Message is null ? requests.RunAsync(job, cancellationToken) : inbound.RunAsync(job, cancellationToken));
    }

    [Function("CallbackPoison")]
    public Task PoisonAsync(
        [QueueTrigger(QueueNames.Callbacks + QueueNames.PoisonSuffix, Connection = Connection)] string message, CancellationToken cancellationToken) =>
        poison.RunAsync(message, cancellationToken);
}
