using FlashFunctions.Core.Sweep;
using FlashFunctions.Http;
using FlashFunctions.Http.Manage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>Whether the service works: one word for everybody, the details for operators.</summary>
public sealed class HealthFunction(HealthUseCase health, ManageApi manage)
{
    [Function("Health")]
    public async Task<IResult> HealthAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "healthz")] HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var state = await health.RunAsync(CancellationToken.None);
        return new JsonAnswer<LivenessBody>(StatusOf(state), new LivenessBody(WordOf(state)), ApiJson.Default.LivenessBody);
    }

    [Function("ManageHealth")]
    public Task<IResult> DetailsAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "manage/health")] HttpRequest request) =>
        manage.RunAsync(request, async (_, token) =>
        {
            var state = await health.RunAsync(token);
            var body = new HealthBody(
                WordOf(state),
                WordOf(state),
                (long?)state.SweepLag?.TotalSeconds,
                state.Providers.ToDictionary(pair => pair.Key, pair => pair.Value.Count == 0 ? "ok" : "circuit open", StringComparer.Ordinal),
                state.Providers.Where(pair => pair.Value.Count > 0).ToDictionary(StringComparer.Ordinal),
                state.ShortCodes.Count > 0 ? state.ShortCodes : null);
            return new JsonAnswer<HealthBody>(StatusOf(state), body, ApiJson.Default.HealthBody);
        });

    private static int StatusOf(Health state) => state.StorageAnswers ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;

    private static string WordOf(Health state) => state.StorageAnswers ? "ok" : "unavailable";
}
