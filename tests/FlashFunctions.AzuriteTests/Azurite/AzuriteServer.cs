namespace FlashFunctions.AzuriteTests.Azurite;

/// <summary>Azurite's table and queue services on free ports of the loopback interface, with a folder of their own.</summary>
public sealed class AzuriteServer : IAsyncDisposable
{
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly DirectoryInfo _folder;
    private readonly AzuriteProcess _tables;
    private readonly AzuriteProcess _queues;

    private AzuriteServer(string script, DirectoryInfo folder)
    {
        _folder = folder;
        _tables = new AzuriteProcess(script, "table", folder.FullName);
        _queues = new AzuriteProcess(script, "queue", folder.FullName);
    }

    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};TableEndpoint={TableEndpoint};QueueEndpoint={QueueEndpoint};";

    public string TableEndpoint => $"http://127.0.0.1:{_tables.Port}/{Account}";

    public string QueueEndpoint => $"http://127.0.0.1:{_queues.Port}/{Account}";

    public static async Task<AzuriteServer> StartAsync(CancellationToken cancellationToken)
    {
        var script = await NodePackages.FindAsync("azurite/dist/src", cancellationToken);
        var server = new AzuriteServer(script, Directory.CreateTempSubdirectory("azurite-"));
        await server.ResumeAsync(cancellationToken);
        return server;
    }

    /// <summary>Ends both services, after which they have saved what they hold.</summary>
    public Task StopAsync() => Task.WhenAll(_tables.StopAsync(), _queues.StopAsync());

    /// <summary>Starts both services on the ports and the folder that they had.</summary>
    public Task ResumeAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_tables.StartAsync(cancellationToken), _queues.StartAsync(cancellationToken));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Delete(recursive: true);
    }
}
