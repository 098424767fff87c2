using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Providers.Resilience;
using FlashFunctions.Core.Providers.Unibell;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Tests.Providers;

public sealed class ProviderPipelineTests : IDisposable
{
    private static readonly AttemptKey Attempt = ProviderRig.Call("1234").Attempt;
    private static readonly PlaceOutcome Accepted = new PlaceOutcome.Accepted("1");
    private static readonly PlaceOutcome Down = new PlaceOutcome.NotSent("down");
    private static readonly PlaceOutcome Unclear = new PlaceOutcome.Unclear("silence");
    private static readonly PlaceOutcome Account = new PlaceOutcome.NotSent("balance", Kind: NotSentKind.Account);
    private static readonly PlaceOutcome Refused = new PlaceOutcome.NotSent("bug", Kind: NotSentKind.Refused);

    private readonly SteppedTime _time = new(DateTimeOffset.UnixEpoch);
    private readonly CapturedLogs _logs = new();
    private readonly LoggerFactory _loggers;
    private readonly List<TimeSpan> _calls = [];
    private readonly long _start;
    private int _phones;

    public ProviderPipelineTests()
    {
        _loggers = new LoggerFactory([_logs]);
        _start = _time.GetTimestamp();
    }

    public void Dispose() => _loggers.Dispose();

    [Fact]
    public async Task What_was_not_sent_is_tried_again_within_two_seconds()
    {
        var pipeline = Pipeline();

        Assert.Equal(Accepted, await PlaceAsync(pipeline, Down, Down, Accepted));
        Assert.Equal([0, 200, 600], Milliseconds());
    }

    [Fact]
    public async Task Nothing_is_tried_again_once_two_seconds_are_used_up()
    {
        var pipeline = Pipeline();

        Assert.Equal(Down, await PlaceAsync(pipeline, Down, Down, Down, Down, Accepted));
        Assert.Equal([0, 200, 600, 1400], Milliseconds());
    }

    [Fact]
    public async Task A_try_that_took_long_leaves_less_for_the_next()
    {
        var pipeline = Pipeline();

        var outcome = await PassAsync(pipeline.PlaceAsync(NewCall(), SlowAsync, CancellationToken.None));

        Assert.Equal(Down, outcome);
        Assert.Single(_calls);

        async Task<PlaceOutcome> SlowAsync(CancellationToken token)
        {
            _calls.Add(_time.GetElapsedTime(_start));
            await Task.Delay(TimeSpan.FromMilliseconds(1900), _time, token);
            return Down;
        }
    }

    [Theory]
    [InlineData(1, new[] { 0, 1000 })]
    [InlineData(2, new[] { 0, 2000 })]
    [InlineData(3, new[] { 0 })]
    public async Task Retry_After_is_honoured_where_it_fits(int seconds, int[] expected)
    {
        var pipeline = Pipeline();

        await PlaceAsync(pipeline, new PlaceOutcome.NotSent("busy", TimeSpan.FromSeconds(seconds)), Accepted);

        Assert.Equal(expected, Milliseconds());
    }

    [Fact]
    public async Task Nothing_but_a_temporary_failure_is_ever_tried_again()
    {
        var pipeline = Pipeline();
        foreach (var outcome in new[] { Accepted, Unclear, Account, Refused, new PlaceOutcome.Rejected("number") })
        {
            _calls.Clear();
            Assert.Equal(outcome, await PlaceAsync(pipeline, outcome, Accepted));
            Assert.Single(_calls);
        }
    }

    [Fact]
    public async Task No_second_holds_more_calls_than_allowed()
    {
        var pipeline = Pipeline(options => options.RequestsPerSecond = 28);

        var outcomes = await PassAsync(
            Task.WhenAll(Enumerable.Range(0, 50).Select(_ => pipeline.PlaceAsync(NewCall(), CallAsync, default))));

        Assert.All(outcomes, outcome => Assert.Equal(Accepted, outcome));
        var starts = Milliseconds().Order().ToArray();
        Assert.All(starts, first => Assert.InRange(starts.Count(start => start >= first && start < first + 1000), 1, 28));
        Assert.InRange(starts[^1], 1900, 1990);
    }

    [Fact]
    public async Task Who_would_wait_longer_than_two_seconds_for_its_turn_is_not_sent_at_once()
    {
        var pipeline = Pipeline(options => options.RequestsPerSecond = 2);
        var calls = Enumerable.Range(0, 8).Select(_ => pipeline.PlaceAsync(NewCall(), CallAsync, default)).ToArray();

        var outcomes = await PassAsync(Task.WhenAll(calls));

        Assert.Equal(4, outcomes.Count(outcome => outcome == Accepted));
        Assert.All(outcomes.OfType<PlaceOutcome.NotSent>(), outcome => Assert.Equal(NotSentKind.Busy, outcome.Kind));
        Assert.False(pipeline.IsCircuitOpen("US", null));
    }

    [Fact]
    public async Task Reports_share_the_rate_with_calls_and_are_tried_once()
    {
        var pipeline = Pipeline(options => options.RequestsPerSecond = 0.4);
        await PlaceAsync(pipeline, Accepted);

        var report = await pipeline.ReportAsync(Attempt, _ => throw new InvalidOperationException("called"), CancellationToken.None);

        Assert.InRange(Assert.IsType<ReportOutcome.Retry>(report).RetryAfter!.Value.TotalSeconds, 1.5, 3);
    }

