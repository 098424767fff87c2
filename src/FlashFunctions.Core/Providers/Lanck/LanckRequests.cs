using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers.Resilience;
using FlashFunctions.Core.Providers.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Providers.Lanck;

/// <summary>Asks Lanck how a request of ours stands, for where its callback got lost.</summary>
internal sealed class LanckRequests(LanckClient client, [FromKeyedServices(LanckProvider.ProviderName)] ProviderPipeline pipeline)
{
    public Task<LanckRequestReading> ReadAsync(string reference, CancellationToken cancellationToken) => pipeline.CallAsync(
        async token => Read(await client.ReadAsync(reference, token)),
        wait => new LanckRequestReading.Unavailable("our rate limit", wait),
        cancellationToken);

    private static LanckRequestReading Read(Exchange exchange) => exchange switch
    {
        Exchange.Answered { IsSuccess: true } answer => State(answer),
        Exchange.Answered { Status: 404 } => new LanckRequestReading.Unknown(),
        Exchange.Answered answer =>
            new LanckRequestReading.Unavailable(SharedErrors.Reason(answer, SharedErrors.CodeOf(answer)), answer.RetryAfter),
        Exchange.NeverLeft failure => new LanckRequestReading.Unavailable(failure.Reason),
        Exchange.Lost failure => new LanckRequestReading.Unavailable(failure.Reason),
        _ => throw new ArgumentOutOfRangeException(nameof(exchange)),
    };

    private static LanckRequestReading State(Exchange.Answered answer) =>
        LooseJson.TryRead(answer.Body.Span, LanckJson.Default.LanckRequestInfo) is { Id: not null } info
            ? new LanckRequestReading.Found(
                LanckStatuses.Of(info.Status, IsCall(info)),
                ProviderText.Status(info.Status),
                info.Mccmnc,
                info.Network,
                info.Country,
                info.CreatedAt)
            : new LanckRequestReading.Unavailable($"HTTP {answer.Status} that cannot be read");

    private static bool IsCall(LanckRequestInfo info) => info.Product is { } product
        && (product.StartsWith("calls.", StringComparison.OrdinalIgnoreCase)
            || product.Equals("verify.call", StringComparison.OrdinalIgnoreCase)
            || product.Equals("verify.voice", StringComparison.OrdinalIgnoreCase));
}

/// <summary>What Lanck says of a request.</summary>
internal abstract record LanckRequestReading
{
    private LanckRequestReading()
    {
    }

    /// <summary>It stands like this.</summary>
    /// <param name="Status">The normalised status, or null for one that nobody has documented.</param>
    /// <param name="RawStatus">Lanck's own word.</param>
    /// <param name="MccMnc">The mobile network's number.</param>
    /// <param name="Network">Its name.</param>
    /// <param name="Country">ISO code.</param>
    /// <param name="CreatedAt">When Lanck took it.</param>
    internal sealed record Found(
        TransportStatus? Status, string RawStatus, string? MccMnc, string? Network, string? Country, DateTimeOffset? CreatedAt)
        : LanckRequestReading;

    internal sealed record Unknown : LanckRequestReading;

    internal sealed record Unavailable(string Reason, TimeSpan? RetryAfter = null) : LanckRequestReading;
}
