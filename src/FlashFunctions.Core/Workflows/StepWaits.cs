using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Workflows;

/// <summary>How long a step waits for a provider whose rate is used up: as long as the request has life, or until the step behind it starts.</summary>
internal static class StepWaits
{
    /// <summary>How long a provider that said that its rate is used up is not asked for this step again.</summary>
    public static TimeSpan UntilAsked(RequestRecord request, int step, IProvider provider, DateTimeOffset now) =>
        request.Attempts.LastOrDefault(attempt => attempt.Step == step && attempt.Provider == provider.Name)?.RetryAt - now ?? TimeSpan.Zero;

    /// <summary>One more waiting of a step; null where its turn would come after the next step starts, so that it need not wait.</summary>
    public static WaitingStep? For(RequestRecord request, int step, IProvider provider, TimeSpan wait, DateTimeOffset now)
    {
        var before = request.Waiting?.Step == step ? request.Waiting : null;
        var until = before is not null ? before.Until : NextStepAt(request, step, provider, now);
        return now + wait >= until ? null : new WaitingStep(step, (before?.Turn ?? 0) + 1, until);
    }

    /// <summary>When the next step would start by itself, were this one placed now; null where there is none within the request's life.</summary>
    private static DateTimeOffset? NextStepAt(RequestRecord request, int step, IProvider provider, DateTimeOffset now)
    {
        var wait = request.Steps[step].Wait
            ?? provider.CapabilityFor(request.Steps[step].Channel, request.Content.Code?.Length ?? 0)?.DefaultWait ?? TimeSpan.Zero;
        return step + 1 < request.Steps.Count && now + wait < request.Id.DueAt ? now + wait : null;
    }
}
