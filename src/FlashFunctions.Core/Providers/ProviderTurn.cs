using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers;

/// <summary>
/// A turn at a provider: one of the calls that it may have under way at once, and a moment in its rate. It is taken before an attempt is claimed,
/// so that a step which has to wait leaves no attempt behind, and given up by disposing it.
/// </summary>
public sealed class ProviderTurn : IDisposable
{
    private Action? _giveUp;

    private ProviderTurn(TimeSpan? comeBackIn, TimeSpan? at, Action? giveUp) => (ComeBackIn, At, _giveUp) = (comeBackIn, at, giveUp);

    /// <summary>A turn where nothing is limited.</summary>
    public static ProviderTurn Free { get; } = new(null, null, null);

    /// <summary>When to ask again, where the turn was not given; null: it was.</summary>
    public TimeSpan? ComeBackIn { get; }

    /// <summary>The moment in the provider's rate, on the limiter's own clock.</summary>
    internal TimeSpan? At { get; }

    /// <summary>A turn that was given.</summary>
    internal static ProviderTurn Taken(TimeSpan at, Action giveUp) => new(null, at, giveUp);

    /// <summary>No turn now.</summary>
    internal static ProviderTurn Later(TimeSpan comeBackIn) => new(comeBackIn, null, null);

    public void Dispose() => Interlocked.Exchange(ref _giveUp, null)?.Invoke();
}
