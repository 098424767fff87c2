using Microsoft.Net.Http.Headers;

namespace FlashFunctions.Http.Pages;

/// <summary>
/// A file, compressed for browsers that can read that, or 304 for a caller that has it already. Everybody may keep it, and asks again after
/// the time in <paramref name="cacheControl"/> whether a deployment has changed it.
/// </summary>
internal sealed class FileAnswer(StaticFile file, string cacheControl = FileAnswer.ForFiveMinutes) : IResult
{
    public const string ForFiveMinutes = "public, max-age=300, must-revalidate";

    /// <summary>For an address that names the version of its content.</summary>
    public const string ForEver = "public, max-age=31536000, immutable";

    /// <summary>For a page whose files would not fit an older one.</summary>
    public const string AskFirst = "public, no-cache";

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response) = (httpContext.Request, httpContext.Response);
        var compressed = request.GetTypedHeaders().AcceptEncoding.Any(coding => coding.Value == "gzip" && coding.Quality != 0);
        var tag = compressed ? $"\"{file.Hash}-gzip\"" : $"\"{file.Hash}\"";
        response.Headers.ETag = tag;
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        response.Headers.CacheControl = cacheControl;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = file.ContentSecurityPolicy;
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (request.GetTypedHeaders().IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Tag == tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var content = compressed ? file.Compressed : file.Bytes;
        response.ContentType = file.ContentType;
        response.ContentLength = content.Length;
        if (compressed)
        {
            response.Headers.ContentEncoding = "gzip";
        }

        if (!HttpMethods.IsHead(request.Method))
        {
            await response.Body.WriteAsync(content, httpContext.RequestAborted);
        }
    }
}
