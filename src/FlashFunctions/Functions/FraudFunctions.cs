using FlashFunctions.Core.Operations;
using FlashFunctions.Http.Manage;

namespace FlashFunctions.Functions;

/// <summary>The fraud guard, for operators: by the host's function key.</summary>
public sealed class FraudFunctions(
    ManageApi api, FraudAdministration fraud, FraudPreviewUseCase preview)
{
    private const string List = "manage/fraud/lists/{list}";
    private const string Blocks = "manage/fraud/blocks";

    [Function("ManageFraudListRead")]
    public Task<IResult> ReadListAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = List)] HttpRequest request, string list) =>
        api.RunAsync(request, (fields, token) => fraud.ListAsync(list, fields, token), FraudListBody.Of);

    [Function("ManageFraudListAdd")]
    public Task<IResult> AddAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = List)] HttpRequest request, string list) =>
        api.RunAsync(
            request,
            (fields, token) => fraud.AddEntryAsync(list, fields, token),
            entry => new FraudListEntryBody(entry),
            StatusCodes.Status201Created);

    [Function("ManageFraudListDelete")]
    public Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = List + "/{id}")] HttpRequest request, string list, string id) =>
        api.RunAsync(request, async (_, token) => DoneBody.Deleted(id, await fraud.DeleteEntryAsync(list, id, token)));

    [Function("ManageFraudBlockList")]
    public Task<IResult> BlocksAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = Blocks)] HttpRequest request) =>
        api.RunAsync(request, fraud.BlocksAsync, FraudBlocksBody.Of);

    [Function("ManageFraudBlockAdd")]
    public Task<IResult> BlockAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = Blocks)] HttpRequest request) =>
        api.RunAsync(request, fraud.BlockAsync, block => new FraudBlockBody(block), StatusCodes.Status201Created);

    [Function("ManageFraudBlockLift")]
    public Task<IResult> LiftAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = Blocks + "/{id}")] HttpRequest request, string id) =>
        api.RunAsync(request, async (_, token) => DoneBody.Deleted(id, await fraud.LiftAsync(id, token)));

    [Function("ManageFraudDecisionList")]
    public Task<IResult> DecisionsAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "manage/fraud/decisions")] HttpRequest request) =>
        api.RunAsync(request, fraud.DecisionsAsync, FraudDecisionsBody.Of);

    [Function("ManageFraudPreview")]
    public Task<IResult> PreviewAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "manage/fraud/preview")] HttpRequest request) =>
        api.RunAsync(request, preview.RunAsync, found => new FraudPreviewBody(found));
}
