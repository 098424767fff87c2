using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Verifications;
using FlashFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>Requests over HTTP.</summary>
public sealed class RequestFunctions(Api api, ReadUseCase read, GoalUseCase goal)
{
    [Function("RequestRead")]
    public Task<IResult> ReadAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/requests/{id}")] HttpRequest request, string id) =>
        api.RunAsync(request, async (call, token) => ApiResults.OfRead(await read.RunAsync(call.Account.Id, id, token)));

    [Function("RequestGoal")]
    public Task<IResult> GoalAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/requests/{id}")] HttpRequest request, string id) =>
        api.RunAsync(request, async (call, token) => ApiResults.OfGoal(await goal.RunAsync(call.Account.Id, id, call.Fields, token)));
}
