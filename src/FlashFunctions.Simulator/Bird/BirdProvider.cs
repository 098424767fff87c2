using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FlashFunctions.Simulator;

/// <summary>Bird: flash calls whose code is the tail of the number that rings, ended by id or by both numbers.</summary>
internal sealed class BirdProvider
{
    private const string Calls = "/bird/workspaces/{workspaceId}/channels/{channelId}/flashcalls";
    private readonly SimulatedBirdOptions _options;
    private readonly BirdPlacing _placing;
    private readonly BirdEnding _ending;
    private readonly Door _door;

    public BirdProvider(Desk desk, SimulatorOptions options, CallbackEngine callbacks, Func<Uri?> callbackAddress)
    {
        var calls = new BoundedMap<string, BirdCall>(options.Limits.Calls * 2);
        Func<BirdWebhook> webhook = () => new BirdWebhook(callbackAddress(), options.Bird.SigningKey);
        _options = options.Bird;
        _placing = new BirdPlacing(desk, options.Bird, calls, webhook);
        _ending = new BirdEnding(desk, calls, callbacks, webhook);
        _door = new Door(SimulatedProviders.Bird, Authenticate, BirdErrors.Of);
    }

    public void Map(IEndpointRouteBuilder routes, Exchange exchange)
    {
        routes.MapPost(Calls, Serve(exchange, _placing.Place));
        routes.MapPost(Calls + "/hangup", Serve(exchange, _ending.EndByNumbers));
        routes.MapPost(Calls + "/{callId}", Serve(exchange, _ending.EndById));
        routes.Map("/bird/{**rest}", exchange.Serve(_door, _ => BirdErrors.NotFound));
    }

    private RequestDelegate Serve(Exchange exchange, Func<ProviderRequest, Outcome> handle) =>
        exchange.Serve(_door, request => IsOurs(request) ? handle(request) : BirdErrors.NotFound);

    private bool IsOurs(ProviderRequest request) =>
        string.Equals(request.Route("workspaceId"), _options.WorkspaceId, StringComparison.OrdinalIgnoreCase)
        && string.Equals(request.Route("channelId"), _options.ChannelId, StringComparison.OrdinalIgnoreCase);

    private Reply? Authenticate(HttpRequest request) =>
        string.Equals(request.Headers.Authorization, "AccessKey " + _options.AccessKey, StringComparison.Ordinal) ? null : BirdErrors.Unauthorized;
}
