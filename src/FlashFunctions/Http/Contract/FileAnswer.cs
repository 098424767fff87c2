using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace FlashFunctions.Http.Contract;

/// <summary>A file, or 304 for who has it already. Anybody may keep it, but asks after five minutes whether a deployment changed it.</summary>
internal sealed class FileAnswer(ContractFile file) : IResult
{
    private const string FiveMinutes = "public, max-age=300, must-revalidate";

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response) = (httpContext.Request, httpContext.Response);
        response.Headers.ETag = file.ETag;
        response.Headers.CacheControl = FiveMinutes;
        if (request.GetTypedHeaders().IfNoneMatch.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Tag == file.ETag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = file.ContentType;
        response.ContentLength = file.Bytes.Length;
        response.Headers.XContentTypeOptions = "nosniff";
        if (file.ContentSecurityPolicy is { } policy)
        {
            response.Headers.ContentSecurityPolicy = policy;
        }

        await response.Body.WriteAsync(file.Bytes, httpContext.RequestAborted);
    }
}
