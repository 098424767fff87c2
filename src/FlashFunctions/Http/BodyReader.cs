using FlashFunctions.Core.Input;

namespace FlashFunctions.Http;

/// <summary>Reads parameters, and bodies up to a size.</summary>
internal static class BodyReader
{
    private const int MostBytes = 64 * 1024;

    /// <summary>The parameters in the body, or in the address of a call that has none; or the refusal of them.</summary>
    public static async Task<Result<Fields>> ReadFieldsAsync(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsDelete(request.Method))
        {
            return FieldsReader.ReadQuery(request.QueryString.Value);
        }

        return (await ReadAsync(request)).TryGet(out var body, out var problem)
            ? FieldsReader.Read(body, request.ContentType)
            : problem;
    }

    /// <summary>
    /// The raw bytes, or the refusal of more than 64 KiB or of a body that breaks off. The functions host answers a caller who broke off
    /// itself; to this service it is a faulty call and no failure of its own.
    /// </summary>
    public static async Task<Result<ReadOnlyMemory<byte>>> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength > MostBytes)
        {
            return Problem.BodyTooLarge;
        }

        using var whole = new MemoryStream((int)(request.ContentLength ?? 1_024));
        var buffer = new byte[4_096];
        try
        {
            int read;
            while ((read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0)
            {
                if (whole.Length + read > MostBytes)
                {
                    return Problem.BodyTooLarge;
                }

                whole.Write(buffer, 0, read);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return Problem.BodyBrokenOff;
        }

        return (ReadOnlyMemory<byte>)whole.ToArray();
    }
}
