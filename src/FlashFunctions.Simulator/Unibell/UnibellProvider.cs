using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FlashFunctions.Simulator;

/// <summary>Unibell: flash calls with a code of ours, callbacks to the account's address.</summary>
internal sealed class UnibellProvider
{
    private const string Scheme = "AccessKey ";
    private readonly Desk _desk;
    private readonly SimulatedUnibellOptions _options;
    private readonly Func<Uri?> _callbackAddress;
    private readonly Door _door;

    // Ids do not repeat when the simulator is started again, since a service may still know the old ones.
    private long _lastId = (((long)RandomNumberGenerator.GetInt32(1, 1 << 20)) << 30) + 100_000;

    public UnibellProvider(Desk desk, SimulatedUnibellOptions options, Func<Uri?> callbackAddress)
    {
        _desk = desk;
        _options = options;
        _callbackAddress = callbackAddress;
        _door = new Door(SimulatedProviders.Unibell, Authenticate, ErrorTable.Of);
    }

    public void Map(IEndpointRouteBuilder routes, Exchange exchange)
    {
        routes.MapPost("/unibell/apps/flash/calls/flash", exchange.Serve(_door, Place));
        routes.Map("/unibell/{**rest}", exchange.Serve(_door, _ => ErrorTable.NotFound));
    }

    private Reply? Authenticate(HttpRequest request)
    {
        string? given = request.Headers["X-Authorization"];
        given ??= request.Query["X-Authorization"];
        return given is not null && given.StartsWith(Scheme, StringComparison.Ordinal) && Same(given[Scheme.Length..], _options.AccessKey)
            ? null
            : ErrorTable.AuthenticationRequired;
    }

    private Outcome Place(ProviderRequest request)
    {
        var (call, refusal) = UnibellCall.Read(request);
        if (call is null)
            return refusal!;
        var behaviour = SimulatedBehaviours.Of(call.Number);
        return ErrorTable.Of(behaviour.Refusal) is { } refused ? refused : Accept(call, behaviour);
    }

    private Outcome Accept(UnibellCall call, SimulatedBehaviour behaviour)
    {
        var id = Interlocked.Increment(ref _lastId);
        var from = CallerNumbers.EndingIn(call.Code);
        var order = new Order(SimulatedProviders.Unibell, "calls.flash", SimulatedCallKind.FlashCall, call.Number, behaviour) { From = from };
        var placed = _desk.Place(order, id.ToString(CultureInfo.InvariantCulture), call.Timeout);
        return new Outcome(Reply.Json(200, new UnibellAccepted(id, from), UnibellJson.Default.UnibellAccepted))
        {
            Manner = behaviour.Manner,
            Scripts = [new UnibellScript(placed, behaviour, _callbackAddress(), _options.AppKey)],
        };
    }

    private static bool Same(string given, string expected) => string.Equals(given, expected, StringComparison.Ordinal);
}
