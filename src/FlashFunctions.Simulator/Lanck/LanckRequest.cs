namespace FlashFunctions.Simulator;

/// <summary>A request that Lanck accepted.</summary>
internal sealed class LanckRequest
{
    private const string UsualStatus = "SENT";

    public required string Id { get; init; }

    public required string Product { get; init; }

    /// <summary>E.164 digits.</summary>
    public required string Number { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The parameters as they came.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The code of a verification.</summary>
    public string? Code { get; init; }

    /// <summary>What was placed for it, at last.</summary>
    public SimulatedCall? Placed { get; set; }

    /// <summary>The status of a request for which nothing was placed.</summary>
    public string? OwnStatus { get; init; }

    public LanckInfo Show(bool withPayload)
    {
        var network = LanckNetworks.Of(Number);
        return new LanckInfo(
            Id, Product, "+" + Number, network?.MccMnc, network?.Name, network?.Country, OwnStatus ?? Placed?.Status ?? UsualStatus, CreatedAt.ToUnixTimeMilliseconds(), withPayload ? ShowPayload() : null);
    }

    private Dictionary<string, string> ShowPayload() => Payload.Span.TrimStart((byte)' ') is [(byte)'{', ..]
        ? new(StringComparer.Ordinal) { ["body"] = System.Text.Encoding.UTF8.GetString(Payload.Span) }
        : LanckForm.Parse(Payload).ToDictionary(item => item.Key, item => item.Value.ToString(), StringComparer.Ordinal);
}
