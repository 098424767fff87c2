using System.Security.Cryptography;
using FlashFunctions.LocalHost.Http;
using Microsoft.Net.Http.Headers;

namespace FlashFunctions.LocalHost.Rehearsal;

/// <summary>The page's files, which are embedded. They hold nothing secret, so that they are served without a key.</summary>
internal static class RehearsalFiles
{
    // Nothing but this host's own files and calls: no inline script or style, no foreign address.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly (string Path, string Name, string Type)[] Files =
    [
        ("/rehearse", "rehearse.html", "text/html; charset=utf-8"),
        ("/rehearse/rehearse.js", "rehearse.js", "text/javascript; charset=utf-8"),
        ("/rehearse/rehearse.css", "rehearse.css", "text/css; charset=utf-8"),
    ];

    /// <summary>Maps the files, and the way to them from <c>/</c>.</summary>
    public static void Map(WebApplication app)
    {
        app.MapGet("/", static context =>
        {
            context.Response.Redirect("/rehearse");
            return Task.CompletedTask;
        }).WithMetadata(HostEndpoint.Instance);
        foreach (var (path, name, type) in Files)
        {
            var file = new Lazy<byte[]>(() => Read(name));
            app.MapGet(path, context => WriteAsync(context, file.Value, type)).WithMetadata(HostEndpoint.Instance);
        }
    }

    private static async Task WriteAsync(HttpContext context, byte[] file, string type)
    {
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(file)[..16])}\"");
        var response = context.Response;
        response.GetTypedHeaders().ETag = tag;
        response.Headers.CacheControl = "no-cache";
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = type;
        response.ContentLength = file.Length;
        await response.Body.WriteAsync(file, context.RequestAborted);
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(RehearsalFiles).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
