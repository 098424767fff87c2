using System.Net;

namespace FlashFunctions.Simulator;

/// <summary>
/// The four providers on one port, each under a path of its own (<see cref="AddressOf(string)"/>), with simulated phones behind them.
/// </summary>
public sealed class SimulatorApp : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly SimulatedLanck _lanck;
    private readonly Dictionary<string, SimulatedProvider> _providers;
    private readonly SimulatorListener _listener;
    private readonly Dictionary<string, SimulatorListener> _ownListeners;

    private SimulatorApp(SimulatorOptions options, TimeProvider time)
    {
        State = new SimulatedCalls(options, time, _stopping.Token);
        _lanck = new SimulatedLanck(State);
        var revicom = new SimulatedRevicom(State);
        SimulatedProvider[] providers =
        [
            new SimulatedUnibell(State), revicom, new SimulatedRevicomConversions(State, revicom), new SimulatedBird(State), _lanck,
        ];
        _providers = providers.ToDictionary(provider => provider.Name, StringComparer.OrdinalIgnoreCase);
        _listener = new SimulatorListener(options.Port, routes =>
        {
            Array.ForEach(providers, provider => provider.Map(routes));
            SimulatorControl.Map(routes, this);
        });
        _ownListeners = (options.OwnPorts ? providers : []).ToDictionary(
            provider => provider.Name,
            _ => new SimulatorListener(0, routes => Array.ForEach(providers, provider => provider.Map(routes))),
            StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Where it listens, once started: the base of all providers and of the control endpoints.</summary>
    public Uri Address => _listener.Address;

    /// <summary>Calls and messages that were accepted, oldest first, within the limit.</summary>
    public IReadOnlyList<SimulatedCall> Calls => State.Accepted.Snapshot();

    /// <summary>How many calls and messages were ever accepted.</summary>
    public long CallsPlaced => State.Accepted.Total;

    /// <summary>Conversions, goals and results that were received, oldest first.</summary>
    public IReadOnlyList<SimulatedReport> Reports => State.Reports.Snapshot();

    /// <summary>Callbacks that were sent, oldest first, with the status that came back.</summary>
    public IReadOnlyList<SimulatedCallback> SentCallbacks => State.Callbacks.Sent.Snapshot();

    /// <summary>Callbacks, and steps of failover flows, that are not due yet.</summary>
    public int WaitingCallbacks => State.Callbacks.Waiting;

    /// <summary>Where account-level callbacks go.</summary>
    public SimulatedCallbackAddresses CallbackAddresses
    {
        get => State.Addresses;
        set => State.Addresses = value;
    }

    internal SimulatedCalls State { get; }

    private IEnumerable<SimulatorListener> Listeners => _ownListeners.Values.Prepend(_listener);

    /// <summary>Makes a simulator; it listens after <see cref="StartAsync"/>.</summary>
    public static SimulatorApp Create(SimulatorOptions options, TimeProvider? time = null) => new(options, time ?? TimeProvider.System);

    /// <summary>Starts listening; an <see cref="IOException"/> says that the port is in use.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        foreach (var listener in Listeners)
        {
            await listener.OpenAsync(cancellationToken);
        }

        State.Callbacks.Start();
    }

    /// <summary>The base address of one of <see cref="SimulatedProviders.All"/>; Lanck's includes <c>/v1</c>.</summary>
    public Uri AddressOf(string provider) => AddressOf(_ownListeners.TryGetValue(provider, out var own) ? own.Address : Address, provider);

    /// <summary>The same at a simulator that listens at <paramref name="address"/>, in whichever process.</summary>
    public static Uri AddressOf(Uri address, string provider) =>
        new(address, provider is SimulatedProviders.Lanck ? "/lanck/v1" : "/" + provider);

    /// <summary>The phone, or null when nothing was ever sent to it.</summary>
    /// <param name="number">E.164, with or without a plus.</param>
    public SimulatedPhone? Phone(string number) => State.Phones.Find(number);

    /// <summary>Captured requests, oldest first.</summary>
    /// <param name="provider">Only those to one provider.</param>
    public IReadOnlyList<SimulatedRequest> Requests(string? provider = null) => [.. State.Requests.Snapshot()
        .Where(request => provider is null || request.Provider.Equals(provider, StringComparison.OrdinalIgnoreCase))];

    /// <summary>
    /// Sets how a whole provider behaves. <see cref="SimulatedMode.Refuse"/> closes the provider's port where it has one of its own
    /// (<see cref="SimulatorOptions.OwnPorts"/>); on the common port it cuts the connection instead.
    /// </summary>
    public async Task SetProviderModeAsync(string provider, SimulatedMode mode, CancellationToken cancellationToken = default)
    {
        _providers[provider].Mode = mode;
        if (_ownListeners.TryGetValue(provider, out var own))
        {
            await (mode == SimulatedMode.Refuse ? own.CloseAsync() : own.OpenAsync(cancellationToken));
        }
    }

    public SimulatedMode ModeOf(string provider) => _providers[provider].Mode;

    /// <summary>Sends the due callbacks, one after the other, and those that become due by it. Returns how many steps were done.</summary>
    /// <param name="all">Also what is not due yet, except repetitions that come up on the way.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task<int> DeliverCallbacksAsync(bool all = false, CancellationToken cancellationToken = default) =>
        State.Callbacks.DeliverAsync(all, cancellationToken);

    /// <summary>Sends a message to one of the account's own numbers, repeated until a 2xx, for at most 24 hours.</summary>
    /// <returns>False where no address is configured.</returns>
    public bool InjectInboundSms(SimulatedInboundSms message) => _lanck.SendInboundSms(message);

    /// <summary>Forgets phones, calls, requests, reports, callbacks that are waiting, and outages; keeps addresses.</summary>
    public async Task ResetAsync(CancellationToken cancellationToken = default)
    {
        foreach (var provider in SimulatedProviders.All)
        {
            await SetProviderModeAsync(provider, SimulatedMode.Up, cancellationToken);
        }

        State.Callbacks.IsTwice = false;
        State.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var listener in Listeners)
        {
            await listener.DisposeAsync();
        }

        await State.Callbacks.DisposeAsync();
        _stopping.Dispose();
    }
}

/// <summary>A port on 127.0.0.1 that can be closed, so that connections are refused, and opened again.</summary>
internal sealed class SimulatorListener(int port, Action<IEndpointRouteBuilder> map) : IAsyncDisposable
{
    private WebApplication? _app;
    private int _port = port;

    /// <summary>Where it listens, or last did.</summary>
    public Uri Address => new($"http://127.0.0.1:{_port}");

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (_app is not null)
        {
            return;
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port));
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        map(app);
        await app.StartAsync(cancellationToken);
        _app = app;
        _port = new Uri(app.Urls.First()).Port;
    }

    /// <summary>Closes the port and cuts its connections.</summary>
    public async Task CloseAsync()
    {
        if (_app is not { } app)
        {
            return;
        }

        _app = null;
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await CloseAsync();
}
