using Azure.Core;

namespace Azure.Storage.Queues;

public class QueueClientOptions : ClientOptions
{
    public QueueClientOptions(ServiceVersion version = ServiceVersion.V2024_11_04) => Version = version;

    public enum ServiceVersion
    {
        V2024_11_04 = 24,
    }

    public ServiceVersion Version { get; }

    public QueueMessageEncoding MessageEncoding { get; set; }

    internal string VersionText => Version == ServiceVersion.V2024_11_04 ? "2024-11-04" : throw new InvalidOperationException("Unknown service version.");
}

public enum QueueMessageEncoding
{
    None = 0,
    Base64 = 1,
}
