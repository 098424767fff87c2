using FlashFunctions.Core.Input;
using FlashFunctions.Core.Primitives;
using Microsoft.AspNetCore.Http;

namespace FlashFunctions.Http;

/// <summary>Reads bodies up to a size.</summary>
internal static class BodyReader
{
    private const int MostBytes = 64 * 1024;

    /// <summary>The parameters in a body, or the refusal of it.</summary>
    public static async Task<Result<Fields>> ReadFieldsAsync(HttpRequest request)
    {
        var body = await ReadAsync(request);
        return body is null
            ? Problem.BodyTooLarge
            : FieldsReader.Read(body.Value, request.ContentType);
    }

    /// <summary>The raw bytes, or null when there are more than 64 KiB.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength > MostBytes)
        {
            return null;
        }

        using var whole = new MemoryStream((int)(request.ContentLength ?? 1_024));
        var buffer = new byte[4_096];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0)
        {
            if (whole.Length + read > MostBytes)
            {
                return null;
            }

            whole.Write(buffer, 0, read);
        }

        return whole.ToArray();
    }
}
