using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace FlashFunctions.Simulator;

/// <summary>Bird reports every status to the one subscribed address, signed.</summary>
internal sealed class BirdScript : CallbackScript
{
    private readonly BirdCall _call;
    private readonly BirdWebhook _webhook;
    private readonly bool _isHangup;

    /// <summary>The life of a call.</summary>
    public BirdScript(BirdCall call, SimulatedBehaviour behaviour, BirdWebhook webhook)
        : this(call, behaviour, webhook, StatusesOf(behaviour.Fate.For(SimulatedCallKind.FlashCall)), isHangup: false)
    {
    }

    private BirdScript(BirdCall call, SimulatedBehaviour behaviour, BirdWebhook webhook, IReadOnlyList<string> statuses, bool isHangup)
        : base(call.Placed, behaviour, statuses)
    {
        _call = call;
        _webhook = webhook;
        _isHangup = isHangup;
    }

    public override bool HasAddress => _webhook.Address is not null;

    public override string UnknownStatus => "quarantined";

    /// <summary>The end that the call's owner gave it.</summary>
    public static BirdScript OfHangup(BirdCall call, SimulatedBehaviour behaviour, BirdWebhook webhook, string status) =>
        new(call, behaviour, webhook, [status], isHangup: true);

    public override bool Happens(string status, DateTimeOffset at) =>
        _isHangup || (_call.TryApply(status, at) && base.Happens(status, at));

    public override CallbackMessage Write(string status, DateTimeOffset at, bool forged)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new BirdEvent("voice", "voice.outbound", _call.Show(status)), BirdJson.Default.BirdEvent);
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = _webhook.Sign(timestamp, body, forged);
        return new CallbackMessage(
            SimulatedProviders.Bird, _webhook.Address!, body, [new("messagebird-signature", signature), new("messagebird-request-timestamp", timestamp)]);
    }

    private static string[] StatusesOf(SimulatedOutcome fate) => fate switch
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

/// <summary>A webhook subscription.</summary>
/// <param name="Address">The address that is called and signed, or null.</param>
/// <param name="SigningKey">Shared with the receiver.</param>
internal sealed record BirdWebhook(Uri? Address, string SigningKey)
{
    /// <summary>Base64 of HMAC-SHA256 over the timestamp, the address and the hash of the body.</summary>
    public string Sign(string timestamp, byte[] body, bool forged)
    {
        var head = Encoding.UTF8.GetBytes($"{timestamp}\n{Address!.OriginalString}\n");
        byte[] signed = [.. head, .. SHA256.HashData(body)];
        return Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(forged ? "forged-" + SigningKey : SigningKey), signed));
    }
}
