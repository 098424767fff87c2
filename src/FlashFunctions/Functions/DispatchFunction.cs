using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;
using FlashFunctions.Core.Workflows;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>Processes the queues: steps to place, outcomes to report, and jobs that failed for good.</summary>
public sealed class DispatchFunction(StepDispatcher dispatcher, OutcomeReporter reporter, PoisonUseCase poison, ReportPoison reportPoison)
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
    public Task PoisonAsync(
        [QueueTrigger(QueueNames.Dispatch + QueueNames.PoisonSuffix, Connection = Connection)] string message,
        CancellationToken cancellationToken) =>
        poison.RunAsync(message, cancellationToken);

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
        reportPoison.RunAsync(message, cancellationToken);
}
