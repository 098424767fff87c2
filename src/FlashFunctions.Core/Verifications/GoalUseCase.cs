using FlashFunctions.Core.Input;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Workflows;

namespace FlashFunctions.Core.Verifications;

/// <summary>POST /v1/requests/{id}: what became of it at the backend, recorded and forwarded to providers that have such a call.</summary>
public sealed class GoalUseCase(RequestChanges changes, RequestStore store, ReportQueue reports, TimeProvider time)
{
    private static readonly Dictionary<string, bool> Goals = new(StringComparer.Ordinal)
    {
        [UpstreamVerdicts.NumberVerified] = true,
        [UpstreamVerdicts.LinkOpened] = true,
    };

    public async Task<Result<RequestRecord>> RunAsync(string account, string requestId, Fields fields, CancellationToken cancellationToken)
    {
        fields.OneOf("goal", Goals, required: true);
        if (fields.Problem is { } wrong)
        {
            return wrong;
        }

        var found = await store.FindAsync(account, requestId, cancellationToken);
        if (!found.TryGet(out var stored, out var problem))
        {
            return problem;
        }

        using var span = RequestTrace.Join("goal", stored.Value);
        var goal = fields.Echo["goal"];
        var change = await changes.UpdateAsync(stored, request => Record(request, goal, time.GetUtcNow()), cancellationToken);
        if (!change.AreSideEffectsQueued)
        {
            throw new StorageUnavailableException("The goal is recorded, and its report was not queued.");
        }

        if (!change.Changed && UpstreamVerdicts.IsAnythingDue(change.After.Value))
        {
            // The call that recorded it may not have queued its report, and the timer does not look at what is past its due time.
            await reports.SendAsync(change.After.Value, cancellationToken);
        }

        return change.After.Value;
    }

    private static RequestRecord Record(RequestRecord request, string goal, DateTimeOffset now) =>
        request.Goal == goal ? request : request with { Goals = [.. request.Goals.Where(other => other != goal), goal], ReportAt = now };
}
