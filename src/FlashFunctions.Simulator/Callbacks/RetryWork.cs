namespace FlashFunctions.Simulator;

/// <summary>Sends a callback again that got no 2xx.</summary>
internal sealed class RetryWork(CallbackMessage message, RetryPlan plan, int tried, DateTimeOffset firstTry) : Work
{
    public override bool IsRetry => true;

    public override Task RunAsync(CallbackEngine engine, CancellationToken cancellationToken) =>
        engine.SendAsync(message, plan, tried, firstTry, cancellationToken);
}
