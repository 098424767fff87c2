using FlashFunctions.Core.Verifications;
using FlashFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>Verifications over HTTP.</summary>
public sealed class VerifyFunctions(Api api, VerifyUseCase verify, CheckUseCase check, NextUseCase next, CancelUseCase cancel)
{
    [Function("Verify")]
    public Task<IResult> VerifyAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/verify")] HttpRequest request) =>
        api.CreateAsync(request, async (call, token) => ApiResults.Of(await verify.RunAsync(call.Account, call.Fields, token)));

    [Function("VerifyCheck")]
    public Task<IResult> CheckAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/verify/check")] HttpRequest request) =>
        api.RunAsync(request, async (call, token) => ApiResults.Of(await check.RunAsync(call.Account.Id, call.Fields, token)));

    [Function("VerifyNext")]
    public Task<IResult> NextAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/verify/{id}/next")] HttpRequest request, string id) =>
        api.RunAsync(request, async (call, token) => ApiResults.Of(await next.RunAsync(call.Account.Id, id, token)));

    [Function("VerifyCancel")]
    public Task<IResult> CancelAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/verify/{id}/cancel")] HttpRequest request, string id) =>
        api.RunAsync(request, async (call, token) => ApiResults.OfCancel(await cancel.RunAsync(call.Account.Id, id, token)));
}
