namespace FlashFunctions.Core.Providers.Wire;

/// <summary>How one HTTP exchange with a provider ended, before anybody reads what the answer means.</summary>
internal abstract record Exchange
{
    private Exchange()
    {
    }

    /// <summary>A status line came back. The body is empty when it could not be read, or was longer than <see cref="HttpExchange.LongestAnswer"/>.</summary>
    internal sealed record Answered(int Status, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter) : Exchange
    {
        public bool IsSuccess => Status is >= 200 and <= 299;

        /// <summary>Without the body, which may hold a caller number.</summary>
        public override string ToString() => $"Answered({Status})";
    }

    /// <summary>No byte of the request's body left: no connection, no name, no TLS.</summary>
    internal sealed record NeverLeft(string Reason) : Exchange;

    /// <summary>The request left, and no answer came back: the provider may have acted on it.</summary>
    internal sealed record Lost(string Reason) : Exchange;
}
