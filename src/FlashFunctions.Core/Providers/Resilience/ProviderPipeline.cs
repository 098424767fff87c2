using System.Runtime.CompilerServices;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Telemetry;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace FlashFunctions.Core.Providers.Resilience;

/// <summary>
/// How one provider is called: retry only of what certainly was not sent, and only while the next try can begin within 2 seconds of the
/// first; so many calls under way at once, evenly spaced below the provider's limit; circuits by destination country that see each try.
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

    private static readonly ResiliencePropertyKey<long> StartedAt = new("started");
    private static readonly ResiliencePropertyKey<ProviderTurn?> FirstTurn = new("turn");

    private readonly string _provider;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly PacedLimiter _limiter;
    private readonly Circuits _circuits;
    private readonly int _most;
    private readonly ResiliencePipeline<PlaceOutcome> _placing;
    private int _placingNow;
    private int _reportingNow;
    private uint _turnedAway;

    public ProviderPipeline(string provider, ProviderOptions options, TimeProvider time, ILogger<ProviderPipeline> logger)
    {
        (_provider, _time, _logger, _most) = (provider, time, logger, options.ConcurrentCalls);
        _limiter = new PacedLimiter(options.RequestsPerSecond, time);
        _circuits = new Circuits(options.Circuit, time);
        _placing = new ResiliencePipelineBuilder<PlaceOutcome> { TimeProvider = time }.AddRetry(Retrying()).Build();
    }

    /// <summary>The countries that nobody is called in at present.</summary>
    public IReadOnlyList<string> OpenCountries => _circuits.OpenCountries;

    /// <summary>Whether calls to a country are passed over at present, for everybody or for that account.</summary>
    public bool IsCircuitOpen(string country, string? account) => _circuits.IsOpen(country, account);

    /// <summary>Takes a turn for a job, or says when it may come back.</summary>
    public ProviderTurn TakeTurn(bool hasWaited)
    {
        if (Interlocked.Increment(ref _placingNow) > _most)
        {
            Interlocked.Decrement(ref _placingNow);
            return ProviderTurn.Later(Crowded * (0.5 + (Interlocked.Increment(ref _turnedAway) % 16 / 16.0)));
        }

        if (_limiter.TryTake(LongestTurn, hasWaited, out var at, out var comeBackIn))
        {
            return ProviderTurn.Taken(at, () => Interlocked.Decrement(ref _placingNow));
        }

        Interlocked.Decrement(ref _placingNow);
        return ProviderTurn.Later(comeBackIn);
    }

    public async Task<PlaceOutcome> PlaceAsync(
        Placement placement, Func<CancellationToken, Task<PlaceOutcome>> call, CancellationToken cancellationToken)
    {
        var outcome = await TryPlaceAsync(placement, call, cancellationToken);
        LogOutcome(placement.Attempt, outcome);
        return outcome;
    }

    /// <summary>
    /// Any other call of the provider: within its rate, once, past the circuit. <paramref name="busy"/>: what to answer when the rate is
    /// used up.
    /// </summary>
    public async Task<T> CallAsync<T>(
        Func<CancellationToken, Task<T>> call,
        Func<TimeSpan?, T> busy,
        CancellationToken cancellationToken,
        [CallerMemberName] string operation = "")
    {
        if (!_limiter.TryTake(RetryBudget, hasWaited: true, out var at, out var comeBackIn))
        {
            return busy(comeBackIn);
        }

        return await PacedAsync(at, () => MeasureAsync(call, Trace.NameOf(operation), cancellationToken), cancellationToken);
    }

    /// <summary>Tells the provider of a result: the queue repeats what was not taken.</summary>
    public async Task<ReportOutcome> ReportAsync(
        AttemptKey attempt, Func<CancellationToken, Task<ReportOutcome>> call, CancellationToken cancellationToken)
    {
        try
        {
            var outcome = Interlocked.Increment(ref _reportingNow) > _most
                ? new ReportOutcome.Retry("too many reports under way", Crowded, IsOurs: true)
                : await CallAsync(call, wait => new ReportOutcome.Retry(OurRate, wait, IsOurs: true), cancellationToken);
            LogOutcome(attempt, outcome);
            return outcome;
        }
        finally
        {
            Interlocked.Decrement(ref _reportingNow);
        }
    }

    private async Task<PlaceOutcome> TryPlaceAsync(
        Placement placement, Func<CancellationToken, Task<PlaceOutcome>> call, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(StartedAt, _time.GetTimestamp());
        context.Properties.Set(FirstTurn, placement.Turn);
        try
        {
            return await _placing.ExecuteAsync(
                static async (context, state) => await state.This.TryOnceAsync(state.Placement, state.Call, context),
                context,
                (This: this, Placement: placement, Call: call));
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async Task<PlaceOutcome> TryOnceAsync(
        Placement placement, Func<CancellationToken, Task<PlaceOutcome>> call, ResilienceContext context)
    {
        // The turn was taken for the first try.
        var turn = context.Properties.GetValue(FirstTurn, null);
        context.Properties.Set(FirstTurn, null);
        if (turn?.At is not { } at && !_limiter.TryTake(RetryBudget, hasWaited: true, out at, out var comeBackIn))
        {
            return new PlaceOutcome.NotSent(OurRate, comeBackIn, NotSentKind.Busy);
        }

        return await PacedAsync(at, () => CallUnlessOpenAsync(placement, call, context.CancellationToken), context.CancellationToken);
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
            Log(_circuits.Note(entered, failed), placement.Country);
        }
    }

    /// <summary>Whether the provider failed; null where the answer says nothing of that: it is up, and busy.</summary>
    private static bool? IsFailure(PlaceOutcome outcome) => outcome switch
    {
        PlaceOutcome.NotSent { Kind: NotSentKind.Busy } => null,
        PlaceOutcome.Unclear or PlaceOutcome.NotSent { Kind: NotSentKind.Temporary or NotSentKind.Account } => true,
        _ => false,
    };

    private void Log(CircuitChange change, string country)
    {
        switch (change)
        {
            case CircuitChange.Opened:
                Logs.CircuitOpened(_logger, _provider, country);
                break;
            case CircuitChange.Closed:
                Logs.CircuitClosed(_logger, _provider, country);
                break;
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
            arguments.Outcome.Result is PlaceOutcome.NotSent
            {
                Kind: NotSentKind.Temporary or NotSentKind.Busy, Reason: not OurRate,
            } failure
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

    private void LogOutcome(AttemptKey attempt, PlaceOutcome outcome)
    {
        switch (outcome)
        {
            case PlaceOutcome.NotSent { Kind: NotSentKind.Account } failure:
                Meters.AccountRefused(_provider);
                Logs.AccountFailure(_logger, _provider, attempt.RequestId, attempt.Number, failure.Reason);
                break;
            case PlaceOutcome.NotSent failure:
                Logs.NotSent(_logger, _provider, attempt.RequestId, attempt.Number, failure.Kind, failure.Reason);
                break;
            case PlaceOutcome.Rejected rejection:
                Logs.Rejected(_logger, _provider, attempt.RequestId, attempt.Number, rejection.Reason);
                break;
            case PlaceOutcome.Unclear unclear:
                Logs.Unclear(_logger, _provider, attempt.RequestId, attempt.Number, unclear.Reason);
                break;
        }
    }

    private void LogOutcome(AttemptKey attempt, ReportOutcome outcome)
    {
        switch (outcome)
        {
            case ReportOutcome.Retry { NeedsOperator: true } refusal:
                Meters.AccountRefused(_provider);
                Logs.AccountFailure(_logger, _provider, attempt.RequestId, attempt.Number, refusal.Reason);
                break;
            case ReportOutcome.Retry retry:
                Logs.ReportNotTaken(_logger, _provider, attempt.RequestId, attempt.Number, retry.Reason);
                break;
            case ReportOutcome.Failed failure:
                Logs.ReportFailed(_logger, _provider, attempt.RequestId, attempt.Number, failure.Reason);
                break;
        }
    }

    private static partial class Logs
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
}
