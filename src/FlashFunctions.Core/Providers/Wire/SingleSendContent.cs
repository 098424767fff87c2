using System.Net;
using System.Net.Http.Headers;

namespace FlashFunctions.Core.Providers.Wire;

/// <summary>
/// A request body that knows whether it was ever handed to a connection, which is the line between “certainly not sent” and
/// “may have been received”, and that cannot be sent a second time. The handler repeats a request by itself only while its body has not
/// been touched (a pooled connection that the server closed meanwhile); should it ever do more, this refuses.
/// </summary>
internal sealed class SingleSendContent : HttpContent
{
    private readonly ReadOnlyMemory<byte> _body;
    private int _writes;

    public SingleSendContent(ReadOnlyMemory<byte> body, string mediaType)
    {
        _body = body;
        Headers.ContentType = new MediaTypeHeaderValue(mediaType);
    }

    /// <summary>True from the moment the connection asked for the first byte.</summary>
    public bool HasLeft => Volatile.Read(ref _writes) > 0;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _writes) > 1)
        {
            throw new HttpRequestException("A provider request is never sent twice.");
        }

        return stream.WriteAsync(_body, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
