using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Substitutes;

namespace Azure.Storage.Queues;

public class QueueServiceClient
{
    private const string Scope = "https://storage.azure.com/.default";
    private const int DevelopmentPort = 10001;

    private readonly QueueRest _rest;

    public QueueServiceClient(string connectionString, QueueClientOptions options)
    {
        var account = StorageConnectionString.Parse(connectionString, "queue", DevelopmentPort);
        _rest = Build(account.Endpoint, new QueueSharedKeyPolicy(new SharedKey(account.Account, account.Key)), options);
    }

    public QueueServiceClient(Uri serviceUri, TokenCredential credential, QueueClientOptions options = null)
    {
        if (!string.Equals(serviceUri.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal))
        {
            throw new ArgumentException("Cannot use TokenCredential without HTTPS.", nameof(serviceUri));
        }

        _rest = Build(serviceUri, new BearerTokenAuthenticationPolicy(credential, Scope), options);
    }

    protected QueueServiceClient()
    {
    }

    public virtual Uri Uri => _rest.Endpoint;

    public virtual QueueClient GetQueueClient(string queueName) => new(_rest, queueName);

    private static QueueRest Build(Uri endpoint, HttpPipelinePolicy authentication, QueueClientOptions options)
    {
        options ??= new QueueClientOptions();
        var pipelineOptions = new HttpPipelineOptions(options) { RequestFailedDetailsParser = new QueueErrorParser() };
        pipelineOptions.PerRetryPolicies.Add(authentication);
        return new QueueRest(HttpPipelineBuilder.Build(pipelineOptions), endpoint, options.VersionText, options.MessageEncoding);
    }
}
