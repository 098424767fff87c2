using FlashFunctions.Core.Operations;
using FlashFunctions.Http;
using FlashFunctions.Http.Manage;

namespace FlashFunctions.Functions;

/// <summary>What routing would do, what learning changed and how routes convert, for operators: by the host's function key.</summary>
public sealed class RouteFunctions(ManageApi api, RoutesUseCase routes, ConversionUseCase conversion)
{
    [Function("ManageRoutePreview")]
    public Task<IResult> PreviewAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "manage/routes")] HttpRequest request) =>
        api.RunAsync(request, routes.PreviewAsync, preview => new RoutePreviewBody(preview));

    [Function("ManageRouteChanges")]
    public Task<IResult> ChangesAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "manage/routes/changes")] HttpRequest request) =>
        api.RunAsync(request, routes.ChangesAsync, RouteChangesBody.Of);

    /// <summary>The routes that fail silently, as the timer found them last.</summary>
    [Function("ManageFailingRoutes")]
    public Task<IResult> FailingAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "manage/routes/failing")] HttpRequest request) =>
        api.RunAsync(request, routes.FailingAsync, FailingRoutesBody.Of);

    [Function("ManageConversion")]
    public Task<IResult> ConversionAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "manage/conversion")] HttpRequest request) =>
        api.RunAsync(request, async (fields, token) => (await conversion.RunAsync(fields, token)).TryGet(out var answer, out var problem)
            ? ConversionBody.AnswerTo(answer)
            : new ProblemAnswer(problem));
}
