using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using FlashFunctions.AzureStorage;

namespace FlashFunctions.AzuriteTests.Azurite;

/// <summary>What a bad network does, right before the transport.</summary>
internal sealed class Disturbance : HttpPipelinePolicy
{
    private Func<HttpMessage, Func<ValueTask>, ValueTask>? _next;

    public StoragePolicy AsPolicy() => new(this, HttpPipelinePosition.BeforeTransport);

    /// <summary>
    /// Lets the next call arrive and take effect, then loses its answer. Between the two, <paramref name="meanwhile"/> happens.
    /// </summary>
    public void LoseNextAnswer(Func<Task>? meanwhile = null) => _next = async (_, send) =>
    {
        _next = null;
        await send();
        if (meanwhile is not null)
        {
            await meanwhile();
        }

        throw Reset();
    };

    /// <summary>Loses the next call on its way. Before it is repeated, <paramref name="meanwhile"/> happens.</summary>
    public void LoseNextCall(Func<Task>? meanwhile = null) => _next = async (_, _) =>
    {
        _next = null;
        if (meanwhile is not null)
        {
            await meanwhile();
        }

        throw Reset();
    };

    /// <summary>Loses every answer from now on, though the calls take effect.</summary>
    public void LoseEveryAnswer() => _next = async (_, send) =>
    {
        await send();
        throw Reset();
    };

    /// <summary>Never answers again.</summary>
    public void Hang() => _next = async (message, _) =>
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, message.CancellationToken);

    public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        _next is { } next ? next(message, () => ProcessNextAsync(message, pipeline)) : ProcessNextAsync(message, pipeline);

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("The adapters are asynchronous.");

    private static RequestFailedException Reset() => new("The connection was reset.", new IOException("The connection was reset."));
}
