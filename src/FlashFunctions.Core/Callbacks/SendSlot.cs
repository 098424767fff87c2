using FlashFunctions.Core.Accounts;

namespace FlashFunctions.Core.Callbacks;

/// <summary>A place out of <see cref="SendSlots"/>; disposing gives it back.</summary>
public sealed class SendSlot : IDisposable
{
    private readonly SendSlots _slots;
    private readonly TimeProvider _time;
    private bool _left;

    internal SendSlot(SendSlots slots, (string Account, string Host) pair, bool isDoubtful, TimeProvider time) =>
        (_slots, Pair, IsDoubtful, _time) = (slots, pair, isDoubtful, time);

    internal (string Account, string Host) Pair { get; }

    /// <summary>Whether it was taken for a host that had failed or not been tried.</summary>
    internal bool IsDoubtful { get; }

    /// <summary>Sends, and remembers how the host took it.</summary>
    public async Task<DeliveryOutcome> RunAsync(Func<Task<DeliveryOutcome>> send)
    {
        ArgumentNullException.ThrowIfNull(send);
        var began = _time.GetTimestamp();
        var outcome = await send();
        _slots.Tried(this, outcome is not DeliveryOutcome.Failed, _time.GetElapsedTime(began));
        return outcome;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_left)
        {
            _left = true;
            _slots.Leave(this);
        }
    }
}
