namespace FlashFunctions.Core.Primitives;

/// <summary>The transport status of the source document, in the order in which things happen.</summary>
public enum TransportStatus
{
    Accepted,
    Sent,
    Ringing,
    Delivered,
    Read,
    Undelivered,
    Rejected,
}
