using FlashFunctions.Core.Operations;
using FlashFunctions.Http.Manage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>Test numbers, for operators: by the host's function key.</summary>
public sealed class TestNumberFunctions(ManageApi api, TestNumberAdministration numbers)
{
    private const string TestNumbers = "manage/test-numbers";

    [Function("ManageTestNumberList")]
    public Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = TestNumbers)] HttpRequest request) =>
        api.RunAsync(request, async (fields, token) => ManageResults.Of(await numbers.ListAsync(fields, token)));

    [Function("ManageTestNumberPut")]
    public Task<IResult> PutAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = TestNumbers)] HttpRequest request) =>
        api.RunAsync(request, async (fields, token) => ManageResults.Of(await numbers.PutAsync(fields, token)));

    [Function("ManageTestNumberDelete")]
    public Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = TestNumbers + "/{number}")] HttpRequest request, string number) =>
        api.RunAsync(request, async (_, token) => ManageResults.Deleted(number, await numbers.DeleteAsync(number, token)));
}
