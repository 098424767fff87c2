using FlashFunctions.Core.Insight;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Verifications;
using FlashFunctions.Http;

namespace FlashFunctions.Functions;

/// <summary>Requests over HTTP, whatever their product, and questions about numbers.</summary>
public sealed class RequestFunctions(Api api, ReadUseCase read, GoalUseCase goal, InsightUseCase insight)
{
    [Function("RequestRead")]
    public Task<IResult> ReadAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/requests/{id}")] HttpRequest request, string id) =>
        api.RunAsync(request, (call, token) => read.RunAsync(call.Account.Id, id, token), found => new RequestBody(found));

    [Function("RequestGoal")]
    public Task<IResult> GoalAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/requests/{id}")] HttpRequest request, string id) =>
        api.RunAsync(request, (call, token) => goal.RunAsync(call.Account.Id, id, call.Fields, token), GoalBody.Of);

    [Function("Hlr")]
    public Task<IResult> HlrAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "v1/insight/hlr")] HttpRequest request) =>
        api.CreateAsync(request, insight.LookUpAsync, found => new HlrBody(found));

    [Function("FraudCheck")]
    public Task<IResult> FraudCheckAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/insight/fraudcheck")] HttpRequest request) =>
        api.CreateAsync(request, insight.FraudCheckAsync, found => new FraudCheckBody(found));
}
