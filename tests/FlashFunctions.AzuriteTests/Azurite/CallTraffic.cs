using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;
using FlashFunctions.AzureStorage;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.AzuriteTests.Azurite;

/// <summary>Every try of every storage call: whether one is under way, and which there were, in the words of the ports.</summary>
internal sealed class CallTraffic : HttpPipelinePolicy
{
    private const string Released = "FlashFunctions.Released";

    private readonly ConcurrentQueue<string> _calls = new();
    private int _open;
    private int _moved;

    /// <summary>What a port does, as “Table.Verb”; what the host does with its queues, and accounts, are left out.</summary>
    public IReadOnlyList<string> Calls => [.. _calls];

    public StoragePolicy AsPolicy() => new(this, HttpPipelinePosition.PerRetry);

    /// <summary>Whether a call is under way, or was since the last time that this was asked.</summary>
    public bool HasMoved() => Interlocked.Exchange(ref _moved, 0) != 0 || Volatile.Read(ref _open) > 0;

    public void Forget() => _calls.Clear();

    /// <summary>A delayed message that a test's clock keeps back counts when it is sent, </summary>
    public void NoteHeld(string queue) => _calls.Enqueue($"{queue}.Send");

    /// <summary>and not again when it is let go.</summary>
    public static IDisposable Releasing() =>
        HttpPipeline.CreateHttpMessagePropertiesScope(new Dictionary<string, object?>(StringComparer.Ordinal) { [Released] = true });

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Interlocked.Increment(ref _open);
        if (NameOf(message) is { } call)
        {
            _calls.Enqueue(call);
        }

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

    private static string? NameOf(HttpMessage message)
    {
        var path = message.Request.Uri.ToUri().AbsolutePath.Split('/');
        var resource = path.Length > 2 ? path[2].Split('(') : [];
        return resource switch
        {
            [var queue] when QueueNames.All.Contains(queue, StringComparer.Ordinal) =>
                message.Request.Method == RequestMethod.Post && !message.TryGetProperty(Released, out _) ? $"{queue}.Send" : null,
            [TableNames.Accounts or TableNames.Tokens, ..] => null,
            [var table, ..] when TableNames.All.Contains(table, StringComparer.Ordinal) =>
                $"{table}.{Verb(message.Request.Method, hasKey: resource.Length > 1 && resource[1].Length > 1)}",
            ["$batch"] => "DeleteBatch",
            _ => null,
        };
    }

    private static string Verb(RequestMethod method, bool hasKey) => (method.Method, hasKey) switch
    {
        ("GET", true) => "Read",
        ("GET", false) => "Query",
        ("POST", _) => "Insert",
        ("PUT", _) => "Replace",
        (var other, _) => other,
    };
}
