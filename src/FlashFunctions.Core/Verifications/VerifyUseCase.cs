using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Accounts.Spend;
using FlashFunctions.Core.Guard;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Workflows;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Verifications;

/// <summary>How a verification was taken: accepted, or refused.</summary>
public abstract record VerifyOutcome
{
    private VerifyOutcome()
    {
    }

    public sealed record Accepted(RequestRecord Request, NextStep? Next) : VerifyOutcome;

    public sealed record Refused(Problem Problem) : VerifyOutcome;
}

/// <summary>
/// POST /v1/verify: limits first, then the request is stored, then its job is queued, and only then is it accepted (rule 6).
/// </summary>
public sealed partial class VerifyUseCase(
    VerifyInput input,
    NumberGuard guard,
    SpendGate spend,
    RequestStore store,
    RequestChanges changes,
    StepQueue queue,
    Codes codes,
    TestNumbers testNumbers,
    NextSteps nextSteps,
    Routing routing,
    TimeProvider time,
    ILogger<VerifyUseCase> logger)
{
    /// <summary>Starts a verification.</summary>
    public async Task<VerifyOutcome> RunAsync(Account account, Fields fields, CancellationToken cancellationToken)
    {
        var (command, problem) = input.Read(account, fields);
        if (problem is not null)
        {
            return new VerifyOutcome.Refused(problem);
        }

        var request = NewRequest(account, command!);
        var quote = await spend.QuoteAsync(request, cancellationToken);
        if (quote is SpendQuote.Refused { Why: var why })
        {
            return new VerifyOutcome.Refused(Problem.InsufficientFunds(why));
        }

        var admission = await guard.AdmitVerifyAsync(request, id => SupersedeAsync(id, cancellationToken), cancellationToken);
        if (admission is not Admission.Granted granted)
        {
            return new VerifyOutcome.Refused(((Admission.Refused)admission).Problem);
        }

        var funds = await TakeAsync(quote, request, granted, cancellationToken);
        if (funds.Refusal is { } refusal)
        {
            return new VerifyOutcome.Refused(Problem.InsufficientFunds(refusal));
        }

        request = request with
        {
            Hold = funds.Hold,
            Prepaid = request.IsTest ? null : new PrepaidSend(0, granted.At),
            Verification = request.Verification! with { WrongLimit = granted.WrongLimit },
        };
        await StoreAndQueueAsync(request, granted, cancellationToken);
        return new VerifyOutcome.Accepted(request, nextSteps.After(request, 0));
    }

    /// <summary>Counts the price; where others have spent the rest of the cap since the quote, the number's send goes back.</summary>
    private async Task<SpendAdmission> TakeAsync(
        SpendQuote quote, RequestRecord request, Admission.Granted granted, CancellationToken cancellationToken)
    {
        var funds = await spend.TakeAsync(quote, cancellationToken);
        if (funds.Refusal is not null)
        {
            await guard.ReleaseAsync(request, granted.At, call: true, cancellationToken);
        }

        return funds;
    }

    private RequestRecord NewRequest(Account account, VerifyCommand command)
    {
        var now = time.GetUtcNow();
        return new RequestRecord
        {
            Id = RequestId.New(now + command.Life),
            Account = account.Id,
            Cap = account.DailyCap,
            Product = $"verify.{Words.Of(command.Steps[0].Channel)}",
            Number = command.Number.Number,
            Country = command.Number.Country,
            CreatedAt = now,
            Payload = command.Payload,
            CallbackUrl = command.CallbackUrl,
            IsTest = testNumbers.Contains(command.Number.Number),
            Steps = command.Steps,
            Verification = new VerificationState { CodeLength = command.CodeLength, WrongLimit = 0 },
            Content = new MessageContent
            {
                Code = codes.NewRecipe(command.CodeLength, MayNotBeginWithZero(command)),
                From = command.From,
                Language = command.Language,
                Options = command.Ip is { } ip ? new Dictionary<string, string>(StringComparer.Ordinal) { ["ip"] = ip } : null,
            },
        };
    }

    /// <summary>Whether a provider that the workflow may come to cannot carry a leading zero.</summary>
    private bool MayNotBeginWithZero(VerifyCommand command) => command.Steps.Any(step =>
        (step.Provider is { } name && routing.Find(name) is { } named ? [named] : routing.Able(step.Channel, command.CodeLength, command.Number.Country))
        .Any(provider => provider.CarriageOf(step.Channel, command.CodeLength)?.NoLeadingZero == true));

    /// <summary>Rule 3: the newer verification ends the older one. Gives its wrong codes, which are final from here on.</summary>
    private async Task<int> SupersedeAsync(RequestId id, CancellationToken cancellationToken)
    {
        var change = await changes.ApplyAsync(
            id, request => AttemptTransitions.End(request, EndEvent.NewerVerification, time.GetUtcNow()), cancellationToken);
        return change?.After.Value.Verification?.WrongCodes ?? 0;
    }

    /// <summary>Rule 6: what cannot be queued is ended, and gives its send and its place in the cool-down back.</summary>
    private async Task StoreAndQueueAsync(RequestRecord request, Admission.Granted granted, CancellationToken cancellationToken)
    {
        var stored = false;
        try
        {
            _ = await store.InsertAsync(request, cancellationToken) ?? throw new StorageUnavailableException("The request id was taken.");
            stored = true;
            await queue.SendAsync(request.Id, 0, StepCause.Accepted, TimeSpan.Zero, cancellationToken);
        }
        catch (StorageUnavailableException)
        {
            await TakeBackAsync(request, granted, stored);
            throw;
        }
    }

    private async Task TakeBackAsync(RequestRecord request, Admission.Granted granted, bool stored)
    {
        try
        {
            if (stored)
            {
                await changes.ApplyAsync(
                    request.Id,
                    current => AttemptTransitions.End(current, EndEvent.NothingCouldBePlaced, time.GetUtcNow(), "The job could not be queued."),
                    CancellationToken.None);
            }
            else
            {
                await spend.GiveBackAsync(request, request.Hold, CancellationToken.None);
            }

            await guard.ReleaseAsync(request, granted.At, call: true, CancellationToken.None);
        }
        catch (StorageUnavailableException)
        {
            Log.NotTakenBack(logger, request.Id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{RequestId} was not accepted, and the store did not take that back; the timer will end it")]
        public static partial void NotTakenBack(ILogger logger, RequestId requestId);
    }
}
