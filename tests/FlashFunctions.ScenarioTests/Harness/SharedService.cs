namespace FlashFunctions.ScenarioTests.Harness;

/// <summary>One service for the tests of a class that do not get in each other's way.</summary>
public sealed class SharedService : IAsyncLifetime
{
    private int _phones;

    public TestService Service { get; private set; } = null!;

    /// <summary>A number that no other test of the class has, of a phone that behaves so; an ordinary one without a behaviour.</summary>
    public string NewPhone(int behaviour = 1) => Phones.With(behaviour, Interlocked.Increment(ref _phones));

    public async ValueTask InitializeAsync() => Service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => Service.DisposeAsync();
}
