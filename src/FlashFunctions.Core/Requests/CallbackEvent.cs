using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;

namespace FlashFunctions.Core.Requests;

/// <summary>
/// Something that the account is told of a request: written with the change that it tells of, so that neither can be without the other.
/// It holds whatever might change later, so that every try says the same. Its place in the request's list is its number.
/// </summary>
public sealed record CallbackEvent
{
    public required DateTimeOffset At { get; init; }

    public required TransportStatus Status { get; init; }

    /// <summary>Null for what is not a verification.</summary>
    public VerificationResult? Result { get; init; }

    /// <summary>The attempt whose status it is; null where nothing was placed.</summary>
    public int? Attempt { get; init; }

    public string? MccMnc { get; init; }

    /// <summary>The number that rings, for product calls.flash alone.</summary>
    public string? From { get; init; }

    public CallDetails? Call { get; init; }

    public Delivery Delivery { get; init; } = new();

    /// <summary>The id that the receiver knows it by, the same for every try: <c>{requestId}-{number}</c>.</summary>
    public static string IdOf(RequestId request, int number) => $"{request.Text}-{number}";
}
