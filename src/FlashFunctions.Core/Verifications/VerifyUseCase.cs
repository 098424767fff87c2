using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Workflows;

namespace FlashFunctions.Core.Verifications;

/// <summary>How a verification was taken: accepted, or refused.</summary>
public abstract record VerifyOutcome
{
    private VerifyOutcome()
    {
    }

    /// <summary>It is stored and its job is queued.</summary>
    /// <param name="Request">The request.</param>
    /// <param name="Next">What comes after the step that starts.</param>
    /// <param name="NextAllowedAt">When verify or next may be called again for the number.</param>
    public sealed record Accepted(RequestRecord Request, NextStep? Next, DateTimeOffset NextAllowedAt) : VerifyOutcome;

    public sealed record Refused(Problem Problem) : VerifyOutcome;
}

/// <summary>
/// POST /v1/verify: limits first, then the request is stored, then its job is queued, and only then is it accepted (rule 6).
/// </summary>
public sealed class VerifyUseCase(
    VerifyInput input,
    Acceptance acceptance,
    Codes codes,
    NextSteps nextSteps,
    Routing routing,
    TimeProvider time)
{
    /// <summary>Starts a verification.</summary>
    public async Task<VerifyOutcome> RunAsync(Account account, Fields fields, CancellationToken cancellationToken)
    {
        var (command, problem) = await input.ReadAsync(account, fields, cancellationToken);
        if (problem is not null)
        {
            return new VerifyOutcome.Refused(problem);
        }

        var asked = new NewRequest(
            fields.Key,
            command!.Life,
            id => WithNextStart(NewRequest(id, account, command)),
            TimeSpan.Zero);
        return await acceptance.AcceptAsync(asked, cancellationToken) switch
        {
            AcceptanceOutcome.Accepted accepted => Accepted(accepted.Stored.Value),
            AcceptanceOutcome.Repeated repeated => Accepted(repeated.Stored.Value.AsAccepted()),
            AcceptanceOutcome.Refused refused => new VerifyOutcome.Refused(refused.Problem),
            _ => throw new InvalidOperationException("An acceptance that nobody has described."),
        };
    }

    private static VerifyOutcome.Accepted Accepted(RequestRecord request) =>
        new(request, request.Steps.Count > 1 ? new NextStep(request.Steps[1].Channel, request.NextStartsAt) : null, request.NextAllowedAt!.Value);

    /// <summary>The answer says when the next step starts, and a repeated one says the same.</summary>
    private RequestRecord WithNextStart(RequestRecord request) => request with { NextStartsAt = nextSteps.After(request, 0)?.StartsAt };

    private RequestRecord NewRequest(RequestId id, Account account, VerifyCommand command)
    {
        return new RequestRecord
        {
            Id = id,
            Account = account.Id,
            KeyId = account.CallKeyId,
            Cap = account.DailyCap,
            Product = $"verify.{ApiNames.Of(command.Steps[0].Channel)}",
            Number = command.Number.Number,
            Country = command.Number.Country,
            CreatedAt = time.GetUtcNow(),
            Payload = command.Payload,
            Reference = command.Reference,
            CallbackUrl = command.CallbackUrl,
            Test = codes.RunOf(id, command.Test, command.CodeLength),
            Steps = command.Steps,
            Verification = new VerificationState { CodeLength = command.CodeLength, WrongLimit = 0 },
            Content = new MessageContent
            {
                Code = codes.NewRecipe(command.CodeLength, MayNotBeginWithZero(command)),
                From = command.From,
                Language = command.Language,
                Options = command.Options.Count > 0 ? command.Options : null,
            },
        };
    }

    /// <summary>Whether a provider that the workflow may come to cannot carry a leading zero.</summary>
    private bool MayNotBeginWithZero(VerifyCommand command) => command.Steps.Any(step =>
        (step.Provider is { } name && routing.Find(name) is { } named ? [named] : routing.Able(step.Channel, command.CodeLength, command.Number.Country))
        .Any(provider => provider.CapabilityFor(step.Channel, command.CodeLength)?.NoLeadingZero == true));
}
