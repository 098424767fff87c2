using FlashFunctions.Core.Operations;
using FlashFunctions.Http.Manage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>What is known of a number, for operators: by the host's function key.</summary>
public sealed class PersonalDataFunctions(ManageApi api, EraseUseCase erase, ExportUseCase export)
{
    [Function("ManageErase")]
    public Task<IResult> EraseAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = "manage/erase")] HttpRequest request) =>
        api.RunAsync(request, async (fields, token) => ManageResults.Of(await erase.RunAsync(fields, token)));

    [Function("ManageExport")]
    public Task<IResult> ExportAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "manage/export")] HttpRequest request) =>
        api.RunAsync(request, async (fields, token) => ManageResults.Of(await export.RunAsync(fields, token)));
}
