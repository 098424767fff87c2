namespace FlashFunctions.Core.Providers;

/// <summary>What a provider says of a code that only it knows.</summary>
public abstract record DelegatedCheck
{
    private DelegatedCheck()
    {
    }

    public sealed record Right : DelegatedCheck;

    public sealed record Wrong : DelegatedCheck;

    /// <summary>No verdict; <paramref name="NeedsOperator"/>: credentials, account or balance.</summary>
    public sealed record Unavailable(string Reason, TimeSpan? RetryAfter = null, bool NeedsOperator = false) : DelegatedCheck;
}
