using FlashFunctions.Core.Security;

namespace FlashFunctions.Core.Callbacks;

/// <summary>How a try ended.</summary>
public abstract record DeliveryOutcome
{
    private DeliveryOutcome()
    {
    }

    /// <summary>2xx.</summary>
    public sealed record Taken : DeliveryOutcome;

    /// <summary>410: the receiver wants no more of it.</summary>
    public sealed record Gone : DeliveryOutcome;

    /// <summary>Anything else, a redirect and a refused address included.</summary>
    /// <param name="Reason">Nothing that the receiver said but its status code.</param>
    /// <param name="RetryAfter">How long the receiver asked to be left alone.</param>
    public sealed record Failed(string Reason, TimeSpan? RetryAfter = null) : DeliveryOutcome;
}

/// <summary>What is sent.</summary>
/// <param name="Address">Where to.</param>
/// <param name="Id">The same for every try.</param>
/// <param name="Body">JSON.</param>
/// <param name="Secrets">What it is signed with.</param>
public sealed record Parcel(string Address, string Id, ReadOnlyMemory<byte> Body, IReadOnlyList<WebhookSecret> Secrets)
{
    /// <summary>Without the body.</summary>
    public override string ToString() => $"Parcel({Id})";
}
