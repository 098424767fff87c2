using FlashFunctions.Core.Input;
using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Core.Messages;

/// <summary>Reads the parameters of one message, which a single message and a flow's step share.</summary>
internal static class MessageFields
{
    /// <summary>The message as a step; what is wrong is said of the fields.</summary>
    public static WorkflowStep Read(Fields fields, Channel channel) => channel switch
    {
        Channel.Sms => new WorkflowStep(channel, Text: Text(fields, MessageLimits.Sms), From: Sender(fields)),
        Channel.Push => new WorkflowStep(channel, Text: Text(fields, MessageLimits.Push), Options: Title(fields)),
        Channel.Viber => new WorkflowStep(channel, Text: Text(fields, MessageLimits.Viber), From: Sender(fields), Options: Button(fields)),
        _ => new WorkflowStep(channel, Text: Text(fields, MessageLimits.Rcs)),
    };

    private static string? Text(Fields fields, int longest) => fields.Text("text", longest, required: true);

    private static string? Sender(Fields fields) => fields.Text("from", MessageLimits.Sender);

    private static Dictionary<string, string>? Title(Fields fields) => Given(("title", fields.Text("title", MessageLimits.Title)));

    private static Dictionary<string, string>? Button(Fields fields) => Given(
        ("buttonCaption", fields.Text("buttonCaption", MessageLimits.ButtonCaption)),
        ("buttonActionUrl", Address(fields, "buttonActionUrl")),
        ("imageUrl", Address(fields, "imageUrl")));

    private static string? Address(Fields fields, string name)
    {
        var text = fields.Text(name, MessageLimits.Address);
        if (text is not null && !(Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "https" or "http"))
        {
            fields.Wrong(name, "must be an https or http address");
        }

        return text;
    }

    private static Dictionary<string, string>? Given(params ReadOnlySpan<(string Name, string? Value)> options)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in options)
        {
            if (value is not null)
            {
                given[name] = value;
            }
        }

        return given.Count == 0 ? null : given;
    }
}
