using Azure.Core;
using Azure.Core.Pipeline;

namespace FlashFunctions.AzureStorage;

/// <summary>A pipeline policy for every storage call, taken from the service collection: what counts or disturbs calls adds one.</summary>
/// <param name="Policy">Shared by the table and the queue client.</param>
/// <param name="Position">Before the retries, once for each try, or right before the transport.</param>
public sealed record StoragePolicy(HttpPipelinePolicy Policy, HttpPipelinePosition Position);
