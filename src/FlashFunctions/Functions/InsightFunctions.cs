using FlashFunctions.Core.Insight;
using FlashFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>Questions about numbers over HTTP.</summary>
public sealed class InsightFunctions(Api api, InsightUseCase insight)
{
    [Function("Hlr")]
    public Task<IResult> HlrAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "v1/insight/hlr")] HttpRequest request) =>
        api.CreateAsync(request, async (call, token) => ApiResults.OfInsight(await insight.LookUpAsync(call.Account, call.Fields, token)));

    [Function("FraudCheck")]
    public Task<IResult> FraudCheckAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/insight/fraudcheck")] HttpRequest request) =>
        api.CreateAsync(
            request, async (call, token) => ApiResults.OfInsight(await insight.FraudCheckAsync(call.Account, call.Fields, token)));
}
