using System.Collections.Frozen;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;
using FlashFunctions.Core.Workflows;

namespace FlashFunctions.Core.Verifications;

/// <summary>How a goal was taken.</summary>
public abstract record GoalOutcome
{
    private GoalOutcome()
    {
    }

    public sealed record Recorded(RequestRecord Request) : GoalOutcome;

    public sealed record Refused(Problem Problem) : GoalOutcome;
}

/// <summary>POST /v1/requests/{id}: what became of it at the backend, recorded and forwarded to providers that have such a call.</summary>
public sealed class GoalUseCase(RequestChanges changes, RequestStore store, ReportQueue reports, TimeProvider time)
{
    private static readonly FrozenDictionary<string, bool> Goals = new Dictionary<string, bool>(StringComparer.Ordinal)
    {
        [UpstreamVerdicts.NumberVerified] = true,
        [UpstreamVerdicts.LinkOpened] = true,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Records a goal.</summary>
    public async Task<GoalOutcome> RunAsync(string account, string requestId, Fields fields, CancellationToken cancellationToken)
    {
        fields.OneOf("goal", Goals, required: true);
        if (fields.Problem is { } problem)
        {
            return new GoalOutcome.Refused(problem);
        }

        if (!RequestId.TryParse(requestId, null, out var id)
            || await store.ReadAsync(id, cancellationToken) is not { } stored
            || stored.Value.Account != account)
        {
            return new GoalOutcome.Refused(Problem.RequestNotFound);
        }

        using var span = RequestTrace.Join("goal", stored.Value);
        var goal = fields.Echo["goal"];
        var now = time.GetUtcNow();
        var change = await changes.UpdateAsync(
            stored, request => request.Goal == goal ? request : request with { Goals = [.. request.Goals.Where(other => other != goal), goal], ReportAt = now }, cancellationToken);
        if (!change.AreSideEffectsQueued)
        {
            throw new StorageUnavailableException("The goal is recorded, and its report was not queued.");
        }

        if (!change.Changed && UpstreamVerdicts.IsAnythingDue(change.After.Value))
        {
            // The call that recorded it may not have queued its report, and the timer does not look at what is past its due time.
            await reports.SendAsync(new ReportJob(id.Text, Trace: RequestTrace.ContextOf(change.After.Value)), TimeSpan.Zero, cancellationToken);
        }

        return new GoalOutcome.Recorded(change.After.Value);
    }
}
