using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace FlashFunctions.Simulator;

/// <summary>Reads whole bodies, up to what a thousand messages need.</summary>
internal static class RequestBody
{
    private const int Limit = 4 * 1024 * 1024;

    /// <summary>The body, or null when it is too long.</summary>
    public static async ValueTask<byte[]?> ReadAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > Limit)
                return null;
            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
