using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Accounts.Spend;
using FlashFunctions.Core.Guard;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Verifications;
using FlashFunctions.Core.Workflows;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Calls;

/// <summary>How a flash call was taken.</summary>
public abstract record FlashCallOutcome
{
    private FlashCallOutcome()
    {
    }

    /// <summary>Placed, and the provider told the number that rings.</summary>
    public sealed record Placed(RequestRecord Request, string From) : FlashCallOutcome;

    /// <summary>Accepted; the caller number, if any, comes later.</summary>
    public sealed record Accepted(RequestRecord Request) : FlashCallOutcome;

    public sealed record Refused(Problem Problem) : FlashCallOutcome;
}

/// <summary>
/// POST /v1/calls/flash: one call whose code the backend checks itself. It is placed before it is answered, because the
/// answer names the number that rings: claimed and placed by the same code as any step, with the queued job behind it as a safety net.
/// </summary>
public sealed partial class FlashCallUseCase(
    FlashCallInput input,
    NumberGuard guard,
    SpendGate spend,
    RequestStore store,
    RequestChanges changes,
    StepQueue queue,
    StepDispatcher dispatcher,
    Codes codes,
    TestNumbers testNumbers,
    IOptions<VerificationOptions> options,
    TimeProvider time,
    ILogger<FlashCallUseCase> logger)
{
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(30);
    private static readonly WorkflowStep OneCall = new(Channel.Call);

    /// <summary>Places a flash call.</summary>
    public async Task<FlashCallOutcome> RunAsync(Account account, Fields fields, CancellationToken cancellationToken)
    {
        var (command, problem) = input.Read(account, fields);
        if (problem is not null)
        {
            return new FlashCallOutcome.Refused(problem);
        }

        var request = NewRequest(account, command!);
        var quote = await spend.QuoteAsync(request, cancellationToken);
        if (quote is SpendQuote.Refused { Why: var why })
        {
            return new FlashCallOutcome.Refused(Problem.InsufficientFunds(why));
        }

        var admission = await guard.AdmitSendAsync(request, coolDown: false, cancellationToken);
        if (admission is not Admission.Granted granted)
        {
            return new FlashCallOutcome.Refused(((Admission.Refused)admission).Problem);
        }

        var funds = await spend.TakeAsync(quote, cancellationToken);
        if (funds.Refusal is { } refusal)
        {
            await guard.ReleaseAsync(request, granted.At, call: false, cancellationToken);
            return new FlashCallOutcome.Refused(Problem.InsufficientFunds(refusal));
        }

        request = request with { Hold = funds.Hold, Prepaid = request.IsTest ? null : new PrepaidSend(0, granted.At) };
        var stored = await StoreAndQueueAsync(request, granted.At, cancellationToken);
        return await StartAsync(stored, cancellationToken);
    }

    /// <summary>It is stored and queued, so that a store that fails from here on leaves it to the job.</summary>
    private async Task<FlashCallOutcome> StartAsync(Stored<RequestRecord> stored, CancellationToken cancellationToken)
    {
        try
        {
            return Answer((await dispatcher.StartAsync(stored, 0, cancellationToken)).Value);
        }
        catch (StorageUnavailableException)
        {
            Log.LeftToItsJob(logger, stored.Value.Id);
            return new FlashCallOutcome.Accepted(stored.Value);
        }
    }

    private static FlashCallOutcome Answer(RequestRecord request)
    {
        if (!request.AnythingPlaced)
        {
            return new FlashCallOutcome.Refused(request.Status == TransportStatus.Rejected
                ? Problem.InvalidNumber("number", "was refused by the provider")
                : Problem.Unavailable(TimeSpan.FromSeconds(10)));
        }

        return request.Attempts[^1].Caller is { } from ? new FlashCallOutcome.Placed(request, from) : new FlashCallOutcome.Accepted(request);
    }

    private async Task<Stored<RequestRecord>> StoreAndQueueAsync(RequestRecord request, long admittedAt, CancellationToken cancellationToken)
    {
        Stored<RequestRecord>? stored = null;
        try
        {
            var etag = await store.InsertAsync(request, cancellationToken) ?? throw new StorageUnavailableException("The request id was taken.");
            stored = new Stored<RequestRecord>(request, etag);
            await queue.SendAsync(request.Id, 0, StepCause.Accepted, SafetyNet, cancellationToken);
            return stored;
        }
        catch (StorageUnavailableException)
        {
            await TakeBackAsync(request, stored, admittedAt);
            throw;
        }
    }

    /// <summary>Rule 6: what cannot be queued is ended, and gives its send back.</summary>
    private async Task TakeBackAsync(RequestRecord request, Stored<RequestRecord>? stored, long admittedAt)
    {
        try
        {
            if (stored is not null)
            {
                await changes.ApplyAsync(
                    stored,
                    current => AttemptTransitions.End(current, EndEvent.NothingCouldBePlaced, time.GetUtcNow(), "The job could not be queued."),
                    CancellationToken.None);
            }

            await guard.ReleaseAsync(request, admittedAt, call: false, CancellationToken.None);
            await spend.GiveBackAsync(request, stored is null ? request.Hold : null, CancellationToken.None); // Once stored, it goes back when it ends.
        }
        catch (StorageUnavailableException)
        {
            Log.NotTakenBack(logger, request.Id);
        }
    }

    private RequestRecord NewRequest(Account account, FlashCallCommand command)
    {
        var now = time.GetUtcNow();
        var id = RequestId.New(now + TimeSpan.FromSeconds(options.Value.ReportTimeoutSeconds));
        return new RequestRecord
        {
            Id = id,
            Account = account.Id,
            Cap = account.DailyCap,
            Product = Products.FlashCall,
            Number = command.Number.Number,
            Country = command.Number.Country,
            CreatedAt = now,
            Payload = command.Payload,
            CallbackUrl = command.CallbackUrl,
            IsTest = testNumbers.Contains(command.Number.Number),
            Steps = [OneCall],
            Content = new MessageContent
            {
                Code = command.Code is { } code ? codes.GivenRecipe(id, code) : codes.NewRecipe(4, noLeadingZero: true),
                From = command.From,
            },
        };
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The store failed while {RequestId} was being placed; its job goes on with it")]
        public static partial void LeftToItsJob(ILogger logger, RequestId requestId);

        [LoggerMessage(2, LogLevel.Warning, "{RequestId} was not accepted, and the store did not take that back; the timer will end it")]
        public static partial void NotTakenBack(ILogger logger, RequestId requestId);
    }
}

