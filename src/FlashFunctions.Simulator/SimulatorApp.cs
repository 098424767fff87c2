namespace FlashFunctions.Simulator;

/// <summary>
/// The four providers on one port, each under a path of its own (<see cref="AddressOf(string)"/>), with simulated phones behind them.
/// </summary>
public sealed class SimulatorApp : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly SimulatedCalls _calls;
    private readonly SimulatedLanck _lanck;
    private readonly Dictionary<string, SimulatedProvider> _providers;
    private readonly SimulatorListener _listener;
    private readonly Dictionary<string, SimulatorListener> _ownListeners;

    private SimulatorApp(SimulatorOptions options, TimeProvider time)
    {
        _calls = new SimulatedCalls(options, time, _stopping.Token);
        _lanck = new SimulatedLanck(_calls);
        var revicom = new SimulatedRevicom(_calls, options.Revicom);
        SimulatedProvider[] providers =
        [
            new SimulatedUnibell(_calls), revicom, new SimulatedRevicomConversions(_calls, options.Revicom, revicom),
            new SimulatedBird(_calls), _lanck,
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
    public IReadOnlyList<SimulatedCall> Calls => _calls.Accepted.Snapshot();

    /// <summary>How many calls and messages were ever accepted.</summary>
    public long CallsPlaced => _calls.Accepted.Total;

    /// <summary>Conversions, goals and results that were received, oldest first.</summary>
    public IReadOnlyList<SimulatedReport> Reports => _calls.Reports.Snapshot();

    /// <summary>Callbacks that were sent, oldest first, with the status that came back.</summary>
    public IReadOnlyList<SimulatedCallback> SentCallbacks => _calls.Callbacks.Sent.Snapshot();

    /// <summary>Callbacks, and steps of failover flows, that are not due yet.</summary>
    public int WaitingCallbacks => _calls.Callbacks.Waiting;

    /// <summary>Where account-level callbacks go.</summary>
    public SimulatedCallbackAddresses CallbackAddresses
    {
        get => _calls.Addresses;
        set => _calls.Addresses = value;
    }

    internal SimulatedCalls State => _calls;

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

        _calls.Callbacks.Start();
    }

    /// <summary>The base address of one of <see cref="SimulatedProviders.All"/>; Lanck's includes <c>/v1</c>.</summary>
    public Uri AddressOf(string provider) => AddressOf(_ownListeners.TryGetValue(provider, out var own) ? own.Address : Address, provider);

    /// <summary>The same at a simulator that listens at <paramref name="address"/>, in whichever process.</summary>
    public static Uri AddressOf(Uri address, string provider) =>
        new(address, provider is SimulatedProviders.Lanck ? "/lanck/v1" : "/" + provider);

    /// <summary>The phone, or null when nothing was ever sent to it.</summary>
    /// <param name="number">E.164, with or without a plus.</param>
    public SimulatedPhone? Phone(string number) => _calls.Phones.Find(number);

    /// <summary>Captured requests, oldest first.</summary>
    /// <param name="provider">Only those to one provider.</param>
    public IReadOnlyList<SimulatedRequest> Requests(string? provider = null) =>
    [
        .. _calls.Requests.Snapshot().Where(
            request => provider is null || request.Provider.Equals(provider, StringComparison.OrdinalIgnoreCase)),
    ];

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

    /// <summary>How a whole provider behaves.</summary>
    public SimulatedMode ModeOf(string provider) => _providers[provider].Mode;

    /// <summary>Sends the due callbacks, one after the other, and those that become due by it. Returns how many steps were done.</summary>
    /// <param name="all">Also what is not due yet, except repetitions that come up on the way.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task<int> DeliverCallbacksAsync(bool all = false, CancellationToken cancellationToken = default) =>
        _calls.Callbacks.DeliverAsync(all, cancellationToken);

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

        _calls.Callbacks.IsTwice = false;
        _calls.Clear();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var listener in Listeners)
        {
            await listener.DisposeAsync();
        }

        await _calls.Callbacks.DisposeAsync();
        _stopping.Dispose();
    }
}
