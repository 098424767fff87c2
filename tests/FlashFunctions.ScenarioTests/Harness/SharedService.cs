namespace FlashFunctions.ScenarioTests.Harness;

/// <summary>One service for the tests of a class that do not get in each other's way.</summary>
public sealed class SharedService : IAsyncLifetime
{
    public TestService Service { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => Service.DisposeAsync();
}
