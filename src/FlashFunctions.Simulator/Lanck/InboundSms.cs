using System.Text;
using System.Text.Json;

namespace FlashFunctions.Simulator;

/// <summary>A message that somebody sends to one of the account's own numbers.</summary>
/// <param name="From">The sender, E.164 digits.</param>
/// <param name="To">The account's number, E.164 digits.</param>
/// <param name="Text">The message.</param>
public sealed record SimulatedInboundSms(string From, string To, string Text)
{
    /// <summary>Identifies the message over its repetitions; null makes one.</summary>
    public string? MessageId { get; init; }

    /// <summary>Parts of a long message. Default 1.</summary>
    public int Parts { get; init; } = 1;

    /// <summary>True: with the comma before the closing brace that the source document's example has.</summary>
    public bool TrailingComma { get; init; }
}

/// <summary>Delivers inbound messages.</summary>
internal sealed class LanckInbound(TimeProvider time)
{
    public Work Deliver(SimulatedInboundSms message, Uri address)
    {
        var now = time.GetUtcNow();
        var id = message.MessageId ?? Guid.CreateVersion7(now).ToString();
        var wire = new LanckInboundSms(message.From, message.To, id, message.Text, now.ToUnixTimeSeconds(), message.Parts);
        var json = JsonSerializer.Serialize(wire, LanckJson.Default.LanckInboundSms);
        var body = message.TrailingComma ? json[..^1] + ",}" : json;
        return new Delivery(new CallbackMessage(SimulatedProviders.Lanck, address, Encoding.UTF8.GetBytes(body)));
    }

    private sealed class Delivery(CallbackMessage message) : Work
    {
        public override Task RunAsync(CallbackEngine engine, CancellationToken cancellationToken) =>
            engine.SendAsync(message, RetryPlan.InboundSms, cancellationToken);
    }
}
