using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Guard;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Verifications;
using FlashFunctions.Core.Workflows;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Messages;

/// <summary>Takes what is to be sent: limits first, then the request is stored and its job queued, and only then is it accepted (rule 6).</summary>
public sealed class Outbox(
    NumberGuard guard,
    Acceptance acceptance,
    Codes codes,
    TestNumbers testNumbers,
    IOptions<VerificationOptions> options,
    TimeProvider time)
{
    /// <summary>Accepts a command, or says why not.</summary>
    public async Task<SendOutcome> SendAsync(Account account, SendCommand command, CancellationToken cancellationToken)
    {
        var request = NewRequest(account, command);
        Func<Task<Admission>>? limits = request.CountsSends ? () => guard.AdmitSendAsync(request, coolDown: false, cancellationToken) : null;
        return await acceptance.AcceptAsync(request, limits, TimeSpan.Zero, cancellationToken) switch
        {
            AcceptanceOutcome.Accepted accepted => new SendOutcome.Accepted(accepted.Stored.Value),
            AcceptanceOutcome.Refused refused => new SendOutcome.Refused(refused.Problem),
            _ => throw new InvalidOperationException("An acceptance that nobody has described."),
        };
    }

    private RequestRecord NewRequest(Account account, SendCommand command)
    {
        var now = time.GetUtcNow();
        var id = RequestId.New(now + command.TotalWait + TimeSpan.FromSeconds(options.Value.ReportTimeoutSeconds));
        return new RequestRecord
        {
            Id = id,
            Account = account.Id,
            Cap = account.DailyCap,
            Product = command.Product,
            Number = command.Number.Number,
            Country = command.Number.Country,
            CreatedAt = now,
            Payload = command.Payload,
            CallbackUrl = command.CallbackUrl,
            IsTest = testNumbers.Contains(command.Number.Number),
            Steps = command.Steps,
            Content = new MessageContent
            {
                Code = command.Code is { } code ? codes.GivenRecipe(id, code) : null,
                Language = command.Language,
            },
        };
    }
}
