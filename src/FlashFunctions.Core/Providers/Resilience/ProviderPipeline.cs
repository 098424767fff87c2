using System.Runtime.CompilerServices;
using FlashFunctions.Core.Providers.Wire;
using FlashFunctions.Core.Telemetry;
using Polly;

namespace FlashFunctions.Core.Providers.Resilience;

/// <summary>
/// How one provider is called: a few calls at once, evenly spaced below the provider's limit; circuits by destination country, which see
/// each try; a retry only of what certainly was not sent, and only while it can begin within 2 seconds of the first try.
/// </summary>
internal sealed partial class ProviderPipeline
{
    private const int MaxRetries = 4;
    private const string OurRate = "our rate limit";

    private static readonly TimeSpan RetryBudget = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest that a job waits for its moment; one that would wait longer makes room for others and comes back.</summary>
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMilliseconds(500);

    /// <summary>When to come back where too many calls are under way.</summary>
    private static readonly TimeSpan Crowded = TimeSpan.FromSeconds(1);

    private static readonly ResiliencePropertyKey<long> Began = new("began");

    private readonly string _provider;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly PacedLimiter _limiter;
    private readonly Circuits _circuits;
    private readonly int _most;
    private readonly ResiliencePipeline<PlaceOutcome> _retry;
    private int _placing;
    private int _reporting;
    private uint _turnedAway;

    public ProviderPipeline(string provider, ProviderOptions options, TimeProvider time, ILogger<ProviderPipeline> logger)
    {
        (_provider, _time, _logger, _most) = (provider, time, logger, options.ConcurrentCalls);
        _limiter = new PacedLimiter(options.RequestsPerSecond, time);
        _circuits = new Circuits(options.Circuit, time);
        _retry = new ResiliencePipelineBuilder<PlaceOutcome> { TimeProvider = time }
            .AddRetry(new()
            {
                MaxRetryAttempts = MaxRetries,
                ShouldHandle = retry => ValueTask.FromResult(
                    DelayBefore(retry.Outcome.Result, retry.AttemptNumber) is { } delay
                    && time.GetElapsedTime(retry.Context.Properties.GetValue(Began, 0)) + delay <= RetryBudget),
                DelayGenerator = retry => ValueTask.FromResult(DelayBefore(retry.Outcome.Result, retry.AttemptNumber)),
            })
            .Build();
    }

    public IReadOnlyList<string> OpenCountries => _circuits.OpenCountries;

    public bool IsCircuitOpen(string country, string? account) => _circuits.IsOpen(country, account);

    public ProviderTurn TakeTurn(bool hasWaited)
    {
        TimeSpan comeBackIn;
        if (Interlocked.Increment(ref _placing) > _most)
        {
            // Spread out, so that those who are turned away together do not come back together.
            comeBackIn = Crowded * (0.5 + (Interlocked.Increment(ref _turnedAway) % 16 / 16.0));
        }
        else if (_limiter.TryTake(LongestTurn, hasWaited, out var at, out comeBackIn))
        {
            return ProviderTurn.Taken(at, () => Interlocked.Decrement(ref _placing));
        }

        Interlocked.Decrement(ref _placing);
        return ProviderTurn.Later(comeBackIn);
    }

