using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Limits;

/// <summary>What a call with an idempotency key comes to.</summary>
public abstract record KeyClaim
{
    private KeyClaim()
    {
    }

    /// <summary>Go ahead under this id: the call came without a key, is the first with it, or takes up a first one that died.</summary>
    /// <param name="Id">The id that the request gets.</param>
    /// <param name="Row">The key's row, for the request to carry; null without a key.</param>
    /// <param name="ETag">The row's version where this very call wrote it, so that a refusal may free the key again.</param>
    public sealed record Free(RequestId Id, string? Row = null, string? ETag = null) : KeyClaim;

    /// <summary>The first call made this request: its answer is to be given again.</summary>
    public sealed record Known(Stored<RequestRecord> Stored) : KeyClaim;

    public sealed record Refused(Problem Problem) : KeyClaim;
}
