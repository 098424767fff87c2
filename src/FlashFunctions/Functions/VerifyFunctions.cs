using FlashFunctions.Core.Verifications;
using FlashFunctions.Http;

namespace FlashFunctions.Functions;

/// <summary>Verifications over HTTP.</summary>
public sealed class VerifyFunctions(Api api, VerifyUseCase verify, CheckUseCase check, NextUseCase next, CancelUseCase cancel)
{
    [Function("Verify")]
    public Task<IResult> VerifyAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/verify")] HttpRequest request) =>
        api.CreateAsync(request, verify.RunAsync, VerifyBody.Of, StatusCodes.Status202Accepted);

    [Function("VerifyCheck")]
    public Task<IResult> CheckAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/verify/check")] HttpRequest request) =>
        api.RunAsync(request, (call, token) => check.RunAsync(call.Account.Id, call.Fields, token), CheckBody.Of);

    [Function("VerifyNext")]
    public Task<IResult> NextAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/verify/{id}/next")] HttpRequest request, string id) =>
        api.RunAsync(
            request, (call, token) => next.RunAsync(call.Account.Id, id, token), VerifyBody.Of, StatusCodes.Status202Accepted);

    [Function("VerifyCancel")]
    public Task<IResult> CancelAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/verify/{id}/cancel")] HttpRequest request, string id) =>
        api.RunAsync(request, (call, token) => cancel.RunAsync(call.Account.Id, id, token), CancelBody.Of);
}
