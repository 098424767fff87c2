using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace FlashFunctions.Core.Limits;

/// <summary>What is remembered of one number within an account. Times are unix milliseconds.</summary>
public sealed record GuardState
{
    /// <summary>The last call of verify or next that was let through.</summary>
    public long LastCall { get; init; }

    /// <summary>When attempts were counted, oldest first.</summary>
    public ImmutableArray<long> Sends { get; init; } = [];

    /// <summary>When messages, spoken texts and look-ups were counted, oldest first.</summary>
    public ImmutableArray<long> Messages { get; init; } = [];

    /// <summary>Wrong codes by request.</summary>
    public ImmutableArray<WrongCodes> Wrong { get; init; } = [];

    /// <summary>The verification that was started last, which may have ended since.</summary>
    public string? Live { get; init; }

    /// <summary>The same of people whom the account knows; null: nothing. Its messages are counted above, with all others.</summary>
    public GuardState? Trusted { get; init; }
}

/// <summary>The wrong codes that one request has taken, and when the last of them came.</summary>
public sealed record WrongCodes(string Request, int Count, long At);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(GuardState))]
internal sealed partial class GuardJson : JsonSerializerContext;
