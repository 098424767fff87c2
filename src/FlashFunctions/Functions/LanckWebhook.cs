using FlashFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>Lanck's calls to us.</summary>
public sealed class LanckWebhook(WebhookEndpoint endpoint)
{
    [Function("LanckWebhook")]
    public Task<IResult> ReceiveAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "webhooks/lanck/{*path}")] HttpRequest request) =>
        endpoint.ReceiveAsync(request, "lanck");
}
