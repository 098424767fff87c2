using FlashFunctions.Core.Operations;
using FlashFunctions.Core.Statistics;
using FlashFunctions.Http;
using FlashFunctions.Http.Manage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>How routes convert, for operators: by the host's function key.</summary>
public sealed class ConversionFunctions(ManageApi api, ConversionUseCase conversion, ConversionSummaries summaries)
{
    [Function("ManageConversion")]
    public Task<IResult> ConversionAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "manage/conversion")] HttpRequest request) =>
        api.RunAsync(request, async (fields, token) => (await conversion.RunAsync(fields, token)).TryGet(out var answer, out var problem)
            ? ConversionResults.Of(answer)
            : new ProblemAnswer(problem));

    /// <summary>The routes that fail silently, as the timer found them last.</summary>
    [Function("ManageFailingRoutes")]
    public Task<IResult> FailingAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "manage/routes/failing")] HttpRequest request) =>
        api.RunAsync(request, async (fields, token) =>
        {
            var (after, limit) = (fields.Text("after", 200), fields.Integer("limit", 1, 1_000) ?? 100);
            if (after is not null && !ConversionResults.IsPlace(after))
            {
                fields.Wrong("after", "is not the beginning of a page");
            }

            return fields.Problem is { } problem
                ? new ProblemAnswer(problem)
                : ConversionResults.Of(await summaries.ReadAsync(token), after, limit);
        });
}
