using FlashFunctions.Core.Sweep;
using FlashFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>Liveness with the state of what the service depends on.</summary>
public sealed class HealthFunction(HealthUseCase health)
{
    [Function("Health")]
    public async Task<IResult> HealthAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "healthz")] HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var state = await health.RunAsync(CancellationToken.None);
        var body = new HealthBody(
            state.StorageAnswers ? "ok" : "unavailable",
            state.StorageAnswers ? "ok" : "unavailable",
            (long?)state.SweepLag?.TotalSeconds,
            state.Providers.ToDictionary(pair => pair.Key, pair => pair.Value ? "ok" : "circuit open", StringComparer.Ordinal),
            state.ShortCodes.Count > 0 ? state.ShortCodes : null);
        return new JsonAnswer<HealthBody>(
            state.StorageAnswers ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, body, ApiJson.Default.HealthBody);
    }
}
