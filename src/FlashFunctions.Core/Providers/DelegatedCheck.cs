namespace FlashFunctions.Core.Providers;

/// <summary>What a provider says of a code that only it knows.</summary>
public abstract record DelegatedCheck
{
    private DelegatedCheck()
    {
    }

    public sealed record Right : DelegatedCheck;

    public sealed record Wrong : DelegatedCheck;

    /// <summary>
    /// No verdict, and the guess may have reached the provider: it counts. <paramref name="NeedsOperator"/>: credentials, account or balance.
    /// </summary>
    public sealed record Unclear(string Reason, TimeSpan? RetryAfter = null, bool NeedsOperator = false) : DelegatedCheck;

    /// <summary>The guess certainly never left: our own rate limit, no connection, or nobody to ask.</summary>
    public sealed record NotAsked(string Reason, TimeSpan? RetryAfter = null) : DelegatedCheck;
}
