using FlashFunctions.Core.Calls;
using FlashFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>Calls over HTTP whose code the backend checks itself.</summary>
public sealed class CallFunctions(Api api, FlashCallUseCase flashCall)
{
    [Function("FlashCall")]
    public Task<IResult> FlashAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/calls/flash")] HttpRequest request) =>
        api.RunAsync(request, async (call, token) => ApiResults.Of(await flashCall.RunAsync(call.Account, call.Fields, token)));
}
