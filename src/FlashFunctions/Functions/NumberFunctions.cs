using FlashFunctions.Core.Operations;
using FlashFunctions.Http;
using FlashFunctions.Http.Manage;

namespace FlashFunctions.Functions;

/// <summary>What is known of a number, and test numbers, for operators: by the host's function key.</summary>
public sealed class NumberFunctions(ManageApi api, EraseUseCase erase, ExportUseCase export, TestNumberAdministration numbers)
{
    private const string TestNumbers = "manage/test-numbers";

    [Function("ManageErase")]
    public Task<IResult> EraseAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = "manage/erase")] HttpRequest request) =>
        api.RunAsync(request, erase.RunAsync, ErasedBody.Of);

    [Function("ManageExport")]
    public Task<IResult> ExportAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "manage/export")] HttpRequest request) =>
        api.RunAsync(request, export.RunAsync, exported => new ExportBody(exported));

    [Function("ManageTestNumberList")]
    public Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = TestNumbers)] HttpRequest request) =>
        api.RunAsync(request, numbers.ListAsync, TestNumbersBody.Of);

    [Function("ManageTestNumberPut")]
    public Task<IResult> PutAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = TestNumbers)] HttpRequest request) =>
        api.RunAsync(request, async (fields, token) =>
        {
            var result = await numbers.PutAsync(fields, token);
            var isNew = result.TryGet(out var put, out _) && put.IsNew;
            return Answer.Of(result, TestNumberBody.Of, isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
        });

    [Function("ManageTestNumberDelete")]
    public Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = TestNumbers + "/{number}")] HttpRequest request, string number) =>
        api.RunAsync(request, async (_, token) => DoneBody.Deleted(number, await numbers.DeleteAsync(number, token)));
}
