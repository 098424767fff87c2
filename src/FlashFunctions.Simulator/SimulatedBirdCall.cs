using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FlashFunctions.Simulator;

/// <summary>A flash call as Bird sees it.</summary>
internal sealed class SimulatedBirdCall(SimulatedCall placed, string channelId, int ringTimeout)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _updatedAt = placed.At;
    private DateTimeOffset? _ringingAt;
    private DateTimeOffset? _answeredAt;
    private DateTimeOffset? _endedAt;
    private bool _isHungUp;

    public SimulatedCall Placed => placed;

    /// <summary>Records when a status happened; false once the client has hung up.</summary>
    public bool TryApply(string status, DateTimeOffset at)
    {
        lock (_lock)
        {
            if (!_isHungUp)
            {
                Apply(status, at);
            }

            return !_isHungUp;
        }
    }

    /// <summary>Ends the call; false when it had ended before.</summary>
    public bool TryHangUp(string status, DateTimeOffset at)
    {
        lock (_lock)
        {
            if (_isHungUp || _endedAt is not null)
            {
                return false;
            }

            _isHungUp = true;
            Apply(status, at);
            placed.Status = status;
            placed.RingsUntil = placed.RingsUntil is null ? null : at;
            return true;
        }
    }

    /// <summary>The FlashCall resource as it is, with the given status.</summary>
    public object Show(string status)
    {
        lock (_lock)
        {
            return new
            {
                Id = placed.Reference,
                ChannelId = channelId,
                placed.From,
                To = "+" + placed.Number,
                Status = status,
                CreatedAt = placed.At,
                UpdatedAt = _updatedAt,
                RingTimeout = ringTimeout,
                AttemptPrice = new { Amount = 12, Exponent = -4, Currency = "EUR" },
                ConnectionPrice = _answeredAt is null ? null : new { Amount = 50, Exponent = -4, Currency = "EUR" },
                Reason = status is "failed" ? "unallocated or unreachable" : null,
                Duration = _endedAt is null ? null : (int?)0,
                RingingAt = _ringingAt,
                AnsweredAt = _answeredAt,
                EndedAt = _endedAt,
            };
        }
    }

    private void Apply(string status, DateTimeOffset at)
    {
        _updatedAt = at;
        _ringingAt ??= status is "ringing" or "ongoing" or "no-answer" or "busy" ? at : null;
        _answeredAt ??= status is "ongoing" ? at : null;
        _endedAt ??= status is "completed" or "no-answer" or "busy" or "failed" or "cancelled" ? at : null;
    }
}

/// <summary>Reports every status to the one subscribed address, signed.</summary>
/// <param name="call">The call.</param>
/// <param name="address">The address that is called and signed, or null.</param>
/// <param name="signingKey">Shared with the receiver.</param>
/// <param name="hangupStatus">Only this is reported: the status with which the client ended the call. Null: the life of the call.</param>
internal sealed class SimulatedBirdScript(SimulatedBirdCall call, Uri? address, string signingKey, string? hangupStatus = null)
    : SimulatedScript(call.Placed, address, hangupStatus is null ? StatusesFor(call.Placed.Outcome) : [hangupStatus])
{
    protected override string UnknownStatus => "quarantined";

    public override bool TryApply(string status, DateTimeOffset at) =>
        hangupStatus is not null || (call.TryApply(status, at) && base.TryApply(status, at));

    public override SimulatedMessage Write(string status, DateTimeOffset at)
    {
        var body = SimulatedJson.Write(new { Service = "voice", Event = "voice.outbound", Payload = call.Show(status) });
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return new SimulatedMessage(SimulatedProviders.Bird, Address, body)
        {
            Headers = [new("messagebird-signature", Sign(timestamp, body)), new("messagebird-request-timestamp", timestamp)],
        };
    }

    /// <summary>Base64 of HMAC-SHA256 over the timestamp, the address and the hash of the body.</summary>
    private string Sign(string timestamp, byte[] body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{timestamp}\n{Address.OriginalString}\n"), .. SHA256.HashData(body)];
        return Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(SecretOrForged(signingKey)), signed));
    }

    private static string[] StatusesFor(SimulatedOutcome outcome) => outcome switch
    {
        SimulatedOutcome.Answered => ["starting", "ringing", "ongoing", "completed"],
        SimulatedOutcome.Declined => ["starting", "ringing", "busy"],
        SimulatedOutcome.Rejected or SimulatedOutcome.Unreachable or SimulatedOutcome.Forbidden => ["starting", "failed"],
        SimulatedOutcome.Unfinished => ["starting", "ringing"],
        SimulatedOutcome.Swallowed => [],
        SimulatedOutcome.Contradicted => ["starting", "ringing", "no-answer", "failed"],
        _ => ["starting", "ringing", "no-answer"],
    };
}
