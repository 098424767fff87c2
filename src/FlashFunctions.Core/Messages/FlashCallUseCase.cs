using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Workflows;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Messages;

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
    Acceptance acceptance,
    RequestStore store,
    PlacingsUnderWay placings,
    Codes codes,
    IOptions<VerificationOptions> options,
    TimeProvider time,
    ILogger<FlashCallUseCase> logger)
{
    /// <summary>Of a code that nobody chose.</summary>
    private const int CodeLength = 4;

    /// <summary>The longest that a caller waits for the number that rings; a provider is waited for longer.</summary>
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly WorkflowStep OneCall = new(Channel.Call);

    /// <summary>Places a flash call.</summary>
    public async Task<FlashCallOutcome> RunAsync(Account account, Fields fields, CancellationToken cancellationToken)
    {
        var (command, problem) = await input.ReadAsync(account, fields, cancellationToken);
        if (problem is not null)
        {
            return new FlashCallOutcome.Refused(problem);
        }

        var asked = new NewRequest(
            fields.Key,
            TimeSpan.FromSeconds(options.Value.ReportTimeoutSeconds),
            id => NewRequest(id, account, command!),
            SafetyNet);
        return await acceptance.AcceptAsync(asked, cancellationToken) switch
        {
            AcceptanceOutcome.Accepted accepted => await StartAsync(accepted.Stored, cancellationToken),
            AcceptanceOutcome.Repeated repeated => await RepeatAsync(repeated.Stored, cancellationToken),
            AcceptanceOutcome.Refused refused => new FlashCallOutcome.Refused(refused.Problem),
            _ => throw new InvalidOperationException("An acceptance that nobody has described."),
        };
    }

    /// <summary>It is stored and queued, so that a store that fails from here on leaves it to the job.</summary>
    private async Task<FlashCallOutcome> StartAsync(Stored<RequestRecord> stored, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(LongestAnswer, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return Answer((await placings.Start(stored).WaitAsync(either.Token)).Value);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Log.AnsweredBefore(logger, stored.Value.Id);
            return new FlashCallOutcome.Accepted(stored.Value);
        }
        catch (StorageUnavailableException)
        {
            Log.LeftToItsJob(logger, stored.Value.Id);
            return new FlashCallOutcome.Accepted(stored.Value);
        }
    }

    private static FlashCallOutcome Answer(RequestRecord request)
    {
        if (!request.AnythingPlaced && request.EndedAt is null)
        {
            // It waits for the provider's rate, and its job comes back.
            return new FlashCallOutcome.Accepted(request);
        }

        if (!request.AnythingPlaced)
        {
            return new FlashCallOutcome.Refused(request.Status == TransportStatus.Rejected
                ? Problem.InvalidNumber("number", "was refused by the provider")
                : Problem.Unavailable(TimeSpan.FromSeconds(10)));
        }

        return request.Attempts[^1].Caller is { } from ? new FlashCallOutcome.Placed(request, from) : new FlashCallOutcome.Accepted(request);
    }

    /// <summary>The first call's answer: waits while that is still at it, and places the call where it died before it did.</summary>
    private async Task<FlashCallOutcome> RepeatAsync(Stored<RequestRecord> stored, CancellationToken cancellationToken)
    {
        while (IsBeingPlaced(stored.Value) && time.GetUtcNow() < stored.Value.CreatedAt + IdempotencyKeys.FirstTry)
        {
            await Task.Delay(Poll, time, cancellationToken);
            stored = await store.ReadAsync(stored.Value.Id, cancellationToken) ?? throw new StorageUnavailableException("A request went away.");
        }

        return stored.Value.Attempts.Count == 0 && stored.Value.IsOpen(time.GetUtcNow())
            ? await StartAsync(stored, cancellationToken)
            : Answer(stored.Value);
    }

    private static bool IsBeingPlaced(RequestRecord request) =>
        request is { EndedAt: null, Waiting: null } && request.Attempts is [] or [.., { State: AttemptState.Starting or AttemptState.NotSent }];

    private RequestRecord NewRequest(RequestId id, Account account, FlashCallCommand command)
    {
        return new RequestRecord
        {
            Id = id,
            Account = account.Id,
            KeyId = account.CallKeyId,
            Cap = account.DailyCap,
            Product = Products.FlashCall,
            Number = command.Number.Number,
            Country = command.Number.Country,
            CreatedAt = time.GetUtcNow(),
            Payload = command.Payload,
            Reference = command.Reference,
            CallbackUrl = command.CallbackUrl,
            Test = codes.RunOf(id, command.Test, CodeLength),
            Steps = [OneCall],
            Content = new MessageContent
            {
                Code = command.Code is { } code ? codes.GivenRecipe(id, code) : codes.NewRecipe(CodeLength, noLeadingZero: true),
                From = command.From,
            },
        };
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Information, "{RequestId} is still being placed; its caller was answered without the number that rings")]
        public static partial void AnsweredBefore(ILogger logger, RequestId requestId);

        [LoggerMessage(1, LogLevel.Warning, "The store failed while {RequestId} was being placed; its job goes on with it")]
        public static partial void LeftToItsJob(ILogger logger, RequestId requestId);
    }
}

/// <summary>What POST /v1/calls/flash asks for, once it makes sense.</summary>
public sealed record FlashCallCommand(
    NumberReading.Valid Number, string? From, string? Code, string? CallbackUrl, IReadOnlyDictionary<string, string> Payload)
{
    /// <summary>The account's own id of it.</summary>
    public string? Reference { get; init; }

    /// <summary>The test number that it is placed to, if it is one.</summary>
    public TestNumber? Test { get; init; }
}

/// <summary>Reads the parameters of POST /v1/calls/flash.</summary>
public sealed class FlashCallInput(NumberInput numbers, CommonInput common, Routing routing, TestNumbers testNumbers)
{
    /// <summary>The command, or the refusal that names every field that is wrong.</summary>
    public async Task<(FlashCallCommand? Command, Problem? Problem)> ReadAsync(
        Account account, Fields fields, CancellationToken cancellationToken)
    {
        var (number, badNumber) = numbers.Read(fields, "number");
        var test = number is null ? null : await testNumbers.FindAsync(number.Number, cancellationToken);
        var from = CommonInput.CallerNumber(fields);
        var code = fields.Code("code");
        var reference = CommonInput.Reference(fields);
        var callbackUrl = common.CallbackUrl(fields);
        if (from is not null && code is not null)
        {
            fields.Wrong("from", "excludes code");
        }
        else if (test is null && !CanCarry(code, from))
        {
            fields.Wrong(code is not null ? "code" : from is not null ? "from" : "number", "cannot be carried by any configured provider");
        }

        if (fields.Problem is { } problem)
        {
            return (null, problem);
        }

        return (badNumber ?? SenderPolicy.Refusal(account, from)) is { } refusal
            ? (null, refusal)
            : (new FlashCallCommand(number!, from, code, callbackUrl, fields.Echo) { Reference = reference, Test = test }, null);
    }

    private bool CanCarry(string? code, string? from) => routing.Able(Channel.Call, code?.Length ?? 4, country: "", anyTail: true).Any(provider =>
        provider.CapabilityFor(Channel.Call, code?.Length ?? 4) is { } capability
        && FlashCallCapability.Fits(capability, code is not null, from is not null)
        && !(capability.NoLeadingZero && code?[0] == '0'));
}
