namespace FlashFunctions.Core.Providers;

/// <summary>How long a step waits unless its workflow says otherwise, where a provider asks for nothing else.</summary>
internal static class DefaultWaits
{
    public static readonly TimeSpan Call = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan Message = TimeSpan.FromSeconds(60);
}
