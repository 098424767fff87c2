using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Workflows;

namespace FlashFunctions.Core.Messages;

/// <summary>Reads the parameters of one SMS, push notification, Viber or RCS message.</summary>
public sealed class MessageInput(NumberInput numbers, CommonInput common, Routing routing, TestNumbers testNumbers)
{
    /// <summary>The command, or the refusal that names every field that is wrong.</summary>
    public async Task<(SendCommand? Command, Problem? Problem)> ReadAsync(
        Account account, Channel channel, Fields fields, CancellationToken cancellationToken)
    {
        var (number, badNumber) = numbers.Read(fields, "number");
        var test = number is null ? null : await testNumbers.FindAsync(number.Number, cancellationToken);
        var message = MessageFields.Read(fields, channel);
        var reference = CommonInput.Reference(fields);
        var callbackUrl = common.CallbackUrl(fields);
        if (test is null && !routing.CanCarry(channel, codeLength: 0, country: ""))
        {
            fields.Wrong("number", $"cannot be sent a message by {ApiNames.Of(channel)}: no configured provider does that");
        }

        return (fields.Problem ?? badNumber ?? SenderPolicy.Refusal(account, message.From)) is { } problem
            ? (null, problem)
            : (new SendCommand(Product(channel), number!, [message], callbackUrl, fields.Echo) { Reference = reference, Test = test }, null);
    }

    private static string Product(Channel channel) => channel switch
    {
        Channel.Sms => Products.Sms,
        Channel.Push => Products.Push,
        Channel.Viber => Products.Viber,
        _ => Products.Rcs,
    };
}
