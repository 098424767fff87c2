using FlashFunctions.Core.Operations;
using FlashFunctions.Http.Manage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>What routing would do and what learning changed, for operators: by the host's function key.</summary>
public sealed class RouteFunctions(ManageApi api, RoutesUseCase routes)
{
    [Function("ManageRoutePreview")]
    public Task<IResult> PreviewAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "manage/routes")] HttpRequest request) =>
        api.RunAsync(request, async (fields, token) => RouteBodies.Of(await routes.PreviewAsync(fields, token)));

    [Function("ManageRouteChanges")]
    public Task<IResult> ChangesAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "manage/routes/changes")] HttpRequest request) =>
        api.RunAsync(request, async (fields, token) => RouteBodies.Of(await routes.ChangesAsync(fields, token)));
}
