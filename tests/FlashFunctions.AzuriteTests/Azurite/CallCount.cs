using Azure.Core;
using Azure.Core.Pipeline;
using FlashFunctions.AzureStorage;

namespace FlashFunctions.AzuriteTests.Azurite;

/// <summary>Counts every try of every storage call.</summary>
internal sealed class CallCount : HttpPipelineSynchronousPolicy
{
    private int _count;

    public int Total => Volatile.Read(ref _count);

    public StoragePolicy AsPolicy() => new(this, HttpPipelinePosition.PerRetry);

    public override void OnSendingRequest(HttpMessage message) => Interlocked.Increment(ref _count);
}
