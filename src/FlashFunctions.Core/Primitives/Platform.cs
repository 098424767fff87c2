namespace FlashFunctions.Core.Primitives;

/// <summary>Where the person with the phone is asked for the code: an app or a page.</summary>
public enum Platform
{
    Ios,
    Android,
    Web,
}
