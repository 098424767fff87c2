using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FlashFunctions.Simulator;

/// <summary>Revicom Direct: messages on one host, conversions on another.</summary>
internal sealed class RevicomProvider
{
    private const int Most = 1000;
    private readonly SimulatedRevicomOptions _options;
    private readonly RevicomSending _sending;
    private readonly RevicomConversions _conversions;

    public RevicomProvider(Desk desk, SimulatedRevicomOptions options, SimulatorLimits limits)
    {
        var messages = new BoundedMap<string, SimulatedCall>(limits.Calls);
        _options = options;
        _sending = new RevicomSending(desk, new RevicomReader(options), messages);
        _conversions = new RevicomConversions(desk, messages);
    }

    public void Map(IEndpointRouteBuilder routes, Exchange exchange)
    {
        var messages = new Door(SimulatedProviders.Revicom, request => Authenticate(request, "Basic ", _options.MessageToken, _options.ConversionToken), RevicomErrors.Of);
        var conversions = new Door(SimulatedProviders.RevicomConversion, request => Authenticate(request, "Bearer ", _options.ConversionToken, _options.MessageToken), RevicomErrors.Of);
        routes.MapPost("/revicom/api/v1/message", exchange.Serve(messages, request => WithItems(request, _sending.Send)));
        routes.MapPost("/revicom-conversion/api/v1/flashcall-conversion", exchange.Serve(conversions, request => WithItems(request, _conversions.Receive)));
        routes.Map("/revicom/{**rest}", exchange.Serve(messages, _ => RevicomErrors.NotFound));
        routes.Map("/revicom-conversion/{**rest}", exchange.Serve(conversions, _ => RevicomErrors.NotFound));
    }

    private static Reply? Authenticate(HttpRequest request, string scheme, string expected, string otherKind)
    {
        var given = request.Headers.Authorization.ToString();
        if (given.Length == 0)
            return RevicomErrors.NotAuthenticated;
        var isOfScheme = given.StartsWith(scheme, StringComparison.Ordinal);
        if (isOfScheme && string.Equals(given[scheme.Length..], expected, StringComparison.Ordinal))
            return null;
        var token = given[(given.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        var isOtherKind = string.Equals(token, otherKind, StringComparison.Ordinal) || string.Equals(token, expected, StringComparison.Ordinal);
        return isOtherKind ? RevicomErrors.AccessDenied : RevicomErrors.BadCredentials;
    }

    private static Outcome WithItems(ProviderRequest request, Func<IReadOnlyList<JsonElement>, Outcome> handle)
    {
        if (!request.HasJsonContentType)
            return RevicomErrors.Invalid("Invalid Content-Type");
        try
        {
            using var json = JsonDocument.Parse(request.Body);
            return json.RootElement is { ValueKind: JsonValueKind.Array } array && array.GetArrayLength() is >= 1 and <= Most
                ? handle([.. array.EnumerateArray()])
                : RevicomErrors.Invalid("Invalid request");
        }
        catch (JsonException)
        {
            return RevicomErrors.Invalid("Invalid request");
        }
    }
}