/// <summary>What POST /v1/calls/flash asks for, once it makes sense.</summary>
public sealed record FlashCallCommand(
    NumberReading.Valid Number, string? From, string? Code, string? CallbackUrl, IReadOnlyDictionary<string, string> Payload);

/// <summary>Reads the parameters of POST /v1/calls/flash.</summary>
public sealed class FlashCallInput(NumberInput numbers, CommonInput common, Routing routing)
{
    /// <summary>The command, or the refusal that names every field that is wrong.</summary>
    public (FlashCallCommand? Command, Problem? Problem) Read(Account account, Fields fields)
    {
        var (number, badNumber) = numbers.Read(fields, "number");
        var from = CallerNumber(fields);
        var code = fields.Code("code");
        var callbackUrl = common.CallbackUrl(fields);
        if (from is not null && code is not null)
        {
            fields.Wrong("from", "excludes code");
        }
        else if (!CanCarry(code, from))
        {
            fields.Wrong(code is not null ? "code" : from is not null ? "from" : "number", "cannot be carried by any configured provider");
        }

        if (fields.Problem is { } problem)
        {
            return (null, problem);
        }

        return (badNumber ?? SenderPolicy.Refusal(account, from)) is { } refusal
            ? (null, refusal)
            : (new FlashCallCommand(number!, from, code, callbackUrl, fields.Echo), null);
    }

    private bool CanCarry(string? code, string? from) => routing.Able(Channel.Call, code?.Length ?? 4, country: "").Any(provider =>
        provider.CarriageOf(Channel.Call, code?.Length ?? 4) is { } carriage
        && FlashCallCarriage.Fits(carriage, code is not null, from is not null)
        && !(carriage.NoLeadingZero && code?[0] == '0'));

    private static string? CallerNumber(Fields fields)
    {
        var digits = fields.Phone("from", required: false)?.TrimStart('+');
        if (digits is null || (digits.Length is >= 6 and <= 15 && digits.All(char.IsAsciiDigit)))
        {
            return digits;
        }

        fields.Wrong("from", "must be a caller number of 6 to 15 digits, with or without a plus");
        return null;
    }
}
