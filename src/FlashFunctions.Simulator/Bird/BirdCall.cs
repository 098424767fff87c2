namespace FlashFunctions.Simulator;

/// <summary>A flash call on Bird's side.</summary>
internal sealed class BirdCall(SimulatedCall placed, string channelId, int ringTimeout)
{
    private static readonly BirdPrice Attempt = new(12, -4, "EUR");
    private static readonly BirdPrice Connection = new(50, -4, "EUR");
    private readonly Lock _lock = new();
    private DateTimeOffset _updatedAt = placed.At;
    private DateTimeOffset? _ringingAt;
    private DateTimeOffset? _answeredAt;
    private DateTimeOffset? _endedAt;
    private bool _isHungUp;

    public SimulatedCall Placed => placed;

    /// <summary>Notes when a status happened; false once the call was hung up by its owner.</summary>
    public bool TryApply(string status, DateTimeOffset at)
    {
        lock (_lock)
        {
            if (_isHungUp)
                return false;
            Apply(status, at);
            return true;
        }
    }

    /// <summary>Ends the call; false when it had ended before.</summary>
    public bool TryHangUp(string status, DateTimeOffset at)
    {
        lock (_lock)
        {
            if (_isHungUp || _endedAt is not null)
                return false;
            _isHungUp = true;
            Apply(status, at);
            placed.Status = status;
            placed.RingsUntil = placed.RingsUntil is null ? null : at;
            return true;
        }
    }

    /// <summary>The resource as it is, under the given status.</summary>
    public BirdResource Show(string status)
    {
        lock (_lock)
        {
            return new BirdResource(placed.Reference, channelId, placed.From!, "+" + placed.Number, status, placed.At, _updatedAt)
            {
                RingTimeout = ringTimeout,
                AttemptPrice = Attempt,
                ConnectionPrice = _answeredAt is null ? null : Connection,
                Reason = status is "failed" ? "unallocated or unreachable" : null,
                Duration = _endedAt is null ? null : 0,
                RingingAt = _ringingAt,
                AnsweredAt = _answeredAt,
                EndedAt = _endedAt,
            };
        }
    }

    private void Apply(string status, DateTimeOffset at)
    {
        _updatedAt = at;
        if (status is "ringing" or "ongoing" or "no-answer" or "busy")
            _ringingAt ??= at;
        if (status is "ongoing")
            _answeredAt ??= at;
        if (status is "completed" or "no-answer" or "busy" or "failed" or "cancelled")
            _endedAt ??= at;
    }
}
