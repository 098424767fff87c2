using System.Runtime.CompilerServices;

namespace FlashFunctions.Simulator;

/// <summary>Sends callbacks when they are due: automatically with bounded parallelism, or on request.</summary>
internal sealed class SimulatedCallbacks(SimulatorOptions options, TimeProvider time) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SimulatedWorkQueue _queue = new(time);
    private readonly SimulatedCallbackSender _sender = new(options, time);
    private Task _running = Task.CompletedTask;
    private volatile bool _isPaused = options.Manual;

    public BoundedList<SimulatedCallback> Sent => _sender.Sent;

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
        new ParallelOptions { MaxDegreeOfParallelism = options.Limits.CallbacksInFlight, CancellationToken = _stop.Token },
        async (work, cancellationToken) => await work.RunAsync(cancellationToken));

    /// <summary>Begins a script; where its callbacks are to come early, all have been sent when this returns.</summary>
    public async ValueTask BeginAsync(SimulatedScript script, CancellationToken cancellationToken)
    {
        if (script.Delivery != SimulatedDelivery.Early)
        {
            Begin(script);
            return;
        }

        foreach (var step in script.Steps(options.Callbacks, IsTwice))
        {
            if (!await TakeStepAsync(script, step, cancellationToken))
            {
                return;
            }
        }
    }

    public void Begin(SimulatedScript script)
    {
        var late = script.Delivery == SimulatedDelivery.Late ? options.Delays.Late : TimeSpan.Zero;
        QueueStep(script, script.Steps(options.Callbacks, IsTwice), 0, Step + late);
    }

    public void Add(Action act, TimeSpan delay) => _queue.Add(
        _ =>
        {
            act();
            return Task.CompletedTask;
        },
        delay);

    public void Send(SimulatedMessage message, SimulatedRetryPlan plan) =>
        _queue.Add(cancellationToken => SendAsync(message, plan, 1, time.GetUtcNow(), cancellationToken), Step);

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
        _sender.Dispose();
        _stop.Dispose();
    }

    /// <summary>Queues one step; it queues the next when it is done, so that the steps of a script never overtake each other.</summary>
    private void QueueStep(SimulatedScript script, IReadOnlyList<SimulatedStep> steps, int index, TimeSpan delay)
    {
        if (index >= steps.Count)
        {
            return;
        }

        _queue.Add(
            async cancellationToken =>
            {
                if (await TakeStepAsync(script, steps[index], cancellationToken))
                {
                    QueueStep(script, steps, index + 1, Step);
                }
            },
            delay);
    }

    /// <summary>Lets a status happen and reports it; false when the script ends here.</summary>
    private async Task<bool> TakeStepAsync(SimulatedScript script, SimulatedStep step, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!script.TryApply(step.Status, now))
        {
            return false;
        }

        if (step.Reported is not null)
        {
            await SendAsync(script.Write(step.Reported, now), SimulatedRetryPlan.Callback, 1, now, cancellationToken);
        }

        return true;
    }

    private async Task SendAsync(
        SimulatedMessage message, SimulatedRetryPlan plan, int attempt, DateTimeOffset firstAt, CancellationToken cancellationToken)
    {
        if (await _sender.SendAsync(message, attempt, cancellationToken))
        {
            return;
        }

        var sinceFirst = time.GetUtcNow() - firstAt;
        if (plan.PauseAfter(attempt, options.Delays.Retry, options.Limits.CallbackTries, sinceFirst) is { } pause)
        {
            _queue.Add(token => SendAsync(message, plan, attempt + 1, firstAt, token), pause, isRetry: true);
        }
    }

    private async IAsyncEnumerable<SimulatedWork> DueAsync([EnumeratorCancellation] CancellationToken stop)
    {
        while (true)
        {
            while (!_isPaused && _queue.TryTakeDue(out var work))
            {
                yield return work;
            }

            await _queue.WaitAsync(stop);
        }
    }
}
