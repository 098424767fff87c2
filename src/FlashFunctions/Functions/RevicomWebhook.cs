using FlashFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>Revicom's calls to us.</summary>
public sealed class RevicomWebhook(WebhookEndpoint endpoint)
{
    [Function("RevicomWebhook")]
    public Task<IResult> ReceiveAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "webhooks/revicom/{*path}")] HttpRequest request) =>
        endpoint.ReceiveAsync(request, "revicom");
}
