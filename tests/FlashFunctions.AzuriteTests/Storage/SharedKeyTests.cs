using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using FlashFunctions.AzureStorage;
using FlashFunctions.AzuriteTests.Azurite;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.AzuriteTests.Storage;

/// <summary>
/// The signature on the wire against the string that the documentation says is signed:
/// https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key.
/// </summary>
public sealed class SharedKeyTests
{
    private const string Account = "myaccount";
    private const string Key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    [Fact]
    public async Task A_table_call_is_signed_over_its_date_and_resource()
    {
        var request = await CaptureAsync(storage => storage.Requests.ReadAsync("it's", "r", CancellationToken.None));

        Assert.Equal("https://myaccount.table.core.windows.net/Requests(PartitionKey='it%27%27s',RowKey='r')", WithoutQuery(request));
        var signed = $"{request.Headers["x-ms-date"]}\n/myaccount/Requests(PartitionKey='it%27%27s',RowKey='r')";
        Assert.Equal("SharedKeyLite myaccount:" + Hmac(signed), request.Headers["Authorization"]);
    }

    [Fact]
    public async Task A_queue_call_is_signed_over_its_method_headers_and_resource()
    {
        var request = await CaptureAsync(storage => storage.Queue(QueueNames.Dispatch).SendAsync("job", TimeSpan.FromSeconds(9), CancellationToken.None));

        Assert.Equal("https://myaccount.queue.core.windows.net/flash-dispatch/messages", WithoutQuery(request));
        var headers = string.Concat(request.Headers
            .Where(header => header.Key.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase))
            .OrderBy(header => header.Key.ToLowerInvariant(), StringComparer.Ordinal)
            .Select(header => $"{header.Key.ToLowerInvariant()}:{header.Value}\n"));
        var signed = $"POST\n\n\n{request.Length}\n\napplication/xml\n\n\n\n\n\n\n{headers}/myaccount/flash-dispatch/messages\nmessagettl:-1\nvisibilitytimeout:9";
        Assert.Equal($"SharedKey myaccount:{Hmac(signed)}", request.Headers["Authorization"]);
    }

    [Fact]
    public async Task Every_try_is_signed_anew()
    {
        var capture = new Capture();
        await using var storage = Storing(capture);

        await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.Requests.ReadAsync("p", "r", CancellationToken.None));

        Assert.Equal(3, capture.Requests.Count);
        Assert.All(capture.Requests, request => Assert.Single(request.Headers, header => string.Equals(header.Key, "Authorization", StringComparison.Ordinal)));
    }

    private static string WithoutQuery(Captured request) => request.Address.GetLeftPart(UriPartial.Path);

    private static string Hmac(string text) => Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Key), Encoding.UTF8.GetBytes(text)));

    private static StorageUnderTest Storing(Capture capture) => new(
        new(StringComparer.Ordinal) { ["Storage"] = $"DefaultEndpointsProtocol=https;AccountName={Account};AccountKey={Key};EndpointSuffix=core.windows.net" },
        services => services.AddSingleton(new StoragePolicy(capture, HttpPipelinePosition.BeforeTransport)));

    private static async Task<Captured> CaptureAsync(Func<StorageUnderTest, Task> operation)
    {
        var capture = new Capture();
        await using var storage = Storing(capture);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => operation(storage));
        return capture.Requests[0];
    }

    private sealed record Captured(Uri Address, Dictionary<string, string> Headers, long Length);

    /// <summary>Takes what would have gone out, and lets nothing out.</summary>
    private sealed class Capture : HttpPipelinePolicy
    {
        public List<Captured> Requests { get; } = [];

        public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            var length = 0L;
            message.Request.Content?.TryComputeLength(out length);
            var headers = message.Request.Headers.ToDictionary(header => header.Name, header => header.Value, StringComparer.OrdinalIgnoreCase);
            Requests.Add(new Captured(message.Request.Uri.ToUri(), headers, length));
            throw new IOException("Nothing goes out.");
        }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
            throw new NotSupportedException("The adapters are asynchronous.");
    }
}
