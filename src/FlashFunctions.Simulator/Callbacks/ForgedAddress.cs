namespace FlashFunctions.Simulator;

/// <summary>The address that somebody would call who does not know its token.</summary>
internal static class ForgedAddress
{
    /// <summary>The address with the last character of its path changed.</summary>
    public static Uri Of(Uri address)
    {
        var path = address.AbsolutePath;
        var last = path[^1] == 'A' ? 'B' : 'A';
        return new UriBuilder(address) { Path = path[..^1] + last }.Uri;
    }
}
