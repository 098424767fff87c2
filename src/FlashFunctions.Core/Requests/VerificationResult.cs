namespace FlashFunctions.Core.Requests;

/// <summary>How a verification stands. Everything but pending is an end that nothing leaves.</summary>
public enum VerificationResult
{
    Pending,
    Verified,

    /// <summary>Too many wrong codes.</summary>
    Failed,
    Expired,
    Canceled,

    /// <summary>A newer verification of the number took its place.</summary>
    Superseded,

    /// <summary>No attempt could be placed, or the last report was that nothing arrived and nobody entered the code.</summary>
    Undeliverable,
}
