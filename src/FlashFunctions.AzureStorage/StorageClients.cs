using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Queues;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FlashFunctions.AzureStorage;

/// <summary>A pipeline policy for every storage call, taken from the service collection: what counts or disturbs calls adds one.</summary>
/// <param name="Policy">Shared by the table and the queue client.</param>
/// <param name="Position">Before the retries, once for each try, or right before the transport.</param>
public sealed record StoragePolicy(HttpPipelinePolicy Policy, HttpPipelinePosition Position);

/// <summary>
/// The two service clients, set up alike: with every registered <see cref="StoragePolicy"/>, and a transport or credential where one is
/// registered.
/// </summary>
internal sealed class StorageClients
{
    public StorageClients(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<StorageOptions>>().Value;
        var tableOptions = new TableClientOptions();
        SetUp(tableOptions, options, services);
        tableOptions.AddPolicy(new WriteTries.Policy(), HttpPipelinePosition.PerRetry);

        // Not the newest version that the package knows: this one has all that is used here, and emulators know it too.
        var queueOptions = new QueueClientOptions(QueueClientOptions.ServiceVersion.V2024_11_04)
        {
            MessageEncoding = QueueMessageEncoding.Base64,
        };
        SetUp(queueOptions, options, services);

        if (!string.IsNullOrWhiteSpace(options.ConnectionString))
        {
            Tables = new TableServiceClient(options.ConnectionString, tableOptions);
            Queues = new QueueServiceClient(options.ConnectionString, queueOptions);
            return;
        }

        var credential = services.GetService<TokenCredential>()
            ?? new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = options.ClientId });
        Tables = new TableServiceClient(options.TableServiceUri!, credential, tableOptions);
        Queues = new QueueServiceClient(options.QueueServiceUri!, credential, queueOptions);
    }

    public TableServiceClient Tables { get; }

    public QueueServiceClient Queues { get; }

    private static void SetUp(ClientOptions client, StorageOptions options, IServiceProvider services)
    {
        client.Retry.Mode = RetryMode.Exponential;
        client.Retry.MaxRetries = options.Retries;
        client.Retry.Delay = options.RetryDelay;
        client.Retry.MaxDelay = options.MaxRetryDelay;
        client.Retry.NetworkTimeout = options.TryTimeout;
        client.Transport = services.GetService<HttpPipelineTransport>() ?? client.Transport;
        foreach (var (policy, position) in services.GetServices<StoragePolicy>())
        {
            client.AddPolicy(policy, position);
        }
    }
}
