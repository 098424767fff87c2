using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Core.Messages;

/// <summary>POST /v1/sms, /v1/messaging/push, /viber and /rcs: one message.</summary>
public sealed class MessageUseCase(MessageInput input, Outbox outbox)
{
    /// <summary>Sends a message by a channel.</summary>
    public async Task<SendOutcome> RunAsync(Account account, Channel channel, Fields fields, CancellationToken cancellationToken)
    {
        var (command, problem) = await input.ReadAsync(account, channel, fields, cancellationToken);
        return problem is null ? await outbox.SendAsync(account, command!, fields.Key, cancellationToken) : new SendOutcome.Refused(problem);
    }
}

/// <summary>POST /v1/messaging/failover: messages one after the other, until one meets its condition.</summary>
public sealed class FlowUseCase(FlowInput input, Outbox outbox)
{
    /// <summary>Starts a flow.</summary>
    public async Task<SendOutcome> RunAsync(Account account, Fields fields, CancellationToken cancellationToken)
    {
        var (command, problem) = await input.ReadAsync(account, fields, cancellationToken);
        return problem is null ? await outbox.SendAsync(account, command!, fields.Key, cancellationToken) : new SendOutcome.Refused(problem);
    }
}
