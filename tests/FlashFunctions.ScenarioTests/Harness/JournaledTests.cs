using FlashFunctions.ScenarioTests.Callbacks;

namespace FlashFunctions.ScenarioTests.Harness;

/// <summary>Tests of a service of their own, whose calls to its store and providers a journal records.</summary>
/// <param name="hasSwept">Whether the timer has run once before a test begins.</param>
public abstract class JournaledTests(bool hasSwept = true) : IAsyncLifetime
{
    protected Journal Journal { get; } = new();

    protected TestService Service { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        Service = await TestService.StartAsync(services: Journal.Attach);
        if (hasSwept)
        {
            await Service.SweepAsync();
        }
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

/// <summary>The same beside a customer's server. The timer has not run.</summary>
public abstract class ReceivedTests() : JournaledTests(hasSwept: false)
{
    protected Receiver Receiver { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        Receiver = await Receiver.StartAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Receiver.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
