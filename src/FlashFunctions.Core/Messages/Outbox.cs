using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Workflows;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Messages;

/// <summary>Takes what is to be sent: limits first, then the request is stored and its job queued, and only then is it accepted (rule 6).</summary>
public sealed class Outbox(
    Acceptance acceptance,
    Codes codes,
    IOptions<VerificationOptions> options,
    TimeProvider time)
{
    /// <summary>Accepts a command, or says why not.</summary>
    public async Task<SendOutcome> SendAsync(Account account, SendCommand command, IdempotencyKey? key, CancellationToken cancellationToken)
    {
        var asked = new NewRequest(
            key,
            command.TotalWait + TimeSpan.FromSeconds(options.Value.ReportTimeoutSeconds),
            id => NewRequest(id, account, command),
            TimeSpan.Zero);
        return await acceptance.AcceptAsync(asked, cancellationToken) switch
        {
            AcceptanceOutcome.Accepted accepted => new SendOutcome.Accepted(accepted.Stored.Value),
            AcceptanceOutcome.Repeated repeated => new SendOutcome.Accepted(repeated.Stored.Value.AsAccepted()),
            AcceptanceOutcome.Refused refused => new SendOutcome.Refused(refused.Problem),
            _ => throw new InvalidOperationException("An acceptance that nobody has described."),
        };
    }

    private RequestRecord NewRequest(RequestId id, Account account, SendCommand command)
    {
        return new RequestRecord
        {
            Id = id,
            Account = account.Id,
            KeyId = account.CallKeyId,
            Cap = account.DailyCap,
            Product = command.Product,
            Number = command.Number.Number,
            Country = command.Number.Country,
            CreatedAt = time.GetUtcNow(),
            Payload = command.Payload,
            Reference = command.Reference,
            CallbackUrl = command.CallbackUrl,
            Test = codes.RunOf(id, command.Test),
            Steps = command.Steps,
            Content = new MessageContent
            {
                Code = command.Code is { } code ? codes.GivenRecipe(id, code) : null,
                Language = command.Language,
            },
        };
    }
}
