using FlashFunctions.LocalHost.Azurite;

namespace FlashFunctions.AzuriteTests.Azurite;

/// <summary>An Azurite of a test's own, with a folder of its own.</summary>
public sealed class TemporaryAzurite : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;

    private TemporaryAzurite(AzuriteServer server, DirectoryInfo folder) => (Server, _folder) = (server, folder);

    public AzuriteServer Server { get; }

    public string Folder => _folder.FullName;

    public static async Task<TemporaryAzurite> StartAsync(bool inMemory = false, string? accounts = null)
    {
        SharedAzurite.RequireAzurite();
        var folder = Directory.CreateTempSubdirectory("azurite-");
        var options = new AzuriteOptions { Folder = folder.FullName, InMemory = inMemory, Accounts = accounts };
        return new TemporaryAzurite(await AzuriteServer.StartAsync(options, CancellationToken.None), folder);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
