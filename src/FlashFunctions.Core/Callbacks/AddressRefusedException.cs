namespace FlashFunctions.Core.Callbacks;

/// <summary>
/// A callback's host has an address that is not public. The HTTP handler has no other way to be told; whoever sends the callback makes
/// an outcome of it: the try has failed, and as names may come to point elsewhere, the schedule goes on.
/// </summary>
public sealed class AddressRefusedException : Exception
{
    public AddressRefusedException()
        : base("The host has an address that is not public.")
    {
    }

    public AddressRefusedException(string message)
        : base(message)
    {
    }

    public AddressRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