    public async Task<PlaceOutcome> PlaceAsync(
        Placement placement, Func<CancellationToken, Task<PlaceOutcome>> call, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(Began, _time.GetTimestamp());
        try
        {
            var outcome = await _retry.ExecuteAsync(async retry => await TryOnceAsync(placement, call, retry.CancellationToken), context);
            LogOutcome(placement.Attempt, outcome);
            return outcome;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>Reports how a verification ended, once: the queue repeats what was not taken.</summary>
    public async Task<ReportOutcome> ReportAsync(
        AttemptKey attempt, Func<CancellationToken, Task<ReportOutcome>> call, CancellationToken cancellationToken)
    {
        try
        {
            var outcome = Interlocked.Increment(ref _reporting) > _most
                ? new ReportOutcome.Retry("too many reports under way", Crowded, IsOurs: true)
                : await CallAsync(call, wait => new ReportOutcome.Retry(OurRate, wait, IsOurs: true), cancellationToken);
            LogOutcome(attempt, outcome);
            return outcome;
        }
        finally
        {
            Interlocked.Decrement(ref _reporting);
        }
    }

    /// <summary>
    /// Any other call of the provider: within its rate, once, past the circuit. <paramref name="busy"/>: what to answer when the rate is
    /// used up.
    /// </summary>
    public async Task<T> CallAsync<T>(
        Func<CancellationToken, Task<T>> call, Func<TimeSpan?, T> busy, CancellationToken cancellationToken,
        [CallerMemberName] string operation = "") =>
        _limiter.TryTake(RetryBudget, hasWaited: true, out var at, out var comeBackIn)
            ? await PacedAsync(at, () => MeasureAsync(call, Trace.NameOf(operation), cancellationToken), cancellationToken)
            : busy(comeBackIn);

    private async Task<PlaceOutcome> TryOnceAsync(
        Placement placement, Func<CancellationToken, Task<PlaceOutcome>> call, CancellationToken cancellationToken)
    {
        // The turn was taken for the first try.
        if (placement.Turn?.Use() is not { } at && !_limiter.TryTake(RetryBudget, hasWaited: true, out at, out var comeBackIn))
        {
            return new PlaceOutcome.NotSent(OurRate, comeBackIn, NotSentKind.Busy);
        }

        return await PacedAsync(at, () => CallUnlessOpenAsync(placement, call, cancellationToken), cancellationToken);
    }

    private async Task<T> PacedAsync<T>(TimeSpan at, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        var started = await _limiter.WaitAsync(at, cancellationToken);
        try
        {
            return await call();
        }
        finally
        {
            _limiter.Answered(started);
        }
    }

    private async Task<PlaceOutcome> CallUnlessOpenAsync(
        Placement placement, Func<CancellationToken, Task<PlaceOutcome>> call, CancellationToken cancellationToken)
    {
        if (_circuits.Enter(placement.Country, placement.Account, placement.To.E164, out var stayAway) is not { } entered)
        {
            return new PlaceOutcome.NotSent("circuit open", stayAway > RetryBudget ? stayAway : 2 * RetryBudget);
        }

        bool? failed = null;
        try
        {
            var outcome = await MeasureAsync(call, "place", cancellationToken);
            failed = IsFailure(outcome);
            return outcome;
        }
        finally
        {
            switch (_circuits.Note(entered, failed))
            {
                case true:
                    Log.CircuitOpened(_logger, _provider, placement.Country);
                    break;
                case false:
                    Log.CircuitClosed(_logger, _provider, placement.Country);
                    break;
            }
        }
    }

    /// <summary>Whether the provider failed; null where the answer says nothing of that: it is up, and busy.</summary>
    private static bool? IsFailure(PlaceOutcome outcome) => outcome switch
    {
        PlaceOutcome.NotSent { Kind: NotSentKind.Busy } => null,
        PlaceOutcome.Unclear or PlaceOutcome.NotSent { Kind: NotSentKind.Temporary or NotSentKind.Account } => true,
        _ => false,
    };

    private async Task<T> MeasureAsync<T>(Func<CancellationToken, Task<T>> call, string operation, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        var outcome = await call(cancellationToken);
        Meters.ProviderAnswered(_provider, operation, outcome!, _time.GetElapsedTime(began));
        return outcome;
    }

    /// <summary>How long to wait before trying again; null after an outcome that no other try can change.</summary>
    private static TimeSpan? DelayBefore(PlaceOutcome? outcome, int tries)
    {
        if (outcome is not PlaceOutcome.NotSent { Kind: NotSentKind.Temporary or NotSentKind.Busy, Reason: not OurRate } failure)
        {
            return null;
        }

        var ours = FirstDelay * (1 << tries);
        return failure.RetryAfter > ours ? failure.RetryAfter : ours;
    }

    private void LogOutcome(AttemptKey attempt, PlaceOutcome outcome)
    {
        switch (outcome)
        {
            case PlaceOutcome.NotSent { Kind: NotSentKind.Account } failure:
                Meters.AccountRefused(_provider);
                Log.AccountFailure(_logger, _provider, attempt.RequestId, attempt.Number, failure.Reason);
                break;
            case PlaceOutcome.NotSent failure:
                Log.NotSent(_logger, _provider, attempt.RequestId, attempt.Number, failure.Kind, failure.Reason);
                break;
            case PlaceOutcome.Rejected rejection:
                Log.Rejected(_logger, _provider, attempt.RequestId, attempt.Number, rejection.Reason);
                break;
            case PlaceOutcome.Unclear unclear:
                Log.Unclear(_logger, _provider, attempt.RequestId, attempt.Number, unclear.Reason);
                break;
        }
    }

    private void LogOutcome(AttemptKey attempt, ReportOutcome outcome)
    {
        switch (outcome)
        {
            case ReportOutcome.Retry { NeedsOperator: true } refusal:
                Meters.AccountRefused(_provider);
                Log.AccountFailure(_logger, _provider, attempt.RequestId, attempt.Number, refusal.Reason);
                break;
            case ReportOutcome.Retry retry:
                Log.ReportNotTaken(_logger, _provider, attempt.RequestId, attempt.Number, retry.Reason);
                break;
            case ReportOutcome.Failed failure:
                Log.ReportFailed(_logger, _provider, attempt.RequestId, attempt.Number, failure.Reason);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "ALARM: {Provider} refuses this account: {Reason}, at {RequestId}/{Attempt}")]
        public static partial void AccountFailure(ILogger logger, string provider, string requestId, int attempt, string reason);

        [LoggerMessage(2, LogLevel.Warning, "{Provider} did not take {RequestId}/{Attempt}: {Kind}, {Reason}")]
        public static partial void NotSent(ILogger logger, string provider, string requestId, int attempt, NotSentKind kind, string reason);

        [LoggerMessage(3, LogLevel.Information, "{Provider} rejected the number of {RequestId}/{Attempt}: {Reason}")]
        public static partial void Rejected(ILogger logger, string provider, string requestId, int attempt, string reason);

        [LoggerMessage(4, LogLevel.Warning, "{Provider} may or may not have placed {RequestId}/{Attempt}: {Reason}")]
        public static partial void Unclear(ILogger logger, string provider, string requestId, int attempt, string reason);

        [LoggerMessage(5, LogLevel.Error, "The circuit of {Provider} is open for {Country}")]
        public static partial void CircuitOpened(ILogger logger, string provider, string country);

        [LoggerMessage(6, LogLevel.Information, "The circuit of {Provider} is closed again for {Country}")]
        public static partial void CircuitClosed(ILogger logger, string provider, string country);

        [LoggerMessage(7, LogLevel.Warning, "{Provider} did not take the report of {RequestId}/{Attempt} yet: {Reason}")]
        public static partial void ReportNotTaken(ILogger logger, string provider, string requestId, int attempt, string reason);

        [LoggerMessage(8, LogLevel.Error, "{Provider} will not take the report of {RequestId}/{Attempt}: {Reason}")]
        public static partial void ReportFailed(ILogger logger, string provider, string requestId, int attempt, string reason);
    }
}

/// <summary>A provider whose calls go through a pipeline: what its folder adds is the provider's contract.</summary>
internal abstract class PipelinedProvider(string name, ProviderPipeline pipeline) : IProvider
{
    public string Name => name;

    public IReadOnlyList<string> OpenCountries => pipeline.OpenCountries;

    public virtual bool IsFoundByReference => false;

    public virtual bool OnlyWhenNamed => false;

    protected ProviderPipeline Pipeline => pipeline;

    public bool IsCircuitOpen(string country, string? account) => pipeline.IsCircuitOpen(country, account);

    public ProviderTurn TakeTurn(bool hasWaited) => pipeline.TakeTurn(hasWaited);

    public abstract Capability? CapabilityFor(Channel channel, int codeLength);

    public abstract Task<PlaceOutcome> PlaceAsync(Placement placement, CancellationToken cancellationToken);

    /// <summary>Places it by one request: what a success says and a refusal is the provider's own, see <see cref="Outcomes"/>.</summary>
    protected Task<PlaceOutcome> PlaceAsync(
        Placement placement, Func<CancellationToken, Task<Exchange>> send, Func<Exchange.Answered, PlaceOutcome> taken,
        Func<Exchange.Answered, PlaceOutcome> refused, CancellationToken cancellationToken) =>
        pipeline.PlaceAsync(placement, async token => Outcomes.Place(await send(token), taken, refused), cancellationToken);
}
