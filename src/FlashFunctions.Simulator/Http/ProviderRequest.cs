using Microsoft.AspNetCore.Http;

namespace FlashFunctions.Simulator;

/// <summary>A request that got past a provider's credentials check.</summary>
internal sealed class ProviderRequest(HttpContext context, ReadOnlyMemory<byte> body)
{
    public ReadOnlyMemory<byte> Body => body;

    public string? ContentType => context.Request.ContentType;

    public IQueryCollection Query => context.Request.Query;

    public bool HasJsonContentType => HasContentType("application/json");

    public string Route(string name) => context.Request.RouteValues[name] as string ?? "";

    public bool HasContentType(string type) =>
        ContentType is { } given && given.AsSpan().Trim().StartsWith(type, StringComparison.OrdinalIgnoreCase)
        && (given.Trim().Length == type.Length || given.Trim()[type.Length] is ';' or ' ');
}
