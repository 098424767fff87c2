using System.Net;
using FlashFunctions.Simulator.Callbacks;
using FlashFunctions.Simulator.Capture;
using FlashFunctions.Simulator.Control;
using FlashFunctions.Simulator.Http;
using FlashFunctions.Simulator.Lanck;
using FlashFunctions.Simulator.Phones;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FlashFunctions.Simulator;

/// <summary>
/// The four providers on one port, each under a path of its own (<see cref="AddressOf"/>), with simulated phones behind them. Everything
/// that the control endpoints show can be read here too.
/// </summary>
public sealed class SimulatorApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Switchboard _switchboard;
    private bool _isStarted;

    private SimulatorApp(SimulatorOptions options, TimeProvider time)
    {
        _switchboard = new Switchboard(options, time);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, options.Port));
        builder.Services.AddRoutingCore();
        _app = builder.Build();
        _switchboard.Map(_app, _stopping.Token);
        ControlEndpoints.Map(_app, this);
    }

    /// <summary>Where it listens, once started: the base of all providers and of the control endpoints.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>Phones with a history, the most recently used first, at most 1,000.</summary>
    public IReadOnlyList<PhoneSnapshot> Phones => LatestPhones(1000);

    /// <summary>Calls and messages that were accepted, oldest first, within the limit.</summary>
    public IReadOnlyList<Placed> Calls => _switchboard.Desk.Calls.Snapshot();

    /// <summary>How many calls and messages were ever accepted.</summary>
    public long CallsPlaced => _switchboard.Desk.Calls.Total;

    /// <summary>Conversions, goals and results that were received, oldest first.</summary>
    public IReadOnlyList<ReceivedReport> Reports => _switchboard.Desk.Reports.Snapshot();

    /// <summary>Callbacks that were sent, oldest first, with the status that came back.</summary>
    public IReadOnlyList<SentCallback> SentCallbacks => _switchboard.Callbacks.Sender.Sent.Snapshot();

    /// <summary>Callbacks and other things that are waiting to be due.</summary>
    public int WaitingCallbacks => _switchboard.Callbacks.Waiting;

    /// <summary>While true nothing is sent by itself; true from the start in manual mode.</summary>
    public bool CallbacksPaused
    {
        get => _switchboard.Callbacks.IsPaused;
        set => _switchboard.Callbacks.IsPaused = value;
    }

    /// <summary>Where account-level callbacks go.</summary>
    public CallbackAddressOptions CallbackAddresses
    {
        get => _switchboard.Addresses;
        set => _switchboard.Addresses = value;
    }

    /// <summary>Makes a simulator; it listens after <see cref="StartAsync"/>.</summary>
    public static SimulatorApp Create(SimulatorOptions options, TimeProvider? time = null) => new(options, time ?? TimeProvider.System);

    /// <summary>Starts listening; an <see cref="IOException"/> says that the port is in use.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _app.StartAsync(cancellationToken);
        Address = new Uri(_app.Urls.First());
        _switchboard.Callbacks.Start();
        _isStarted = true;
    }

    /// <summary>The base address to configure for a provider of <see cref="SimulatedProvider.All"/>; Lanck's includes <c>/v1</c>.</summary>
    public Uri AddressOf(string provider) => new(Address, provider is SimulatedProvider.Lanck ? "/lanck/v1" : "/" + provider);

    /// <summary>The phone, or null when nothing was ever sent to it.</summary>
    /// <param name="number">E.164, with or without a plus.</param>
    public PhoneSnapshot? Phone(string number) => _switchboard.Desk.Phones.Find(number);

    /// <summary>Phones with a history, the most recently used first.</summary>
    public IReadOnlyList<PhoneSnapshot> LatestPhones(int count) => _switchboard.Desk.Phones.Latest(count);

    /// <summary>Captured upstream requests, oldest first.</summary>
    /// <param name="provider">Only those of one provider.</param>
    public IReadOnlyList<CapturedRequest> Requests(string? provider = null) =>
        [.. _switchboard.Requests.Snapshot().Where(request => provider is null || string.Equals(request.Provider, provider, StringComparison.OrdinalIgnoreCase))];

    /// <summary>Sets how a whole provider behaves.</summary>
    public void SetProviderMode(string provider, ProviderMode mode) => _switchboard.Outages.Set(provider, mode);

    /// <summary>How a whole provider behaves.</summary>
    public ProviderMode ModeOf(string provider) => _switchboard.Outages.Of(provider);

    /// <summary>Sends the callbacks that are due, one after the other, and those that become due by it. Returns how many steps were done.</summary>
    /// <param name="all">Also what is not due yet, except repetitions that come up on the way.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task<int> DeliverCallbacksAsync(bool all = false, CancellationToken cancellationToken = default) =>
        _switchboard.Callbacks.DeliverAsync(all, cancellationToken);

    /// <summary>Sends a message to one of the account's own numbers: repeated until a 2xx, for at most 24 hours. False: no address is configured.</summary>
    public bool InjectInboundSms(InboundSms message) => _switchboard.Inject(message);

    /// <summary>Forgets phones, calls, requests, reports, callbacks that are waiting, and outages; keeps addresses.</summary>
    public void Reset() => _switchboard.Reset();

    /// <summary>Returns when the process is asked to end.</summary>
    public Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_isStarted)
            await _app.StopAsync();
        await _app.DisposeAsync();
        await _switchboard.Callbacks.DisposeAsync();
        _stopping.Dispose();
    }
}
