using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Workflows;

/// <summary>
/// Asks the provider for the status of an attempt before the next step starts only because no report came: the report may have got lost,
/// and a person who has the first message needs no second one.
/// </summary>
public sealed class MissingReportCheck(Routing routing, RequestChanges changes, TimeProvider time)
{
    /// <summary>
    /// Asks, where a report could make the next step unnecessary and the provider can be asked, and applies what it says.
    /// </summary>
    public async Task<Stored<RequestRecord>> AskAsync(Stored<RequestRecord> stored, CancellationToken cancellationToken)
    {
        var number = stored.Value.Attempts.Count - 1;
        if (number < 0
            || stored.Value.Steps[stored.Value.CurrentStep].Condition == StepCondition.Verified
            || stored.Value.Attempts[number] is not { MayHaveReachedThePhone: true, Provider: { } name, Reference: { } reference }
            || routing.Find(name) is not IReadAttempts provider
            || await provider.ReadAsync(reference, cancellationToken) is not { } read)
        {
            return stored;
        }

        var now = time.GetUtcNow();
        var change = await changes.UpdateAsync(
            stored,
            request => AttemptLife.Reported(RequestLife.ExpireVerificationIfDue(request, now), number, read, now),
            cancellationToken);
        return change.After;
    }
}
