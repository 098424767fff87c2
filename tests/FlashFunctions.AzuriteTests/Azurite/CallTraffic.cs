using Azure.Core;
using Azure.Core.Pipeline;
using FlashFunctions.AzureStorage;

namespace FlashFunctions.AzuriteTests.Azurite;

/// <summary>Tells whether storage calls are under way.</summary>
internal sealed class CallTraffic : HttpPipelinePolicy
{
    private int _open;
    private int _moved;

    public StoragePolicy AsPolicy() => new(this, HttpPipelinePosition.PerCall);

    /// <summary>Whether a call is under way, or was since the last time that this was asked.</summary>
    public bool HasMoved() => Interlocked.Exchange(ref _moved, 0) != 0 || Volatile.Read(ref _open) > 0;

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Interlocked.Increment(ref _open);
        try
        {
            await ProcessNextAsync(message, pipeline);
        }
        finally
        {
            Volatile.Write(ref _moved, 1);
            Interlocked.Decrement(ref _open);
        }
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("The adapters are asynchronous.");
}
