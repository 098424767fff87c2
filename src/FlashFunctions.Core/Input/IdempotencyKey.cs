using FlashFunctions.Core.Security;

namespace FlashFunctions.Core.Input;

/// <summary>An account's idempotency key and the call that came with it, both as keyed hashes.</summary>
/// <param name="Hash">Of account and key.</param>
/// <param name="Call">Of the path and the parameters, however they were written.</param>
public sealed record IdempotencyKey(string Hash, string Call)
{
    /// <summary>The same under the service keys before, by which it may be in use.</summary>
    public IReadOnlyList<IdempotencyKey> Previous { get; init; } = [];

    public const string Header = "Idempotency-Key";

    private const int Longest = 255;

    /// <summary>Whether a header's value is a key: 1 to 255 printable ASCII characters.</summary>
    public static bool IsValid(string text) => text.Length is >= 1 and <= Longest && text.All(character => character is >= ' ' and <= '~');

    public static IdempotencyKey Of(ServiceKey key, string account, string text, string path, Fields fields)
    {
        const string KeyPurpose = "idempotency key";
        const string CallPurpose = "idempotency call";
        string[] call = [path, .. fields.Canonical()];
        IdempotencyKey[] all =
            [.. key.Hashes(KeyPurpose, account, text).Zip(key.Hashes(CallPurpose, call), (hash, of) => new IdempotencyKey(hash, of))];
        return all[0] with { Previous = all[1..] };
    }
}
