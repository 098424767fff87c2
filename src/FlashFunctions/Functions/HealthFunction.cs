using System.Globalization;
using FlashFunctions.Core.Operations;
using FlashFunctions.Http;
using FlashFunctions.Http.Manage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>Whether the service works: one word for everybody, the details for operators.</summary>
public sealed class HealthFunction(HealthUseCase health, QueueAges queues, ManageApi manage)
{
    private const string SweepWithin = "sweepWithin";

    [Function("Health")]
    public async Task<IResult> HealthAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "healthz")] HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var state = await health.RunAsync(CancellationToken.None);
        return Liveness(state.StorageAnswers && IsWithin(request.Query[SweepWithin], state.SweepLag));
    }

    [Function("ManageHealth")]
    public Task<IResult> DetailsAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "manage/health")] HttpRequest request) =>
        manage.RunAsync(request, async (_, token) =>
        {
            var state = await health.RunAsync(token);
            var body = new HealthBody(
                Word(state.StorageAnswers),
                Word(state.StorageAnswers),
                (long?)state.SweepLag?.TotalSeconds,
                state.StorageAnswers ? OverviewBodies.Seconds(await queues.ReadAsync(token)) : null,
                state.Providers.ToDictionary(
                    pair => pair.Key, pair => pair.Value.Count == 0 ? "ok" : "circuit open", StringComparer.Ordinal),
                state.Providers.Where(pair => pair.Value.Count > 0).ToDictionary(StringComparer.Ordinal),
                state.ShortCodes.Count > 0 ? state.ShortCodes : null);
            return new JsonAnswer<HealthBody>(Status(state.StorageAnswers), body, ApiJson.Default.HealthBody);
        });

    // A malformed value is ignored, since an alert on a typing mistake would hide real ones.
    private static bool IsWithin(string? most, TimeSpan? lag) =>
        !int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        || lag is null
        || lag <= TimeSpan.FromSeconds(seconds);

    private static JsonAnswer<LivenessBody> Liveness(bool works) =>
        new(Status(works), new LivenessBody(Word(works)), ApiJson.Default.LivenessBody);

    private static int Status(bool works) => works ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;

    private static string Word(bool works) => works ? "ok" : "unavailable";
}
