using Microsoft.AspNetCore.Http;
using StandardWebhooks;
using StandardWebhooks.Diagnostics;

namespace FlashFunctions.ScenarioTests.Callbacks;

/// <summary>Verifies callbacks as a receiver would, with a published library for Standard Webhooks.</summary>
internal static class SignatureCheck
{
    private const string Header = "webhook-signature";

    /// <summary>
    /// Whether one of the signatures is the secret's. The library gets them one at a time: it passes over the last of several.
    /// </summary>
    public static bool IsSignedWith(this Received callback, string secret) =>
        callback.Headers[Header].Split(' ').Any(signature => Accepts(secret, callback, signature));

    private static bool Accepts(string secret, Received callback, string signature)
    {
        var headers = new HeaderDictionary();
        foreach (var (name, value) in callback.Headers)
        {
            headers[name] = value;
        }

        headers[Header] = signature;
        try
        {
            new StandardWebhook(secret).Verify(callback.Body, headers);
            return true;
        }
        catch (WebhookVerificationException)
        {
            return false;
        }
    }
}
