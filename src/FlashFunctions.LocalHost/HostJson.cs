using System.ComponentModel.DataAnnotations;

namespace FlashFunctions.LocalHost;

/// <summary>What the local host takes from host.json; where the file says nothing, the functions host's own defaults.</summary>
internal sealed class HostJson
{
    private HostJson(IConfiguration json)
    {
        RoutePrefix = (json["extensions:http:routePrefix"] ?? "api").Trim('/');
        Queues = json.GetSection("extensions:queues").Get<QueueOptions>() ?? new QueueOptions();
        Validator.ValidateObject(Queues, new ValidationContext(Queues), validateAllProperties: true);
    }

    public string RoutePrefix { get; }

    public QueueOptions Queues { get; }

    /// <summary>Reads the file, and over it the settings that begin with AzureFunctionsJobHost, as the functions host does.</summary>
    public static HostJson Read(string path, IConfiguration configuration) => new(
        new ConfigurationBuilder()
            .AddJsonFile(Path.GetFullPath(path), optional: true)
            .AddConfiguration(configuration.GetSection("AzureFunctionsJobHost"))
            .Build());
}

/// <summary>host.json's extensions.queues.</summary>
internal sealed class QueueOptions
{
    /// <summary>How many messages are received at once: 1 to 32.</summary>
    [Range(1, 32)]
    public int BatchSize { get; set; } = 16;

    /// <summary>With this many functions or fewer still running on a queue, the next batch is received. Half a batch by default.</summary>
    [Range(0, 1_000)]
    public int? NewBatchThreshold { get; set; }

    /// <summary>How long after its function threw a message is shown again.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan VisibilityTimeout { get; set; }

    /// <summary>The longest pause between two looks into an empty queue.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan MaxPollingInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often a message is tried before it goes to the poison queue.</summary>
    [Range(1, 1_000)]
    public int MaxDequeueCount { get; set; } = 5;
}
