using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;

namespace FlashFunctions.Simulator;

/// <summary>A callback that was sent, and the answer to it.</summary>
/// <param name="At">When.</param>
/// <param name="Provider">The provider that sent it.</param>
/// <param name="Address">Where to.</param>
/// <param name="Body">The JSON that was sent.</param>
/// <param name="Try">1 for the first.</param>
/// <param name="Status">The HTTP status that came back, or null when none did.</param>
public sealed record SimulatedCallback(DateTimeOffset At, string Provider, Uri Address, string Body, int Try, int? Status)
{
    /// <summary>A 2xx came back.</summary>
    public bool Succeeded => Status is >= 200 and <= 299;
}

/// <summary>Sends callbacks over pooled connections when they are due: automatically with bounded parallelism, or on request.</summary>
internal sealed class SimulatedCallbacks(SimulatorOptions options, TimeProvider time) : IAsyncDisposable
{
    private const int MostInFlight = 16;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private readonly CancellationTokenSource _stop = new();
    private readonly SimulatedWorkQueue _queue = new(time);
    private readonly HttpClient _client = new(
        options.CallbackHandler ?? new SocketsHttpHandler { AllowAutoRedirect = false, MaxConnectionsPerServer = MostInFlight },
        disposeHandler: options.CallbackHandler is null)
    {
        Timeout = TimeSpan.FromSeconds(15),
    };

    private Task _running = Task.CompletedTask;
    private volatile bool _isPaused = options.Manual;

    public BoundedList<SimulatedCallback> Sent { get; } = new(options.Limits.Callbacks);

    public int Waiting => _queue.Count;

    public bool IsPaused
    {
        get => _isPaused;
        set
        {
            _isPaused = value;
            _queue.Wake();
        }
    }

    /// <summary>True: every callback of what is accepted from now on is sent twice. False by default.</summary>
    public bool IsTwice { get; set; }

    private TimeSpan Step => options.Manual ? TimeSpan.Zero : options.Delays.Step;

    public void Start() => _running = Parallel.ForEachAsync(
        DueAsync(_stop.Token),
        new ParallelOptions { MaxDegreeOfParallelism = MostInFlight, CancellationToken = _stop.Token },
        async (work, cancellationToken) => await work.RunAsync(cancellationToken));

    /// <summary>Begins a script; where its callbacks are to come early, all have been sent when this returns.</summary>
    public async ValueTask BeginAsync(SimulatedScript script, CancellationToken cancellationToken)
    {
        if (script.Delivery != SimulatedDelivery.Early)
        {
            Begin(script);
            return;
        }

        var steps = script.Steps(options.Callbacks, IsTwice);
        while (steps.TryDequeue(out var step) && await TakeStepAsync(script, step, cancellationToken))
        {
            // The next follows at once.
        }
    }

    public void Begin(SimulatedScript script)
    {
        var late = script.Delivery == SimulatedDelivery.Late ? options.Delays.Late : TimeSpan.Zero;
        QueueNext(script, script.Steps(options.Callbacks, IsTwice), Step + late);
    }

    /// <summary>Begins a script that is made when its time has come.</summary>
    public void BeginLater(Func<SimulatedScript> make, TimeSpan delay) => _queue.Add(
        _ =>
        {
            Begin(make());
            return Task.CompletedTask;
        },
        delay);

    public void Send(SimulatedMessage message) => _queue.Add(token => SendAsync(message, 1, time.GetUtcNow(), token), Step);

    /// <summary>Does what is due, one after the other, and what becomes due by it. Returns how many steps were done.</summary>
    /// <param name="all">Also what is not due yet, except repetitions that come up on the way.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<int> DeliverAsync(bool all, CancellationToken cancellationToken)
    {
        var done = 0;
        for (var batch = all ? _queue.TakeAll(leaveRetries: false) : []; batch.Count > 0; batch = _queue.TakeAll(leaveRetries: true))
        {
            foreach (var work in batch)
            {
                await work.RunAsync(cancellationToken);
            }

            done += batch.Count;
        }

        for (; _queue.TryTakeDue(out var work); done++)
        {
            await work.RunAsync(cancellationToken);
        }

        return done;
    }

    public void Clear()
    {
        _queue.Clear();
        Sent.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _queue.Dispose();
        _client.Dispose();
        _stop.Dispose();
    }

    private async IAsyncEnumerable<SimulatedWork> DueAsync([EnumeratorCancellation] CancellationToken stop)
    {
        while (true)
        {
            while (!_isPaused && _queue.TryTakeDue(out var work))
            {
                yield return work;
            }

            // While paused, work that is due must not wake this loop again and again.
            await _queue.WaitAsync(untilDue: !_isPaused, stop);
        }
    }

    /// <summary>Queues one step; it queues the next when it is done, so that the steps of a script never overtake each other.</summary>
    private void QueueNext(SimulatedScript script, Queue<(string Status, string? Reported)> steps, TimeSpan delay)
    {
        if (steps.TryDequeue(out var step))
        {
            _queue.Add(
                async cancellationToken =>
                {
                    if (await TakeStepAsync(script, step, cancellationToken))
                    {
                        QueueNext(script, steps, Step);
                    }
                },
                delay);
        }
    }

