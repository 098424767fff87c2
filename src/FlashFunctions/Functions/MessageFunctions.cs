using System.Runtime.CompilerServices;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Messages;
using FlashFunctions.Core.Requests;
using FlashFunctions.Http;

namespace FlashFunctions.Functions;

/// <summary>Messages over HTTP, calls that speak, and calls whose code the backend checks itself.</summary>
public sealed class MessageFunctions(Api api, MessageUseCase messages, FlashCallUseCase flashCall)
{
    [Function("Sms")]
    public Task<IResult> SmsAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/sms")] HttpRequest request) =>
        SendAsync(request, (account, fields, token) => messages.SendAsync(account, Channel.Sms, fields, token));

    [Function("Push")]
    public Task<IResult> PushAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/messaging/push")] HttpRequest request) =>
        SendAsync(request, (account, fields, token) => messages.SendAsync(account, Channel.Push, fields, token));

    [Function("Viber")]
    public Task<IResult> ViberAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/messaging/viber")] HttpRequest request) =>
        SendAsync(request, (account, fields, token) => messages.SendAsync(account, Channel.Viber, fields, token));

    [Function("Rcs")]
    public Task<IResult> RcsAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/messaging/rcs")] HttpRequest request) =>
        SendAsync(request, (account, fields, token) => messages.SendAsync(account, Channel.Rcs, fields, token));

    [Function("Failover")]
    public Task<IResult> FailoverAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/messaging/failover")] HttpRequest request) =>
        SendAsync(request, messages.SendFlowAsync);

    [Function("PinToSpeech")]
    public Task<IResult> P2sAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/calls/p2s")] HttpRequest request) =>
        SendAsync(request, messages.SpeakCodeAsync);

    [Function("TextToSpeech")]
    public Task<IResult> T2sAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/calls/t2s")] HttpRequest request) =>
        SendAsync(request, messages.SpeakTextAsync);

    [Function("FlashCall")]
    public Task<IResult> FlashAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/calls/flash")] HttpRequest request) =>
        api.CreateAsync(request, async (call, token) =>
            FlashCallBody.AnswerTo(await flashCall.RunAsync(call.Account, call.Fields, token)));

    private Task<IResult> SendAsync(
        HttpRequest request, Func<Account, Fields, CancellationToken, Task<Result<RequestRecord>>> send,
        [CallerMemberName] string method = "") =>
        api.CreateAsync(request, send, SendBody.Of, StatusCodes.Status202Accepted, method);
}
