using System.Runtime.CompilerServices;
using FlashFunctions.Core.Messages;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>Messages over HTTP.</summary>
public sealed class MessageFunctions(Api api, MessageUseCase messages)
{
    [Function("Sms")]
    public Task<IResult> SmsAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/sms")] HttpRequest request) =>
        SendAsync(request, Channel.Sms);

    [Function("Push")]
    public Task<IResult> PushAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/messaging/push")] HttpRequest request) =>
        SendAsync(request, Channel.Push);

    [Function("Viber")]
    public Task<IResult> ViberAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/messaging/viber")] HttpRequest request) =>
        SendAsync(request, Channel.Viber);

    [Function("Rcs")]
    public Task<IResult> RcsAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/messaging/rcs")] HttpRequest request) =>
        SendAsync(request, Channel.Rcs);

    [Function("Failover")]
    public Task<IResult> FailoverAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/messaging/failover")] HttpRequest request) =>
        api.CreateAsync(
            request, async (call, token) => ApiResults.OfMessage(await messages.SendFlowAsync(call.Account, call.Fields, token)));

    private Task<IResult> SendAsync(HttpRequest request, Channel channel, [CallerMemberName] string method = "") =>
        api.CreateAsync(
            request,
            async (call, token) => ApiResults.OfMessage(await messages.SendAsync(call.Account, channel, call.Fields, token)),
            method);
}
