using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Bench.StartUp;

/// <summary>
/// As much of the Azure Functions host as a worker needs to start: it answers the stream of azure-functions-language-worker-protobuf
/// (FunctionRpc.proto) until every function is loaded.
/// </summary>
internal static class FunctionsHost
{
    // Field numbers of StreamingMessage and of what is in it.
    private const int RequestId = 1;
    private const int LoadRequest = 8;
    private const int LoadResponse = 9;
    private const int InitResponse = 16;
    private const int InitRequest = 17;
    private const int StartStream = 20;
    private const int MetadataRequest = 29;
    private const int MetadataResponse = 30;
    private const int MetadataFunctionId = 13;

    /// <summary>
    /// Starts the worker with this assembly, waits until its functions are loaded, and ends it.
    /// </summary>
    /// <exception cref="InvalidOperationException">The worker ended or did not load its functions within a minute.</exception>
    public static async Task<WorkerStart> StartAsync(
        string assembly, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var loaded = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Limits.MinRequestBodyDataRate = null;
        });
        await using var app = builder.Build();
        app.MapPost(
            "/AzureFunctionsRpcMessages.FunctionRpc/EventStream",
            context => TalkAsync(context, loaded, Path.GetDirectoryName(assembly)!));
        await app.StartAsync(cancellationToken);

        var address = new Uri(app.Urls.First());
        using var worker = new Process { StartInfo = StartInfo(assembly, address, settings) };
        var began = TimeProvider.System.GetTimestamp();
        worker.Start();
        var log = Task.WhenAll(
            worker.StandardOutput.ReadToEndAsync(cancellationToken), worker.StandardError.ReadToEndAsync(cancellationToken));
        try
        {
            var ended = worker.WaitForExitAsync(cancellationToken);
            var first = await Task.WhenAny(loaded.Task, ended, Task.Delay(TimeSpan.FromMinutes(1), TimeProvider.System, cancellationToken));
            if (first != loaded.Task)
            {
                var output = first == ended ? string.Concat(await log) : "it answered nothing for a minute";
                throw new InvalidOperationException($"{Path.GetFileName(assembly)} did not load its functions: {output}");
            }

            var took = TimeProvider.System.GetElapsedTime(began);
            worker.Refresh();
            return new WorkerStart(await loaded.Task, took, worker.TotalProcessorTime, worker.WorkingSet64);
        }
        finally
        {
            if (!worker.HasExited)
            {
                worker.Kill(entireProcessTree: true);
            }
        }
    }

    private static ProcessStartInfo StartInfo(string assembly, Uri host, IReadOnlyDictionary<string, string> settings)
    {
        const string Id = "worker";
        var info = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = Path.GetDirectoryName(assembly)!,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            assembly, "--host", host.Host, "--port", host.Port.ToString(CultureInfo.InvariantCulture), "--workerId", Id, "--requestId", Id,
            "--grpcMaxMessageLength", "2147483647", "--functions-uri", host.ToString(), "--functions-worker-id", Id,
            "--functions-request-id", Id, "--functions-grpc-max-message-length", "2147483647",
        ];
        Array.ForEach(arguments, info.ArgumentList.Add);
        foreach (var (name, value) in settings)
        {
            info.Environment[name] = value;
        }

        return info;
    }

    private static async Task TalkAsync(HttpContext context, TaskCompletionSource<int> loaded, string folder)
    {
        context.Response.ContentType = "application/grpc";
        await context.Response.StartAsync();
        var waiting = 0;
        var functions = 0;
        try
        {
            while (await ReadAsync(context.Request.Body, context.RequestAborted) is { } message)
            {
                switch (Content(message))
                {
                    case (StartStream, _):
                        await SendAsync(context, InitRequest, Field(1, "4.1037.0"));
                        break;
                    case (InitResponse, _):
                        await SendAsync(context, MetadataRequest, Field(1, folder));
                        break;
                    case (MetadataResponse, var answer):
                        var all = Fields(answer).Where(field => field.Number == 1).Select(field => field.Value).ToList();
                        (functions, waiting) = (all.Count, all.Count);
                        foreach (var metadata in all)
                        {
                            var id = Fields(metadata).First(field => field.Number == MetadataFunctionId).Value;
                            await SendAsync(context, LoadRequest, [.. Field(1, id.ToStringUtf8()), .. Field(2, metadata)]);
                        }

                        break;
                    case (LoadResponse, _) when --waiting == 0:
                        loaded.TrySetResult(functions);
                        break;
                    default:
                        break;
                }
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            // The worker was ended, which closes the stream.
        }
    }

    private static async Task<byte[]?> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        var head = new byte[5];
        if (await body.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken) < head.Length)
        {
            return null;
        }

        var message = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1))];
        await body.ReadExactlyAsync(message, cancellationToken);
        return message;
    }

    private static async Task SendAsync(HttpContext context, int field, byte[] content)
    {
        byte[] message = [.. Field(RequestId, "start"), .. Field(field, ByteString.CopyFrom(content))];
        var framed = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), message.Length);
        message.CopyTo(framed, 5);
        await context.Response.Body.WriteAsync(framed, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private static (int Number, ByteString Value) Content(byte[] message) =>
        Fields(ByteString.CopyFrom(message)).FirstOrDefault(field => field.Number != RequestId);

    private static byte[] Field(int number, string value) => Field(number, ByteString.CopyFromUtf8(value));

    private static byte[] Field(int number, ByteString value)
    {
        using var stream = new MemoryStream();
        using var output = new CodedOutputStream(stream);
        output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(value);
        output.Flush();
        return stream.ToArray();
    }

    private static IEnumerable<(int Number, ByteString Value)> Fields(ByteString message)
    {
        var input = message.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                yield return (WireFormat.GetTagFieldNumber(tag), input.ReadBytes());
            }
            else
            {
                input.SkipLastField();
            }
        }
    }
}

/// <summary>What the start of a worker took until its functions were loaded.</summary>
/// <param name="Functions">The functions that it has.</param>
/// <param name="Took">From the start of the process.</param>
/// <param name="Processor">Processor time of the process.</param>
/// <param name="Memory">Its working set in bytes.</param>
internal sealed record WorkerStart(int Functions, TimeSpan Took, TimeSpan Processor, long Memory);
