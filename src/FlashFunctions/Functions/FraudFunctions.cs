using FlashFunctions.Core.Operations;
using FlashFunctions.Http.Manage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>The fraud guard, for operators: by the host's function key.</summary>
public sealed class FraudFunctions(ManageApi api, FraudListAdministration lists)
{
    private const string List = "manage/fraud/lists/{list}";

    [Function("ManageFraudListRead")]
    public Task<IResult> ReadListAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = List)] HttpRequest request, string list) =>
        api.RunAsync(request, async (fields, token) => ManageResults.Of(await lists.ListAsync(list, fields, token)));

    [Function("ManageFraudListAdd")]
    public Task<IResult> AddAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = List)] HttpRequest request, string list) =>
        api.RunAsync(request, async (fields, token) => ManageResults.Of(await lists.AddAsync(list, fields, token)));

    [Function("ManageFraudListDelete")]
    public Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = List + "/{id}")] HttpRequest request, string list, string id) =>
        api.RunAsync(request, async (_, token) => ManageResults.Deleted(id, await lists.DeleteAsync(list, id, token)));
}
