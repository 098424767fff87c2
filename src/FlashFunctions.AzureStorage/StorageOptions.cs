using System.ComponentModel.DataAnnotations;

namespace FlashFunctions.AzureStorage;

/// <summary>
/// Azure Storage, where the tables and queues are: a connection string as the value of <c>Storage</c> itself, or the two service
/// addresses and a managed identity; never both. The functions host reads the same settings for its queue triggers.
/// </summary>
public sealed class StorageOptions : IValidatableObject
{
    public const string Section = "Storage";

    /// <summary>The value of <c>Storage</c>: a storage connection string, <c>UseDevelopmentStorage=true</c> among them.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The table service, for example <c>https://account.table.core.windows.net</c>: https only.</summary>
    public Uri? TableServiceUri { get; set; }

    /// <summary>The queue service, for example <c>https://account.queue.core.windows.net</c>: https only.</summary>
    public Uri? QueueServiceUri { get; set; }

    /// <summary>The client id of a user-assigned identity; without it the system-assigned one or the developer's own is used.</summary>
    public string? ClientId { get; set; }

    /// <summary>
    /// Creates missing tables and queues when the service starts. By default only in a store on this machine (Azurite): in
    /// the cloud the infrastructure creates them.
    /// </summary>
    public bool? CreateAtStart { get; set; }

    /// <summary>How long one try may take: 0.5 to 30 s, default 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "00:00:30")]
    public TimeSpan TryTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often a failed try is repeated: 0 to 5, default 2.</summary>
    [Range(0, 5)]
    public int Retries { get; set; } = 2;

    /// <summary>
    /// The wait before the first repetition, doubled before each further one and varied by a fifth: 10 ms to 5 s, default 100 ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:05")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait before a repetition: 10 ms to 30 s, default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:30")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long one operation may take with all its tries, waits and tokens: 1 to 60 s, default 8 s. A caller waits for it.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(8);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var byConnectionString = !string.IsNullOrWhiteSpace(ConnectionString);
        if (byConnectionString && (TableServiceUri is not null || QueueServiceUri is not null))
        {
            yield return new ValidationResult("Storage: give a connection string or the two service addresses, not both.");
        }

        if (!byConnectionString && !(IsHttps(TableServiceUri) && IsHttps(QueueServiceUri)))
        {
            yield return new ValidationResult(
                "Storage: give a connection string as Storage, or https addresses as Storage:tableServiceUri and Storage:queueServiceUri.");
        }
    }

    private static bool IsHttps(Uri? uri) =>
        uri is { IsAbsoluteUri: true } && string.Equals(uri.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal);
}
