using System.Globalization;
using FlashFunctions.Core.Operations;
using FlashFunctions.Http;
using FlashFunctions.Http.Manage;

namespace FlashFunctions.Functions;

/// <summary>Whether the service works: one word for everybody, the details for operators.</summary>
public sealed class HealthFunction(HealthUseCase health, QueueAges queues, WebhookSilence webhooks, ManageApi manage)
{
    private const string SweepWithin = "sweepWithin";

    [Function("Health")]
    public async Task<IResult> HealthAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "healthz")] HttpRequest request)
    {
        var state = await health.RunAsync(CancellationToken.None);
        var works = state.StorageAnswers && IsWithin(request.Query[SweepWithin], state.SweepLag);
        return Answer.Of(new LivenessBody(HealthBody.WordOf(works)), Status(works));
    }

    [Function("ManageHealth")]
    public Task<IResult> DetailsAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "manage/health")] HttpRequest request) =>
        manage.RunAsync(request, async (_, token) =>
        {
            var state = await health.RunAsync(token);
            var ages = state.StorageAnswers ? await queues.ReadAsync(token) : null;
            var reports = state.StorageAnswers ? await webhooks.ReadAsync(token) : null;
            return Answer.Of(new HealthBody(state, ages, reports), Status(state.StorageAnswers));
        });

    // A malformed value is ignored, since an alert on a typing mistake would hide real ones.
    private static bool IsWithin(string? most, TimeSpan? lag) =>
        !int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        || lag is null
        || lag <= TimeSpan.FromSeconds(seconds);

    private static int Status(bool works) => works ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
}
