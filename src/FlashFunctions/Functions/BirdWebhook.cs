using FlashFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>Bird's calls to us.</summary>
public sealed class BirdWebhook(WebhookEndpoint endpoint)
{
    [Function("BirdWebhook")]
    public Task<IResult> ReceiveAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "webhooks/bird/{*path}")] HttpRequest request) =>
        endpoint.ReceiveAsync(request, "bird");
}
