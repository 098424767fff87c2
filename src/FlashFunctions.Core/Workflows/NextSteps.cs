using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Workflows;

/// <summary>The step after a step, and when it starts by itself (null: not within the request's life).</summary>
public sealed record NextStep(Channel Channel, DateTimeOffset? StartsAt);

/// <summary>What comes after a step, and when.</summary>
public sealed class NextSteps(Routing routing, PriceCeiling ceiling, LearnedRouting learned, TimeProvider time)
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

        var starts = time.GetUtcNow() + WaitOf(request, step);
        return new NextStep(request.Steps[step + 1].Channel, starts < request.Id.DueAt ? starts : null);
    }

    /// <summary>
    /// A step that waits once more for the turn that <paramref name="provider"/> has in <paramref name="wait"/>, whose usual wait counts
    /// where the step has none. Null where its turn would come after the next step starts, so that it need not wait.
    /// </summary>
    public static WaitingStep? WaitFor(RequestRecord request, int step, IProvider provider, TimeSpan wait, DateTimeOffset now)
    {
        var before = request.Waiting?.Step == step ? request.Waiting : null;
        var until = before is not null ? before.Until : StartsAt(request, step, provider, now);
        return now + wait >= until ? null : new WaitingStep(step, (before?.Turn ?? 0) + 1, until);
    }

    /// <summary>
    /// When the next step would start by itself if this one were placed now; null where that is not within the request's life.
    /// </summary>
    private static DateTimeOffset? StartsAt(RequestRecord request, int step, IProvider provider, DateTimeOffset now)
    {
        var wait = request.Steps[step].Wait
            ?? provider.CapabilityFor(request.Steps[step].Channel, request.CodeLength)?.DefaultWait ?? TimeSpan.Zero;
        return step + 1 < request.Steps.Count && now + wait < request.Id.DueAt ? now + wait : null;
    }

    private TimeSpan WaitOf(RequestRecord request, int number)
    {
        var step = request.Steps[number];
        if ((step.Wait ?? learned.WaitExpected(request, number)) is { } wait)
        {
            return wait;
        }

        var length = request.CodeLength;
        var capability = request.IsTest
            ? TestProvider.Instance.CapabilityFor(step.Channel, length)
            : routing.CapabilityFor(
                step.Channel, length, request.Country, step.Provider, provider => ceiling.Allows(request, number, provider));
        return capability?.DefaultWait ?? NoProviderWait;
    }
}
