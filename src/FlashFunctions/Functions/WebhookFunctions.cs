using FlashFunctions.Http;

namespace FlashFunctions.Functions;

/// <summary>The providers' calls to us: a function each.</summary>
public sealed class WebhookFunctions(WebhookEndpoint endpoint)
{
    [Function("UnibellWebhook")]
    public Task<IResult> UnibellAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "webhooks/unibell/{*path}")] HttpRequest request) =>
        endpoint.ReceiveAsync(request, "unibell");

    [Function("RevicomWebhook")]
    public Task<IResult> RevicomAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "webhooks/revicom/{*path}")] HttpRequest request) =>
        endpoint.ReceiveAsync(request, "revicom");

    [Function("BirdWebhook")]
    public Task<IResult> BirdAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "webhooks/bird/{*path}")] HttpRequest request) =>
        endpoint.ReceiveAsync(request, "bird");

    /// <summary>Reports on attempts, and inbound SMS below <c>inbound-sms/</c>.</summary>
    [Function("LanckWebhook")]
    public Task<IResult> LanckAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "webhooks/lanck/{*path}")] HttpRequest request) =>
        endpoint.ReceiveAsync(request, "lanck");
}
