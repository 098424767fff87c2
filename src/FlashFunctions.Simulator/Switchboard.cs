using Microsoft.AspNetCore.Routing;

namespace FlashFunctions.Simulator;

/// <summary>Everything behind the port, wired together.</summary>
internal sealed class Switchboard
{
    private readonly LanckInbound _inbound;
    private readonly Exchange _exchange;
    private readonly UnibellProvider _unibell;
    private readonly RevicomProvider _revicom;
    private readonly BirdProvider _bird;
    private readonly LanckProvider _lanck;
    private volatile SimulatedCallbackAddresses _addresses;

    public Switchboard(SimulatorOptions options, TimeProvider time, CancellationToken stopping)
    {
        _addresses = options.Addresses;
        _inbound = new LanckInbound(time);
        Desk = new Desk(options, time);
        Callbacks = new CallbackEngine(options, time);
        Requests = new RequestLog(options.Limits.Requests, time);
        _exchange = new Exchange(Outages, Requests, Callbacks, new ReplyWriter(options.Delays, time), stopping);
        _unibell = new UnibellProvider(Desk, options.Unibell, () => _addresses.Unibell);
        _revicom = new RevicomProvider(Desk, options.Revicom, options.Limits);
        _bird = new BirdProvider(Desk, options, Callbacks, () => _addresses.Bird);
        _lanck = new LanckProvider(Desk, options, Callbacks, time);
    }

    public Desk Desk { get; }

    public CallbackEngine Callbacks { get; }

    public RequestLog Requests { get; }

    public Outages Outages { get; } = new();

    public SimulatedCallbackAddresses Addresses
    {
        get => _addresses;
        set => _addresses = value;
    }

    /// <summary>Serves all providers; may be mapped on several ports.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        _unibell.Map(routes, _exchange);
        _revicom.Map(routes, _exchange);
        _bird.Map(routes, _exchange);
        _lanck.Map(routes, _exchange);
    }

    public bool Inject(SimulatedInboundSms message)
    {
        if (_addresses.InboundSms is not { } address)
            return false;
        Callbacks.AddNext(_inbound.Deliver(message, address));
        return true;
    }

    public void Reset()
    {
        Callbacks.Clear();
        Requests.Clear();
        Desk.Clear();
    }
}
