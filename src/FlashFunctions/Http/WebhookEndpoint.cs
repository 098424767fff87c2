using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;
using FlashFunctions.Core.Workflows;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Http;

/// <summary>What every provider's webhook goes through. A store that cannot answer makes the provider repeat it.</summary>
public sealed class WebhookEndpoint(WebhookIntake intake, IOptions<ServiceOptions> service)
{
    /// <summary>Receives one webhook about attempts.</summary>
    public Task<IResult> ReceiveAsync(HttpRequest request, string provider) =>
        ReceiveAsync(
            request, provider, path => intake.Refuses(provider, path), (webhook, token) => intake.ReceiveAsync(provider, webhook, token));

    /// <summary>Receives one webhook.</summary>
    /// <param name="request">The call.</param>
    /// <param name="provider">The provider's name.</param>
    /// <param name="refuses">Whether the path alone says that it is not the provider's: the body of such a call is not read.</param>
    /// <param name="take">Takes the webhook in.</param>
    public async Task<IResult> ReceiveAsync(
        HttpRequest request, string provider, Func<string, bool> refuses,
        Func<ProviderWebhook, CancellationToken, Task<WebhookAnswer>> take)
    {
        using var span = Trace.StartCall("webhook", traceparent: null, isKnown: false);
        span?.SetTag("provider", provider);
        var path = PathBehind(request.Path.Value ?? "", $"/webhooks/{provider}/");
        if (refuses(path))
        {
            return Results.Unauthorized();
        }

        if (!(await BodyReader.ReadAsync(request)).TryGet(out var body, out var problem))
        {
            return Results.StatusCode(problem.HttpStatus);
        }

        var webhook = new ProviderWebhook(
            path,
            $"{service.Value.PublicAddress.TrimEnd('/')}{request.Path.ToUriComponent()}{request.QueryString.ToUriComponent()}",
            request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body);
        try
        {
            return Answer(await take(webhook, CancellationToken.None));
        }
        catch (StorageUnavailableException)
        {
            return new ProblemAnswer(Problem.Unavailable());
        }
    }

    private static IResult Answer(WebhookAnswer answer) => answer switch
    {
        WebhookAnswer.Taken => Results.Ok(),
        WebhookAnswer.NotAuthentic => Results.Unauthorized(),
        _ => Results.BadRequest(),
    };

    private static string PathBehind(string path, string prefix)
    {
        var start = path.IndexOf(prefix, StringComparison.OrdinalIgnoreCase);
        return start < 0 ? "" : path[(start + prefix.Length)..];
    }
}
