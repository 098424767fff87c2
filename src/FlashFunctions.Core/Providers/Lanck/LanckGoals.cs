using FlashFunctions.Core.Providers.Resilience;
using FlashFunctions.Core.Providers.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Providers.Lanck;

/// <summary>Sets the goal of a request of ours at Lanck, for the outcomes of which it has one.</summary>
internal sealed class LanckGoals(LanckClient client, [FromKeyedServices(LanckProvider.ProviderName)] ProviderPipeline pipeline)
{
    public async Task<ReportOutcome> ReportAsync(UpstreamReport report, CancellationToken cancellationToken)
    {
        if (report.Reference is not { } reference || GoalOf(report.Verdict) is not { } goal)
        {
            return new ReportOutcome.Done();
        }

        return await pipeline.ReportAsync(
            report.Attempt,
            async token => Outcomes.Report(await client.SetGoalAsync(reference, goal, token), SharedErrors.Report),
            cancellationToken);
    }

    private static string? GoalOf(UpstreamVerdict verdict) => verdict switch
    {
        UpstreamVerdict.Verified => "NUMBER_VERIFIED",
        UpstreamVerdict.LinkOpened => "LINK_OPENED",
        _ => null,
    };
}
