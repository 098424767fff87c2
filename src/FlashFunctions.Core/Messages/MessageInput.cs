using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Messages;

/// <summary>Reads the parameters of one SMS, push notification, Viber or RCS message.</summary>
public sealed class MessageInput(NumberInput numbers, CommonInput common, Routing routing)
{
    /// <summary>The command, or the refusal that names every field that is wrong.</summary>
    public (SendCommand? Command, Problem? Problem) Read(Account account, Channel channel, Fields fields)
    {
        var (number, badNumber) = numbers.Read(fields, "number");
        var message = MessageFields.Read(fields, channel);
        var reference = CommonInput.Reference(fields);
        var callbackUrl = common.CallbackUrl(fields);
        if (!routing.CanCarry(channel, codeLength: 0, country: ""))
        {
            fields.Wrong("number", $"cannot be sent a message by {Words.Of(channel)}: no configured provider does that");
        }

        return (fields.Problem ?? badNumber ?? SenderPolicy.Refusal(account, message.From)) is { } problem
            ? (null, problem)
            : (new SendCommand(Product(channel), number!, [message], callbackUrl, fields.Echo) { Reference = reference }, null);
    }

    private static string Product(Channel channel) => channel switch
    {
        Channel.Sms => Products.Sms,
        Channel.Push => Products.Push,
        Channel.Viber => Products.Viber,
        _ => Products.Rcs,
    };
}
