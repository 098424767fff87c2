using Azure.Core;
using Azure.Core.Pipeline;

namespace FlashFunctions.AzureStorage;

/// <summary>
/// How often an operation was sent. A conflict on the only try is with another caller; after a retry it may be with our own
/// first try, and only then is it worth checking.
/// </summary>
internal sealed class WriteTries
{
    private const string Property = "FlashFunctions.WriteTries";

    private int _count;

    public bool Repeated => Volatile.Read(ref _count) > 1;

    /// <summary>Counts what the current asynchronous flow sends until disposed.</summary>
    public IDisposable Watch() =>
        HttpPipeline.CreateHttpMessagePropertiesScope(new Dictionary<string, object?>(StringComparer.Ordinal) { [Property] = this });

    public sealed class Policy : HttpPipelineSynchronousPolicy
    {
        public override void OnSendingRequest(HttpMessage message)
        {
            if (message.TryGetProperty(Property, out var value) && value is WriteTries tries)
            {
                Interlocked.Increment(ref tries._count);
            }
        }
    }
}
