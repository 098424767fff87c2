using FlashFunctions.Core.Operations;
using FlashFunctions.Core.Statistics;
using FlashFunctions.Http;
using FlashFunctions.Http.Manage;

namespace FlashFunctions.Functions;

/// <summary>What routing would do, what learning changed and how routes convert, for operators: by the host's function key.</summary>
public sealed class RouteFunctions(ManageApi api, RoutesUseCase routes, ConversionUseCase conversion, ConversionSummaries summaries)
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
        api.RunAsync(request, async (fields, token) =>
        {
            var (after, limit) = (fields.Text("after", 200), fields.Integer("limit", 1, 1_000) ?? 100);
            if (after is not null && !FailingRoutesBody.IsPlace(after))
            {
                fields.Wrong("after", "is not the beginning of a page");
            }

            return fields.Problem is { } problem
                ? new ProblemAnswer(problem)
                : Answer.Of(FailingRoutesBody.Of(await summaries.ReadAsync(token), after, limit));
        });

    [Function("ManageConversion")]
    public Task<IResult> ConversionAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "manage/conversion")] HttpRequest request) =>
        api.RunAsync(request, async (fields, token) => (await conversion.RunAsync(fields, token)).TryGet(out var answer, out var problem)
            ? ConversionBody.AnswerTo(answer)
            : new ProblemAnswer(problem));
}