    [Theory]
    [InlineData("unclear")]
    [InlineData("account")]
    public async Task The_circuit_opens_on_failures_and_then_nothing_is_sent(string kind)
    {
        var pipeline = Pipeline();
        var failure = string.Equals(kind, "unclear", StringComparison.Ordinal) ? Unclear : Account;

        await TimesAsync(5, pipeline, failure);

        Assert.True(pipeline.IsCircuitOpen("US", null));
        Assert.IsType<PlaceOutcome.NotSent>(await PlaceAsync(pipeline, Accepted));
        Assert.Equal(5, _calls.Count);
        Assert.Contains(_logs.Lines, line => line.Level == LogLevel.Error && line.Text.Contains("circuit of unibell is open for US"));
    }

    [Fact]
    public async Task The_tries_of_one_call_count_once()
    {
        var pipeline = Pipeline();

        await TimesAsync(4, pipeline, Down);
        Assert.False(pipeline.IsCircuitOpen("US", null));
        await TimesAsync(1, pipeline, Down);

        Assert.True(pipeline.IsCircuitOpen("US", null));
    }

    [Fact]
    public async Task The_circuit_stays_closed_on_few_failures_and_on_what_is_not_the_providers_fault()
    {
        var pipeline = Pipeline();

        await TimesAsync(4, pipeline, Unclear);
        Assert.False(pipeline.IsCircuitOpen("US", null));
        _time.Advance(TimeSpan.FromSeconds(31));
        await TimesAsync(20, pipeline, new PlaceOutcome.Rejected("number"));
        await TimesAsync(20, pipeline, Refused);
        await TimesAsync(30, pipeline, Unclear);

        Assert.False(pipeline.IsCircuitOpen("US", null));
    }

    [Fact]
    public async Task After_the_break_one_call_probes_the_provider_and_closes_the_circuit()
    {
        var pipeline = Pipeline();
        await TimesAsync(5, pipeline, Unclear);
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.False(pipeline.IsCircuitOpen("US", null));

        var answer = new TaskCompletionSource<PlaceOutcome>();
        var probe = pipeline.PlaceAsync(NewCall(), _ => answer.Task, CancellationToken.None);
        Assert.True(pipeline.IsCircuitOpen("US", null));
        Assert.IsType<PlaceOutcome.NotSent>(await PlaceAsync(pipeline, Accepted));
        answer.SetResult(Accepted);

        Assert.Equal(Accepted, await PassAsync(probe));
        Assert.False(pipeline.IsCircuitOpen("US", null));
        Assert.Equal(Accepted, await PlaceAsync(pipeline, Accepted));
    }

    [Fact]
    public async Task A_probe_that_fails_opens_the_circuit_again()
    {
        var pipeline = Pipeline();
        await TimesAsync(5, pipeline, Unclear);
        _time.Advance(TimeSpan.FromSeconds(15));

        await PlaceAsync(pipeline, Unclear);

        Assert.True(pipeline.IsCircuitOpen("US", null));
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.False(pipeline.IsCircuitOpen("US", null));
    }

    [Fact]
    public async Task The_callers_own_cancellation_throws()
    {
        var pipeline = Pipeline();
        using var stopping = new CancellationTokenSource();
        var call = pipeline.PlaceAsync(
            NewCall(),
            async token =>
            {
                await Task.Delay(TimeSpan.FromHours(1), _time, token);
                return Accepted;
            },
            stopping.Token);

        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task An_account_failure_raises_an_alarm()
    {
        var pipeline = Pipeline();

        await PlaceAsync(pipeline, Account);
        await pipeline.ReportAsync(
            Attempt, _ => Task.FromResult<ReportOutcome>(new ReportOutcome.Retry("token", NeedsOperator: true)), CancellationToken.None);

        Assert.Equal(2, _logs.Lines.Count(line => line.Level == LogLevel.Error && line.Text.Contains("ALARM")));
    }

    private ProviderPipeline Pipeline(Action<UnibellOptions>? configure = null)
    {
        var options = new UnibellOptions { RequestsPerSecond = 10_000 };
        configure?.Invoke(options);
        return new ProviderPipeline("unibell", options, _time, _loggers.CreateLogger<ProviderPipeline>());
    }

    /// <summary>A call to another phone each time.</summary>
    private Placement NewCall() => ProviderRig.Call("1234") with
    {
        To = PhoneNumber.Parse($"+1408555{1000 + Interlocked.Increment(ref _phones):D4}", null),
        Country = "US",
    };

    private Task<PlaceOutcome> CallAsync(CancellationToken token)
    {
        lock (_calls)
        {
            _calls.Add(_time.GetElapsedTime(_start));
        }

        return Task.FromResult(Accepted);
    }

    private Task<PlaceOutcome> PlaceAsync(ProviderPipeline pipeline, params PlaceOutcome[] answers)
    {
        var next = 0;
        return PassAsync(pipeline.PlaceAsync(
            NewCall(),
            _ =>
            {
                _calls.Add(_time.GetElapsedTime(_start));
                return Task.FromResult(answers[next++]);
            },
            CancellationToken.None));
    }

    private async Task TimesAsync(int times, ProviderPipeline pipeline, PlaceOutcome outcome)
    {
        for (var i = 0; i < times; i++)
        {
            await PlaceAsync(pipeline, outcome, outcome, outcome, outcome);
        }
    }

    private Task<T> PassAsync<T>(Task<T> task) => _time.PassAsync(task, TimeSpan.FromMilliseconds(1));

    private int[] Milliseconds() => [.. _calls.Select(call => (int)Math.Round(call.TotalMilliseconds))];
}
