using FlashFunctions.Core.Messages;
using FlashFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>Calls over HTTP whose code the backend checks itself, and calls that speak a text.</summary>
public sealed class CallFunctions(Api api, FlashCallUseCase flashCall, MessageUseCase messages)
{
    [Function("FlashCall")]
    public Task<IResult> FlashAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/calls/flash")] HttpRequest request) =>
        api.CreateAsync(request, async (call, token) => ApiResults.Of(await flashCall.RunAsync(call.Account, call.Fields, token)));

    [Function("PinToSpeech")]
    public Task<IResult> P2sAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/calls/p2s")] HttpRequest request) =>
        api.CreateAsync(
            request, async (call, token) => ApiResults.OfMessage(await messages.SpeakCodeAsync(call.Account, call.Fields, token)));

    [Function("TextToSpeech")]
    public Task<IResult> T2sAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/calls/t2s")] HttpRequest request) =>
        api.CreateAsync(
            request, async (call, token) => ApiResults.OfMessage(await messages.SpeakTextAsync(call.Account, call.Fields, token)));
}
