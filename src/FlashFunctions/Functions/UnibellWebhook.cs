using FlashFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>Unibell's calls to us.</summary>
public sealed class UnibellWebhook(WebhookEndpoint endpoint)
{
    [Function("UnibellWebhook")]
    public Task<IResult> ReceiveAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "webhooks/unibell/{*path}")] HttpRequest request) =>
        endpoint.ReceiveAsync(request, "unibell");
}
