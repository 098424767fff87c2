using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Queues;

namespace FlashFunctions.AzureStorage;

/// <summary>The two service clients, set up alike.</summary>
internal sealed class StorageClients
{
    public StorageClients(
        StorageOptions options, IEnumerable<StoragePolicy> policies, HttpPipelineTransport? transport, TokenCredential? credential)
    {
        var tableOptions = new TableClientOptions();
        SetUp(tableOptions, options, policies, transport);
        tableOptions.AddPolicy(new WriteTries.Policy(), HttpPipelinePosition.PerRetry);

        // Not the newest version that the package knows: this one has all that is used here, and emulators know it too.
        var queueOptions = new QueueClientOptions(QueueClientOptions.ServiceVersion.V2024_11_04)
        {
            MessageEncoding = QueueMessageEncoding.Base64,
        };
        SetUp(queueOptions, options, policies, transport);

        if (!string.IsNullOrWhiteSpace(options.ConnectionString))
        {
            Tables = new TableServiceClient(options.ConnectionString, tableOptions);
            Queues = new QueueServiceClient(options.ConnectionString, queueOptions);
            return;
        }

        credential ??= new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = options.ClientId });
        Tables = new TableServiceClient(options.TableServiceUri!, credential, tableOptions);
        Queues = new QueueServiceClient(options.QueueServiceUri!, credential, queueOptions);
    }

    public TableServiceClient Tables { get; }

    public QueueServiceClient Queues { get; }

    private static void SetUp(
        ClientOptions client, StorageOptions options, IEnumerable<StoragePolicy> policies, HttpPipelineTransport? transport)
    {
        client.Retry.Mode = RetryMode.Exponential;
        client.Retry.MaxRetries = options.Retries;
        client.Retry.Delay = options.RetryDelay;
        client.Retry.MaxDelay = options.MaxRetryDelay;
        client.Retry.NetworkTimeout = options.TryTimeout;
        client.Transport = transport ?? client.Transport;
        foreach (var (policy, position) in policies)
        {
            client.AddPolicy(policy, position);
        }
    }
}
