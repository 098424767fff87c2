namespace FlashFunctions.Simulator;

/// <summary>
/// The four providers on one port, each under a path of its own (<see cref="AddressOf"/>), with simulated phones behind them. Everything
/// that the control endpoints show can be read here too.
/// </summary>
public sealed class SimulatorApp : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Switchboard _switchboard;
    private readonly Listener _listener;
    private readonly Dictionary<string, Listener> _ownListeners;

    private SimulatorApp(SimulatorOptions options, TimeProvider time)
    {
        _switchboard = new Switchboard(options, time, _stopping.Token);
        _listener = new Listener(options.Port, routes =>
        {
            _switchboard.Map(routes);
            ControlEndpoints.Map(routes, this);
        });
        _ownListeners = (options.OwnPorts ? SimulatedProviders.All : [])
            .ToDictionary(name => name, _ => new Listener(0, _switchboard.Map), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Where it listens, once started: the base of all providers and of the control endpoints.</summary>
    public Uri Address => _listener.Address;

    /// <summary>Phones with a history, the most recently used first, at most 1,000.</summary>
    public IReadOnlyList<SimulatedPhone> Phones => LatestPhones(1000);

    /// <summary>Calls and messages that were accepted, oldest first, within the limit.</summary>
    public IReadOnlyList<SimulatedCall> Calls => _switchboard.Desk.Calls.Snapshot();

    /// <summary>How many calls and messages were ever accepted.</summary>
    public long CallsPlaced => _switchboard.Desk.Calls.Total;

    /// <summary>Conversions, goals and results that were received, oldest first.</summary>
    public IReadOnlyList<SimulatedReport> Reports => _switchboard.Desk.Reports.Snapshot();

    /// <summary>Callbacks that were sent, oldest first, with the status that came back.</summary>
    public IReadOnlyList<SimulatedCallback> SentCallbacks => _switchboard.Callbacks.Sender.Sent.Snapshot();

    /// <summary>Callbacks and other things that are waiting to be due.</summary>
    public int WaitingCallbacks => _switchboard.Callbacks.Waiting;

    /// <summary>While true nothing is sent by itself; true from the start in manual mode.</summary>
    public bool CallbacksPaused
    {
        get => _switchboard.Callbacks.IsPaused;
        set => _switchboard.Callbacks.IsPaused = value;
    }

    /// <summary>Where account-level callbacks go.</summary>
    public SimulatedCallbackAddresses CallbackAddresses
    {
        get => _switchboard.Addresses;
        set => _switchboard.Addresses = value;
    }

    /// <summary>Makes a simulator; it listens after <see cref="StartAsync"/>.</summary>
    public static SimulatorApp Create(SimulatorOptions options, TimeProvider? time = null) => new(options, time ?? TimeProvider.System);

    /// <summary>Starts listening; an <see cref="IOException"/> says that the port is in use.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _listener.OpenAsync(cancellationToken);
        foreach (var listener in _ownListeners.Values)
            await listener.OpenAsync(cancellationToken);
        _switchboard.Callbacks.Start();
    }

    /// <summary>The base address to configure for a provider of <see cref="SimulatedProviders.All"/>; Lanck's includes <c>/v1</c>.</summary>
    public Uri AddressOf(string provider)
    {
        var at = _ownListeners.TryGetValue(provider, out var own) ? own.Address : Address;
        return new Uri(at, provider is SimulatedProviders.Lanck ? "/lanck/v1" : "/" + provider);
    }

    /// <summary>The phone, or null when nothing was ever sent to it.</summary>
    /// <param name="number">E.164, with or without a plus.</param>
    public SimulatedPhone? Phone(string number) => _switchboard.Desk.Phones.Find(number);

    /// <summary>Phones with a history, the most recently used first.</summary>
    public IReadOnlyList<SimulatedPhone> LatestPhones(int count) => _switchboard.Desk.Phones.Latest(count);

    /// <summary>Captured upstream requests, oldest first.</summary>
    /// <param name="provider">Only those of one provider.</param>
    public IReadOnlyList<SimulatedRequest> Requests(string? provider = null) =>
        [.. _switchboard.Requests.Snapshot().Where(request => provider is null || string.Equals(request.Provider, provider, StringComparison.OrdinalIgnoreCase))];

    /// <summary>
    /// Sets how a whole provider behaves. <see cref="SimulatedMode.Refuse"/> closes the provider's port where it has one of its own
    /// (<see cref="SimulatorOptions.OwnPorts"/>); on the common port it cuts the connection instead.
    /// </summary>
    public async Task SetProviderModeAsync(string provider, SimulatedMode mode, CancellationToken cancellationToken = default)
    {
        _switchboard.Outages.Set(provider, mode);
        if (!_ownListeners.TryGetValue(provider, out var own))
            return;
        if (mode == SimulatedMode.Refuse)
            await own.CloseAsync();
        else
            await own.OpenAsync(cancellationToken);
    }

    /// <summary>How a whole provider behaves.</summary>
    public SimulatedMode ModeOf(string provider) => _switchboard.Outages.Of(provider);

    /// <summary>Sends the callbacks that are due, one after the other, and those that become due by it. Returns how many steps were done.</summary>
    /// <param name="all">Also what is not due yet, except repetitions that come up on the way.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task<int> DeliverCallbacksAsync(bool all = false, CancellationToken cancellationToken = default) =>
        _switchboard.Callbacks.DeliverAsync(all, cancellationToken);

    /// <summary>Sends a message to one of the account's own numbers: repeated until a 2xx, for at most 24 hours. False: no address is configured.</summary>
    public bool InjectInboundSms(SimulatedInboundSms message) => _switchboard.Inject(message);

    /// <summary>Forgets phones, calls, requests, reports, callbacks that are waiting, and outages; keeps addresses.</summary>
    public async Task ResetAsync(CancellationToken cancellationToken = default)
    {
        foreach (var provider in SimulatedProviders.All)
            await SetProviderModeAsync(provider, SimulatedMode.Up, cancellationToken);
        _switchboard.Reset();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _listener.DisposeAsync();
        foreach (var listener in _ownListeners.Values)
            await listener.DisposeAsync();
        await _switchboard.Callbacks.DisposeAsync();
        _stopping.Dispose();
    }
}
