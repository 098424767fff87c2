using System.Threading.Channels;

namespace FlashFunctions.Simulator;

/// <summary>Sends callbacks when they are due: by itself with bounded parallelism, or when told to.</summary>
internal sealed class CallbackEngine(SimulatorOptions options, TimeProvider time) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly WorkQueue _queue = new(time);
    private readonly CallbackSender _sender = new(options, time);
    private readonly List<Task> _running = [];
    private volatile bool _paused = options.Manual;

    public DateTimeOffset Now => time.GetUtcNow();

    public CallbackSender Sender => _sender;

    public int Waiting => _queue.Count;

    public bool IsPaused
    {
        get => _paused;
        set
        {
            _paused = value;
            _queue.Wake();
        }
    }

    private TimeSpan Step => options.Manual ? TimeSpan.Zero : options.Delays.Step;

    public void Start()
    {
        var channel = Channel.CreateBounded<Work>(options.Limits.CallbacksInFlight * 4);
        _running.Add(PumpAsync(channel.Writer, _stop.Token));
        for (var i = 0; i < options.Limits.CallbacksInFlight; i++)
            _running.Add(ConsumeAsync(channel.Reader, _stop.Token));
    }

    /// <summary>Begins a script; one whose behaviour is early has been sent when this returns.</summary>
    public async ValueTask BeginAsync(CallbackScript script, CancellationToken cancellationToken)
    {
        var steps = CallbackStep.Of(script, options.Callbacks);
        if (script.Behaviour.Delivery == SimulatedDelivery.Early)
            await SequenceWork.RunAllAsync(this, script, steps, cancellationToken);
        else
            Begin(script, steps);
    }

    /// <summary>Begins a script in the background, whatever its behaviour.</summary>
    public void Begin(CallbackScript script) => Begin(script, CallbackStep.Of(script, options.Callbacks));

    public void Add(Work work, TimeSpan delay) => _queue.Add(work, delay);

    public void AddNext(Work work) => _queue.Add(work, Step);

    public Task SendAsync(CallbackMessage message, RetryPlan plan, CancellationToken cancellationToken) =>
        SendAsync(message, plan, tried: 0, Now, cancellationToken);

    public async Task SendAsync(CallbackMessage message, RetryPlan plan, int tried, DateTimeOffset firstTry, CancellationToken cancellationToken)
    {
        tried++;
        if (await _sender.SendAsync(message, tried, cancellationToken))
            return;
        if (plan.After(tried, options.Delays.Retry, options.Limits.CallbackTries, Now - firstTry) is { } pause)
            _queue.Add(new RetryWork(message, plan, tried, firstTry), pause);
    }

    /// <summary>Does what is due, one after the other, and what becomes due by it. Returns how much it did.</summary>
    /// <param name="all">Also what is not due yet, except repetitions that come up on the way.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<int> DeliverAsync(bool all, CancellationToken cancellationToken)
    {
        var done = 0;
        for (var batch = all ? _queue.TakeAll(leaveRetries: false) : []; batch.Count > 0; batch = _queue.TakeAll(leaveRetries: true))
        {
            foreach (var work in batch)
                await work.RunAsync(this, cancellationToken);
            done += batch.Count;
        }

        for (; _queue.TryTakeDue(out var work); done++)
            await work.RunAsync(this, cancellationToken);
        return done;
    }

    public void Clear()
    {
        _queue.Clear();
        _sender.Sent.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        _queue.Dispose();
        _sender.Dispose();
        _stop.Dispose();
    }

    private void Begin(CallbackScript script, IReadOnlyList<CallbackStep> steps)
    {
        if (steps.Count == 0)
            return;
        var late = script.Behaviour.Delivery == SimulatedDelivery.Late ? options.Delays.Late : TimeSpan.Zero;
        _queue.Add(new SequenceWork(script, steps, 0), Step + late);
    }

    private async Task PumpAsync(ChannelWriter<Work> due, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                while (!_paused && _queue.TryTakeDue(out var work))
                    await due.WriteAsync(work, stop);
                await _queue.WaitAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            due.TryComplete();
        }
    }

    private async Task ConsumeAsync(ChannelReader<Work> due, CancellationToken stop)
    {
        try
        {
            await foreach (var work in due.ReadAllAsync(stop))
                await work.RunAsync(this, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The simulator is being stopped.
        }
    }
}
