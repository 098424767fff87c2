using System.Runtime.CompilerServices;
using System.Threading.RateLimiting;
using FlashFunctions.Core.Telemetry;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Retry;

namespace FlashFunctions.Core.Providers.Resilience;

/// <summary>
/// How one provider is called: retry only of what certainly was not sent, and only while the next try can begin within 2 seconds of the
/// first; calls evenly spaced below the provider's limit; a circuit breaker that sees each try.
/// </summary>
internal sealed partial class ProviderPipeline : IDisposable
{
    private const int MaxRetries = 4;

    private static readonly TimeSpan RetryBudget = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly ResiliencePropertyKey<long> StartedAt = new("started");

    private readonly string _provider;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RateLimiter _limiter;
    private readonly ResiliencePipeline<PlaceOutcome> _placing;
    private readonly CircuitBreakerStateProvider _circuit = new();
    private long _openUntil;

    public ProviderPipeline(string provider, ProviderOptions options, TimeProvider time, ILogger<ProviderPipeline> logger)
    {
        (_provider, _time, _logger) = (provider, time, logger);
        _limiter = new PacedLimiter(options.RequestsPerSecond, RetryBudget, time);
        _placing = new ResiliencePipelineBuilder<PlaceOutcome> { TimeProvider = time }
            .AddRetry(Retrying())
            .AddRateLimiter(new RateLimiterStrategyOptions
            {
                RateLimiter = arguments => _limiter.AcquireAsync(1, arguments.Context.CancellationToken),
            })
            .AddCircuitBreaker(Breaking(options.Circuit))
            .Build();
    }

    /// <summary>
    /// True while the circuit is open or its one probe is under way. The breaker itself leaves the open state only when it is called, and
    /// routing does not call a provider whose circuit is open, so the end of the break is looked at here.
    /// </summary>
    public bool IsCircuitOpen => _circuit.CircuitState switch
    {
        CircuitState.Closed => false,
        CircuitState.Open => _time.GetUtcNow().UtcTicks < Volatile.Read(ref _openUntil),
        _ => true,
    };

    public void Dispose() => _limiter.Dispose();

    public async Task<PlaceOutcome> PlaceAsync(
        AttemptKey attempt, Func<CancellationToken, Task<PlaceOutcome>> call, CancellationToken cancellationToken)
    {
        var outcome = await TryPlaceAsync(call, cancellationToken);
        LogOutcome(attempt, outcome);
        return outcome;
    }

    /// <summary>Any other call of the provider: within its rate, once, past the circuit. <paramref name="busy"/>: what to answer when the rate is used up.</summary>
    public async Task<T> CallAsync<T>(
        Func<CancellationToken, Task<T>> call, Func<TimeSpan?, T> busy, CancellationToken cancellationToken, [CallerMemberName] string operation = "")
    {
        using var lease = await _limiter.AcquireAsync(1, cancellationToken);
        return lease.IsAcquired
            ? await MeasureAsync(call, Trace.NameOf(operation), cancellationToken)
            : busy(lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : null);
    }

    /// <summary>Tells the provider of a result: the queue repeats what was not taken.</summary>
    public async Task<ReportOutcome> ReportAsync(
        AttemptKey attempt, Func<CancellationToken, Task<ReportOutcome>> call, CancellationToken cancellationToken)
    {
        var outcome = await CallAsync(call, wait => new ReportOutcome.Retry("our rate limit", wait), cancellationToken);
        LogOutcome(attempt, outcome);
        return outcome;
    }

