using System.Diagnostics.Metrics;
using System.Text.Json;

namespace FlashFunctions.Core.Telemetry;

/// <summary>
/// What the service measures: each instrument, and what is called to count. Tags have few values each: never a number, a code, an account
/// or a request.
/// </summary>
public static class Meters
{
    public const string Name = "FlashFunctions";

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Calls = Meter.CreateCounter<long>(
        "flashfunctions.api.calls", "{call}", "Calls of the API by operation and outcome: ok, error_ and the errorCode, or exception.");

    public static void Called(string operation, Problem? problem) =>
        Calls.Add(1, new("operation", operation), new("outcome", Outcome(problem, "ok")));

    /// <summary>A call of the API ended in an exception, and so in a 500.</summary>
    public static void Failed(string operation) => Calls.Add(1, new("operation", operation), new("outcome", "exception"));

    private static readonly Counter<long> Requests = Meter.CreateCounter<long>(
        "flashfunctions.requests", "{request}", "Valid requests by product and outcome: accepted, or error_ and the errorCode.");

    public static void Requested(string product, Problem? problem) =>
        Requests.Add(1, new("product", product), new("outcome", Outcome(problem, "accepted")));

    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>(
        "flashfunctions.attempts", "{attempt}", "Attempts by provider, method and outcome: accepted, rejected, not_sent or unclear.");

    public static void Attempted(string provider, Channel channel, object outcome)
    {
        if (Attempts.Enabled)
        {
            Attempts.Add(1, new("provider", provider), new("method", ApiNames.Of(channel)), new("outcome", Word(outcome)));
        }
    }

    private static readonly Counter<long> Outcomes = Meter.CreateCounter<long>(
        "flashfunctions.outcomes", "{request}", "Requests that ended, by product and result: a verification's result, or the status.");

    /// <summary>A request ended: with a verification's result, or the transport status in small letters.</summary>
    public static void Ended(string product, string result) => Outcomes.Add(1, new("product", product), new("result", result));

    private static readonly Counter<long> Webhooks = Meter.CreateCounter<long>(
        "flashfunctions.webhooks", "{event}", "Events in providers' webhooks, by provider and what became of them.");

    public static void WebhookTaken(string provider, string outcome) => Webhooks.Add(1, new("provider", provider), new("outcome", outcome));

    private static readonly Counter<long> Callbacks = Meter.CreateCounter<long>(
        "flashfunctions.callbacks", "{try}", "Tries to deliver a callback, by outcome: taken, failed or gone.");

    public static void CallbackTried(object outcome)
    {
        if (Callbacks.Enabled)
        {
            Callbacks.Add(1, Tag("outcome", Word(outcome)));
        }
    }

    private static readonly Counter<long> Poison = Meter.CreateCounter<long>(
        "flashfunctions.poison", "{message}", "Messages that the host put aside after their last try, by queue.");

    /// <summary>A message was found in a poison queue: <paramref name="queue"/> is the one that it was in before.</summary>
    public static void Poisoned(string queue) => Poison.Add(1, Tag("queue", queue));

    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>(
        "flashfunctions.provider.account.refusals", "{call}", "Calls that a provider refused for the sake of this account, by provider.");

    /// <summary>A provider refused a call for a reason that an operator must see to: credentials, balance or contract.</summary>
    public static void AccountRefused(string provider) => Refusals.Add(1, Tag("provider", provider));

    private static readonly Histogram<double> Latency = Meter.CreateHistogram<double>(
        "flashfunctions.provider.duration", "s", "How long a provider took for one call, by provider, operation and outcome.");

    public static void ProviderAnswered(string provider, string operation, object outcome, TimeSpan took)
    {
        if (Latency.Enabled)
        {
            Latency.Record(took.TotalSeconds, new("provider", provider), new("operation", operation), new("outcome", Word(outcome)));
        }
    }

    private static readonly Histogram<double> QueueDelay = Meter.CreateHistogram<double>(
        "flashfunctions.queue.delay", "s", "From the time that a job was due to its handling, by queue.");

    /// <summary>A job is about to be handled.</summary>
    /// <param name="due">When it was due, in unix milliseconds; null in a message of an older version.</param>
    public static void Handled(string queue, long? due, DateTimeOffset now)
    {
        if (due is { } milliseconds)
        {
            QueueDelay.Record(Math.Max(0, now.ToUnixTimeMilliseconds() - milliseconds) / 1_000.0, Tag("queue", queue));
        }
    }

    private static readonly Gauge<double> Lag = Meter.CreateGauge<double>(
        "flashfunctions.sweep.lag", "s", "How far the timer was behind the clock when it began to sweep.");

    public static void Sweeping(TimeSpan lag) => Lag.Record(Math.Max(0, lag.TotalSeconds));

    private static readonly Counter<long> SweepFailures = Meter.CreateCounter<long>(
        "flashfunctions.sweep.failures", "{row}", "Rows and shards that the timer could not handle, by work and outcome: again or failed.");

    /// <summary>The timer could not handle a row or a shard; <paramref name="again"/>: its next run tries again.</summary>
    public static void NotSwept(string work, bool again) =>
        SweepFailures.Add(1, new("work", work), new("outcome", again ? "again" : "failed"));

    private static readonly Counter<long> FraudDecisions = Meter.CreateCounter<long>(
        "flashfunctions.fraud.decisions", "{request}",
        "Requests about which a rule of the fraud guard found something, by rule, scope and mode.");

    public static void FraudDecided(FraudFinding finding) => FraudDecisions.Add(
        1, new("rule", finding.Reason), new("scope", FraudFinding.NameOf(finding.Scope)), new("mode", FraudFinding.NameOf(finding.Mode)));

    private static readonly Gauge<long> FailingRoutes = Meter.CreateGauge<long>(
        "flashfunctions.routes.failing", "{route}",
        "Routes whose conversion fell significantly under their own of the week before, by provider.");

    public static void RoutesFailing(string provider, int count) => FailingRoutes.Record(count, Tag("provider", provider));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private static string Outcome(Problem? problem, string good) => problem is null ? good : $"error_{problem.ErrorCode}";

    private static string Word(object outcome) => JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.GetType().Name);
}
