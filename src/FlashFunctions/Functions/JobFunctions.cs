using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Operations;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;
using FlashFunctions.Core.Workflows;

namespace FlashFunctions.Functions;

/// <summary>
/// What runs without a call: the queues of steps to place, outcomes to report and callbacks to deliver, what failed for good in each of
/// them, and the timer.
/// </summary>
public sealed class JobFunctions(
    StepDispatcher dispatcher, OutcomeReporter reporter, PoisonUseCase poison, CallbackJobs callbacks, SweepUseCase sweep)
{
    private const string Connection = "Storage";

    [Function("Dispatch")]
    public async Task DispatchAsync(
        [QueueTrigger(QueueNames.Dispatch, Connection = Connection)] string message, CancellationToken cancellationToken)
    {
        var job = StepQueue.Read(message);
        using var span = Trace.Continue("dispatch", job.Trace);
        await dispatcher.RunAsync(job, cancellationToken);
    }

    [Function("DispatchPoison")]
    public Task DispatchPoisonAsync(
        [QueueTrigger(QueueNames.Dispatch + QueueNames.PoisonSuffix, Connection = Connection)] string message,
        CancellationToken cancellationToken) =>
        poison.RunStepAsync(message, cancellationToken);

    [Function("Report")]
    public async Task ReportAsync(
        [QueueTrigger(QueueNames.Reports, Connection = Connection)] string message, CancellationToken cancellationToken)
    {
        var job = ReportQueue.Read(message);
        using var span = Trace.Continue("report", job.Trace);
        await reporter.RunAsync(job, cancellationToken);
    }

    [Function("ReportPoison")]
    public Task ReportPoisonAsync(
        [QueueTrigger(QueueNames.Reports + QueueNames.PoisonSuffix, Connection = Connection)] string message,
        CancellationToken cancellationToken) =>
        poison.RunReportAsync(message, cancellationToken);

    [Function("Callback")]
    public Task CallbackAsync(
        [QueueTrigger(QueueNames.Callbacks, Connection = Connection)] string message, CancellationToken cancellationToken) =>
        callbacks.RunAsync(message, cancellationToken);

    [Function("CallbackPoison")]
    public Task CallbackPoisonAsync(
        [QueueTrigger(QueueNames.Callbacks + QueueNames.PoisonSuffix, Connection = Connection)] string message,
        CancellationToken cancellationToken) =>
        callbacks.RunPoisonAsync(message, cancellationToken);

    [Function("Sweep")]
    public async Task SweepAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(timer);
        using var span = Trace.StartCall("sweep", traceparent: null, isKnown: true);
        await sweep.RunAsync(cancellationToken);
    }
}