    private async Task<PlaceOutcome> TryPlaceAsync(Func<CancellationToken, Task<PlaceOutcome>> call, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(StartedAt, _time.GetTimestamp());
        try
        {
            return await _placing.ExecuteAsync(
                static async (context, state) => await state.This.MeasureAsync(state.Call, "place", context.CancellationToken), context, (This: this, Call: call));
        }
        catch (BrokenCircuitException open)
        {
            return new PlaceOutcome.NotSent("circuit open", open.RetryAfter);
        }
        catch (RateLimiterRejectedException limited)
        {
            return new PlaceOutcome.NotSent("our rate limit", limited.RetryAfter);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async Task<T> MeasureAsync<T>(Func<CancellationToken, Task<T>> call, string operation, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        var outcome = await call(cancellationToken);
        Meters.ProviderAnswered(_provider, operation, outcome!, _time.GetElapsedTime(began));
        return outcome;
    }

    private RetryStrategyOptions<PlaceOutcome> Retrying() => new()
    {
        MaxRetryAttempts = MaxRetries,
        ShouldHandle = arguments => ValueTask.FromResult(
            arguments.Outcome.Result is PlaceOutcome.NotSent { Kind: NotSentKind.Temporary } failure
            && FitsBudget(arguments.Context, Delay(failure, arguments.AttemptNumber))),
        DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(
            Delay((PlaceOutcome.NotSent)arguments.Outcome.Result!, arguments.AttemptNumber)),
    };

    private bool FitsBudget(ResilienceContext context, TimeSpan delay) =>
        _time.GetElapsedTime(context.Properties.GetValue(StartedAt, 0)) + delay <= RetryBudget;

    private static TimeSpan Delay(PlaceOutcome.NotSent failure, int attempt)
    {
        var ours = FirstDelay * (1 << attempt);
        return failure.RetryAfter > ours ? failure.RetryAfter.Value : ours;
    }

    private CircuitBreakerStrategyOptions<PlaceOutcome> Breaking(CircuitOptions circuit) => new()
    {
        FailureRatio = circuit.FailureRatio,
        MinimumThroughput = circuit.MinimumThroughput,
        SamplingDuration = circuit.SamplingDuration,
        BreakDuration = circuit.BreakDuration,
        StateProvider = _circuit,
        ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result is
            PlaceOutcome.Unclear or PlaceOutcome.NotSent { Kind: NotSentKind.Temporary or NotSentKind.Account }),
        OnOpened = arguments => Changed(() =>
        {
            Volatile.Write(ref _openUntil, (_time.GetUtcNow() + arguments.BreakDuration).UtcTicks);
            Log.CircuitOpened(_logger, _provider, arguments.BreakDuration);
        }),
        OnClosed = _ => Changed(() => Log.CircuitClosed(_logger, _provider)),
    };

    private static ValueTask Changed(Action note)
    {
        note();
        return ValueTask.CompletedTask;
    }

    private void LogOutcome(AttemptKey attempt, PlaceOutcome outcome)
    {
        switch (outcome)
        {
            case PlaceOutcome.NotSent { Kind: NotSentKind.Account } failure:
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
        public static partial void NotSent(
            ILogger logger, string provider, string requestId, int attempt, NotSentKind kind, string reason);

        [LoggerMessage(3, LogLevel.Information, "{Provider} rejected the number of {RequestId}/{Attempt}: {Reason}")]
        public static partial void Rejected(ILogger logger, string provider, string requestId, int attempt, string reason);

        [LoggerMessage(4, LogLevel.Warning, "{Provider} may or may not have placed {RequestId}/{Attempt}: {Reason}")]
        public static partial void Unclear(ILogger logger, string provider, string requestId, int attempt, string reason);

        [LoggerMessage(5, LogLevel.Error, "The circuit of {Provider} is open for {BreakDuration}")]
        public static partial void CircuitOpened(ILogger logger, string provider, TimeSpan breakDuration);

        [LoggerMessage(6, LogLevel.Information, "The circuit of {Provider} is closed again")]
        public static partial void CircuitClosed(ILogger logger, string provider);

        [LoggerMessage(7, LogLevel.Warning, "{Provider} did not take the report of {RequestId}/{Attempt} yet: {Reason}")]
        public static partial void ReportNotTaken(ILogger logger, string provider, string requestId, int attempt, string reason);

        [LoggerMessage(8, LogLevel.Error, "{Provider} will not take the report of {RequestId}/{Attempt}: {Reason}")]
        public static partial void ReportFailed(ILogger logger, string provider, string requestId, int attempt, string reason);
    }
}
