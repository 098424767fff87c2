using System.Security.Cryptography;

namespace FlashFunctions.Simulator;

/// <summary>Accepts what the operations have read, and finds it again.</summary>
internal sealed class LanckDesk(Desk desk, SimulatorLimits limits)
{
    private const string IdCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int IdLength = 32;
    private readonly BoundedMap<string, LanckRequest> _requests = new(limits.Calls);

    public Desk Desk => desk;

    public LanckRequest? Find(string id) => _requests.TryGet(id, out var found) ? found : null;

    /// <summary>The number's refusal, or what <paramref name="accept"/> makes of it.</summary>
    public static Outcome Unless(string number, Func<SimulatedBehaviour, Outcome> accept)
    {
        var behaviour = SimulatedBehaviours.Of(number);
        return ErrorTable.Of(behaviour.Refusal) is { } refused ? refused : accept(behaviour);
    }

    public LanckRequest Keep(string product, string number, ReadOnlyMemory<byte> payload, string? code = null, string? status = null)
    {
        var request = new LanckRequest
        {
            Id = RandomNumberGenerator.GetString(IdCharacters, IdLength),
            Product = product,
            Number = number,
            CreatedAt = desk.Now,
            Payload = payload,
            Code = code,
            OwnStatus = status,
        };
        return _requests.GetOrAdd(request.Id, _ => request);
    }

    /// <summary>Accepts one call or message.</summary>
    /// <param name="order">What to place.</param>
    /// <param name="payload">The parameters as they came.</param>
    /// <param name="callbackUrl">Where to report to, or null.</param>
    /// <param name="code">The code of a verification.</param>
    /// <param name="showFrom">The answer tells the caller number.</param>
    public Outcome Accept(Order order, ReadOnlyMemory<byte> payload, Uri? callbackUrl, string? code = null, bool showFrom = false)
    {
        var request = Keep(order.Product, order.Number, payload, code);
        var placed = desk.Place(order, request.Id);
        request.Placed = placed;
        return new Outcome(Reply.Json(200, new LanckAccepted(request.Id, showFrom ? placed.From : null), LanckJson.Default.LanckAccepted))
        {
            Manner = order.Behaviour.Manner,
            Scripts = [new LanckScript(placed, order.Behaviour, callbackUrl, LanckStatuses.Of(order.Kind, order.Behaviour.Fate))],
        };
    }
}
