using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Workflows;
using FlashFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>Lanck's calls to us: reports on attempts, and inbound SMS below <c>inbound-sms/</c>.</summary>
public sealed class LanckWebhook(WebhookEndpoint endpoint, WebhookIntake intake, InboundSmsIntake inbound)
{
    private const string Provider = "lanck";

    [Function("LanckWebhook")]
    public Task<IResult> ReceiveAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "webhooks/lanck/{*path}")] HttpRequest request) =>
        endpoint.ReceiveAsync(
            request,
            Provider,
            path => InboundSmsIntake.IsFor(path) ? inbound.Refuses(path) : intake.Refuses(Provider, path),
            (webhook, token) => InboundSmsIntake.IsFor(webhook.Path) ? inbound.ReceiveAsync(webhook, token) : intake.ReceiveAsync(Provider, webhook, token));
}
