using FlashFunctions.AzuriteTests.Azurite;

namespace FlashFunctions.AzuriteTests.Storage;

/// <summary>A test over the adapters on the shared Azurite.</summary>
public abstract class AzuriteTest(SharedAzurite azurite) : IAsyncLifetime
{
    private StorageUnderTest? _storage;

    private protected Disturbance Network { get; } = new();

    private protected CallCount Calls { get; } = new();

    private protected StorageUnderTest Storage => _storage!;

    public async ValueTask InitializeAsync()
    {
        _storage = new StorageUnderTest(await azurite.GetAsync(), Network.AsPolicy(), Calls.AsPolicy());
        await _storage.Setup.CreateAllAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_storage is not null)
        {
            await _storage.DisposeAsync();
        }
    }

    private protected async Task<int> CallsOfAsync(Func<Task> operation)
    {
        var before = Calls.Total;
        await operation();
        return Calls.Total - before;
    }
}
