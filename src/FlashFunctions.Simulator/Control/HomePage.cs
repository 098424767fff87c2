using Microsoft.AspNetCore.Http;

namespace FlashFunctions.Simulator;

/// <summary>The page that shows the phones.</summary>
internal static class HomePage
{
    private static readonly byte[] Page = Load();

    public static Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.Body.WriteAsync(Page, context.RequestAborted).AsTask();
    }

    private static byte[] Load()
    {
        using var resource = typeof(HomePage).Assembly.GetManifestResourceStream("home.html")
            ?? throw new InvalidOperationException("The page is not embedded.");
        using var copy = new MemoryStream();
        resource.CopyTo(copy);
        return copy.ToArray();
    }
}
