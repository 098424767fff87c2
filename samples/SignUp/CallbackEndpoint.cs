using System.Text.Json;
using Microsoft.Extensions.Options;
using StandardWebhooks;
using StandardWebhooks.Diagnostics;

namespace SignUp;

/// <summary>
/// What FlashFunctions says of a verification: its status, its result. Signed to the Standard Webhooks specification, so that only the
/// service can say it; delivered at least once and in order, so a repeat must change nothing.
/// </summary>
public static class CallbackEndpoint
{
    private const string Header = "webhook-signature";
    private const int MostSignatures = 4;

    public static void MapCallbacks(this WebApplication app) => app.MapPost("/callbacks/flashfunctions", ReceiveAsync);

    private static async Task<IResult> ReceiveAsync(
        HttpRequest request, SignUpSessions sessions, IOptions<FlashFunctionsOptions> options, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync(cancellationToken);
        if (options.Value.CallbackSecret is not { } secret || !IsSigned(secret, body, request.Headers))
        {
            return Results.Unauthorized();
        }

        using var callback = JsonDocument.Parse(body);
        if (Text(callback, "reference") is { } reference && sessions.Find(reference) is { } session)
        {
            session.Status = Text(callback, "status");
        }

        return Results.NoContent();
    }

    private static bool IsSigned(string secret, string body, IHeaderDictionary headers)
    {
        // The library looks at the first two of several signatures, so during a rotation each is tried by itself.
        var given = headers[Header].ToString().Split(' ');
        return given.Length <= MostSignatures && Array.Exists(given, signature => IsSignedBy(secret, body, headers, signature));
    }

    private static bool IsSignedBy(string secret, string body, IHeaderDictionary headers, string signature)
    {
        try
        {
            var one = new HeaderDictionary(headers.ToDictionary()) { [Header] = signature };
            new StandardWebhook(secret).Verify(body, one);
            return true;
        }
        catch (WebhookVerificationException)
        {
            return false;
        }
    }

    private static string? Text(JsonDocument document, string name) =>
        document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
