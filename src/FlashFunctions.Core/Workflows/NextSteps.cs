using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Workflows;

/// <summary>The step after a step, and when it starts by itself (null: not within the request's life).</summary>
public sealed record NextStep(Channel Channel, DateTimeOffset? StartsAt);

/// <summary>Says what comes after a step, for the answers of verify and next.</summary>
public sealed class NextSteps(Routing routing, TimeProvider time)
{
    private static readonly TimeSpan NoProviderWait = TimeSpan.FromSeconds(30);

    /// <summary>
    /// What comes after a step that is about to start: its wait is the step's own, or that of the provider that routing would choose now.
    /// </summary>
    public NextStep? After(RequestRecord request, int step)
    {
        if (step + 1 >= request.Steps.Count)
        {
            return null;
        }

        var starts = time.GetUtcNow() + WaitOf(request, request.Steps[step]);
        return new NextStep(request.Steps[step + 1].Channel, starts < request.Id.DueAt ? starts : null);
    }

    private TimeSpan WaitOf(RequestRecord request, WorkflowStep step)
    {
        if (step.Wait is { } wait)
        {
            return wait;
        }

        var length = request.Content.Code?.Length ?? 0;
        var capability = request.IsTest
            ? TestProvider.Instance.CapabilityFor(step.Channel, length)
            : routing.CapabilityFor(step.Channel, length, request.Country, step.Provider);
        return capability?.DefaultWait ?? NoProviderWait;
    }
}
