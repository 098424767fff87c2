using FlashFunctions.Simulator.Bird;
using FlashFunctions.Simulator.Callbacks;
using FlashFunctions.Simulator.Capture;
using FlashFunctions.Simulator.Http;
using FlashFunctions.Simulator.Lanck;
using FlashFunctions.Simulator.Phones;
using FlashFunctions.Simulator.Revicom;
using FlashFunctions.Simulator.Unibell;
using Microsoft.AspNetCore.Routing;

namespace FlashFunctions.Simulator;

/// <summary>Everything behind the port, wired together.</summary>
internal sealed class Switchboard(SimulatorOptions options, TimeProvider time)
{
    private readonly LanckInbound _inbound = new(time);
    private volatile CallbackAddressOptions _addresses = options.Addresses;

    public Desk Desk { get; } = new(options, time);

    public CallbackEngine Callbacks { get; } = new(options, time);

    public RequestLog Requests { get; } = new(options.Limits.Requests, time);

    public Outages Outages { get; } = new();

    public CallbackAddressOptions Addresses
    {
        get => _addresses;
        set => _addresses = value;
    }

    public void Map(IEndpointRouteBuilder routes, CancellationToken stopping)
    {
        var exchange = new Exchange(Outages, Requests, Callbacks, new ReplyWriter(options.Delays, time), stopping);
        new UnibellProvider(Desk, options.Unibell, () => _addresses.Unibell).Map(routes, exchange);
        new RevicomProvider(Desk, options.Revicom, options.Limits).Map(routes, exchange);
        new BirdProvider(Desk, options, Callbacks, () => _addresses.Bird).Map(routes, exchange);
        new LanckProvider(Desk, options, Callbacks, time).Map(routes, exchange);
    }

    public bool Inject(InboundSms message)
    {
        if (_addresses.InboundSms is not { } address)
            return false;
        Callbacks.AddNext(_inbound.Deliver(message, address));
        return true;
    }

    public void Reset()
    {
        Callbacks.Clear();
        Outages.Clear();
        Requests.Clear();
        Desk.Clear();
    }
}
