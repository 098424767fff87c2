using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace FlashFunctions.Simulator;

/// <summary>An HTTP answer.</summary>
internal sealed record Reply(int Status, byte[] Body, string ContentType = "application/json")
{
    /// <summary>Seconds for Retry-After, or null.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Cut the connection instead of answering.</summary>
    public bool IsReset { get; init; }

    /// <summary>Cuts the connection.</summary>
    public static Reply Reset { get; } = new(0, []) { IsReset = true };

    public static Reply Json<T>(int status, T value, JsonTypeInfo<T> type) => new(status, JsonSerializer.SerializeToUtf8Bytes(value, type));
}

/// <summary>What a provider does with a request.</summary>
/// <param name="Reply">The answer it means to give.</param>
internal sealed record Outcome(Reply Reply)
{
    /// <summary>How the answer is given in fact.</summary>
    public SimulatedAnswer Manner { get; init; }

    /// <summary>What will be reported.</summary>
    public IReadOnlyList<CallbackScript> Scripts { get; init; } = [];

    public static implicit operator Outcome(Reply reply) => new(reply);
}