    /// <summary>Lets a status happen and reports it; false when the script ends here.</summary>
    private async Task<bool> TakeStepAsync(
        SimulatedScript script, (string Status, string? Reported) step, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var happens = script.TryApply(step.Status, now);
        if (happens && step.Reported is not null)
        {
            await SendAsync(script.Write(step.Reported, now), 1, now, cancellationToken);
        }

        return happens;
    }

    /// <summary>Sends a callback, and queues its repetition with a doubled pause where no 2xx came back.</summary>
    private async Task SendAsync(SimulatedMessage message, int attempt, DateTimeOffset firstAt, CancellationToken cancellationToken)
    {
        var status = await PostAsync(message, cancellationToken);
        var now = time.GetUtcNow();
        if (options.Limits.Callbacks > 0)
        {
            var body = Encoding.UTF8.GetString(message.Body);
            Sent.Add(new SimulatedCallback(now, message.Provider, message.Address, body, attempt, status));
        }

        var plan = message.Retries;
        if (status is >= 200 and <= 299 || attempt >= (plan.Tries ?? options.Limits.CallbackTries))
        {
            return;
        }

        var pause = TimeSpan.FromTicks(Math.Min(plan.LongestPause.Ticks, FirstPause.Ticks << Math.Min(attempt - 1, 20)));
        if (now - firstAt + pause <= plan.For)
        {
            _queue.Add(token => SendAsync(message, attempt + 1, firstAt, token), pause, isRetry: true);
        }
    }

    /// <summary>The HTTP status that came back, or null when none did.</summary>
    private async Task<int?> PostAsync(SimulatedMessage message, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, message.Address) { Content = new ByteArrayContent(message.Body) };
        request.Content.Headers.ContentType = Json;
        foreach (var (name, value) in message.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return (int)response.StatusCode;
        }
        catch (Exception failed) when (
            failed is HttpRequestException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}

/// <summary>One HTTP callback with a body in JSON.</summary>
internal sealed record SimulatedMessage(string Provider, Uri Address, byte[] Body)
{
    /// <summary>Further headers, such as a signature.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public SimulatedRetryPlan Retries { get; init; } = SimulatedRetryPlan.Callback;
}

/// <summary>How a callback is repeated until it gets a 2xx.</summary>
/// <param name="Tries">The most tries; null: <see cref="SimulatorLimits.CallbackTries"/>.</param>
/// <param name="LongestPause">The longest pause between two tries.</param>
/// <param name="For">How long after the first try it is still repeated.</param>
internal sealed record SimulatedRetryPlan(int? Tries, TimeSpan LongestPause, TimeSpan For)
{
    /// <summary>Delivery reports.</summary>
    public static SimulatedRetryPlan Callback { get; } = new(null, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));

    /// <summary>Inbound messages: for 24 hours, as Lanck's document says; bounded to 200 tries.</summary>
    public static SimulatedRetryPlan InboundSms { get; } = new(200, TimeSpan.FromMinutes(10), TimeSpan.FromHours(24));
}

/// <summary>Something that a provider does later.</summary>
/// <param name="IsRetry">True for the repetition of a callback, which flushing does not bring forward.</param>
internal readonly record struct SimulatedWork(Func<CancellationToken, Task> RunAsync, bool IsRetry);

/// <summary>Work by the time at which it is due, first come first served among equals.</summary>
internal sealed class SimulatedWorkQueue : IDisposable
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<SimulatedWork, (long Due, long Sequence)> _queue = new();
    private readonly Channel<bool> _wake =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _sequence;

    public SimulatedWorkQueue(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How much waits; read without the lock, since it is only shown.</summary>
    public int Count => _queue.Count;

    private long Now => _time.GetUtcNow().UtcTicks;

    public void Add(Func<CancellationToken, Task> runAsync, TimeSpan delay, bool isRetry = false)
    {
        lock (_lock)
        {
            _queue.Enqueue(new SimulatedWork(runAsync, isRetry), (Now + delay.Ticks, ++_sequence));
            if (_queue.TryPeek(out _, out var first) && first.Sequence == _sequence)
            {
                Wake();
            }
        }
    }

    public bool TryTakeDue(out SimulatedWork work)
    {
        lock (_lock)
        {
            return _queue.TryPeek(out work, out var key) && key.Due <= Now && _queue.TryDequeue(out work, out _);
        }
    }

    /// <summary>Takes everything, due or not, in order; without repetitions when <paramref name="leaveRetries"/>.</summary>
    public IReadOnlyList<SimulatedWork> TakeAll(bool leaveRetries)
    {
        lock (_lock)
        {
            var isLeft = _queue.UnorderedItems.OrderBy(item => item.Priority).ToLookup(item => leaveRetries && item.Element.IsRetry);
            _queue.Clear();
            _queue.EnqueueRange(isLeft[true]);
            return [.. isLeft[false].Select(item => item.Element)];
        }
    }

    /// <summary>Waits for <see cref="Wake"/>, which the first work's time causes too where <paramref name="untilDue"/>.</summary>
    public async Task WaitAsync(bool untilDue, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (untilDue && _queue.TryPeek(out _, out var key))
            {
                _timer.Change(TimeSpan.FromTicks(Math.Max(0, key.Due - Now)), Timeout.InfiniteTimeSpan);
            }
        }

        await _wake.Reader.ReadAsync(cancellationToken);
    }

    public void Wake() => _wake.Writer.TryWrite(true);

    public void Clear()
    {
        lock (_lock)
        {
            _queue.Clear();
        }
    }

    public void Dispose() => _timer.Dispose();
}
