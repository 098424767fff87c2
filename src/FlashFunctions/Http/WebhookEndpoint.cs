using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;
using FlashFunctions.Core.Workflows;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Http;

/// <summary>What every provider's webhook goes through. A store that cannot answer makes the provider repeat it.</summary>
public sealed class WebhookEndpoint(WebhookIntake intake, IOptions<ServiceOptions> service)
{
    public async Task<IResult> ReceiveAsync(HttpRequest request, string provider)
    {
        using var span = Trace.StartCall("webhook", traceparent: null, isKnown: false);
        span?.SetTag("provider", provider);
        var path = PathBehind(request.Path.Value ?? "", $"/webhooks/{provider}/");
        if (intake.Refuses(provider, path))
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
            return Answer(await intake.ReceiveAsync(provider, webhook, CancellationToken.None));
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
