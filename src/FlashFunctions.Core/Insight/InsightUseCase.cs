using System.Diagnostics;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;
using FlashFunctions.Core.Workflows;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Insight;

/// <summary>How a question about a number ended.</summary>
public abstract record InsightOutcome
{
    private InsightOutcome()
    {
    }

    /// <summary>Answered; the request holds the answer.</summary>
    public sealed record Answered(RequestRecord Request) : InsightOutcome;

    public sealed record Refused(Problem Problem) : InsightOutcome;
}

/// <summary>
/// GET and POST /v1/insight/hlr, POST /v1/insight/fraudcheck: answered while the caller waits, by the provider, and while that is
/// down by the number plan as far as it knows.
/// </summary>
public sealed partial class InsightUseCase(
    NumberInput numbers,
    CommonInput common,
    Routing routing,
    RequestStore store,
    RequestIndex index,
    IdempotencyKeys keys,
    SpendGate spend,
    TestNumbers testNumbers,
    TimeProvider time,
    ILogger<InsightUseCase> logger)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    /// <summary>Looks a number up in its home location register.</summary>
    public Task<InsightOutcome> LookUpAsync(Account account, Fields fields, CancellationToken cancellationToken) =>
        OnceAsync(account, Products.Hlr, fields, (request, number) => LookUpAsync(request, number, cancellationToken), cancellationToken);

    /// <summary>Asks whether a number was used for fraud.</summary>
    public Task<InsightOutcome> FraudCheckAsync(Account account, Fields fields, CancellationToken cancellationToken) =>
        OnceAsync(account, Products.FraudCheck, fields, (request, number) => FraudCheckAsync(request, number, cancellationToken), cancellationToken);

    private async Task<InsightOutcome> LookUpAsync(RequestRecord request, NumberReading.Valid number, CancellationToken cancellationToken)
    {
        if (request.Test is { } test)
        {
            var planned = test.Outcome == TestOutcome.Down ? InsightAnswers.OfPlan(number) : InsightAnswers.OfTestNumber(number);
            return await SaveAsync(request, planned, cancellationToken);
        }

        var (answer, refusal) = await AskAsync(request, (provider, token) => provider.LookUpAsync(request.Number, token), cancellationToken);
        return answer switch
        {
            Insight<HlrReading>.Known known => await SaveAsync(
                InsightAnswers.WithNetwork(request, known.Reading), InsightAnswers.Of(known.Reading, number), cancellationToken),
            null => new InsightOutcome.Refused(refusal!),
            Insight<HlrReading>.Busy busy => new InsightOutcome.Refused(Problem.Unavailable(busy.RetryAfter)),
            Insight<HlrReading>.InvalidNumber => new InsightOutcome.Refused(BadNumber),
            _ => await SaveAsync(request, InsightAnswers.OfPlan(number), cancellationToken),
        };
    }

    private async Task<InsightOutcome> FraudCheckAsync(RequestRecord request, NumberReading.Valid number, CancellationToken cancellationToken)
    {
        if (request.Test is { Outcome: not TestOutcome.Down } test)
        {
            var answered = test.Outcome == TestOutcome.Blocked ? InsightAnswers.Fraudulent : InsightAnswers.Passed;
            return await SaveAsync(request, answered, cancellationToken);
        }

        var (answer, refusal) = request.IsTest
            ? (new Insight<FraudReading>.Unavailable("The test number's provider is down."), null)
            : await AskAsync(request, (provider, token) => provider.FraudCheckAsync(request.Number, token), cancellationToken);
        return answer switch
        {
            null => new InsightOutcome.Refused(refusal!),
            Insight<FraudReading>.Known known => await SaveAsync(request, InsightAnswers.Of(known.Reading), cancellationToken),
            Insight<FraudReading>.InvalidNumber => new InsightOutcome.Refused(BadNumber),
            Insight<FraudReading>.Busy busy => await FraudByPlanAsync(request, number, busy.RetryAfter, cancellationToken),
            Insight<FraudReading>.Unavailable unavailable => await FraudByPlanAsync(request, number, unavailable.RetryAfter, cancellationToken),
            _ => throw new InvalidOperationException("An answer that nobody has described."),
        };
    }

    private async Task<InsightOutcome> FraudByPlanAsync(
        RequestRecord request, NumberReading.Valid number, TimeSpan? retryAfter, CancellationToken cancellationToken) =>
        InsightAnswers.FraudOfPlan(number) is { } planned
            ? await SaveAsync(request, planned, cancellationToken)
            : new InsightOutcome.Refused(Problem.Unavailable(retryAfter));

    /// <summary>Asks once for an idempotency key: a repeat is answered from the request that the first call made.</summary>
    private async Task<InsightOutcome> OnceAsync(
        Account account,
        string product,
        Fields fields,
        Func<RequestRecord, NumberReading.Valid, Task<InsightOutcome>> ask,
        CancellationToken cancellationToken)
    {
        var (number, reference, callbackUrl, problem) = Read(fields);
        if (problem is not null)
        {
            return new InsightOutcome.Refused(problem);
        }

        switch (await keys.ClaimAsync(fields.Key, RequestId.New(time.GetUtcNow() + Life), cancellationToken))
        {
            case KeyClaim.Free free:
                var test = await testNumbers.FindAsync(number!.Number, cancellationToken);
                var request = NewRequest(free.Id, account, product, number, callbackUrl, fields) with
                {
                    IdempotencyRow = free.Row,
                    Reference = reference,
                    Test = test is null ? null : new TestRun(test.Outcome, test.Delay),
                };
                return await ReleasingAsync(free, () => ask(request, number));
            case KeyClaim.Known known:
                return new InsightOutcome.Answered(known.Stored.Value);
            case KeyClaim.Refused refused:
                return new InsightOutcome.Refused(refused.Problem);
            default:
                throw new InvalidOperationException("A claim that nobody has described.");
        }
    }

    /// <summary>Frees the key again where nothing comes of it.</summary>
    private async Task<InsightOutcome> ReleasingAsync(KeyClaim.Free claim, Func<Task<InsightOutcome>> ask)
    {
        var answered = false;
        try
        {
            var outcome = await ask();
            answered = outcome is InsightOutcome.Answered;
            return outcome;
        }
        finally
        {
            if (!answered)
            {
                await keys.ReleaseAsync(claim, CancellationToken.None);
            }
        }
    }

    private static Problem BadNumber => Problem.InvalidNumber("number", "was refused by the provider");

    private (NumberReading.Valid? Number, string? Reference, string? CallbackUrl, Problem? Problem) Read(Fields fields)
    {
        var (number, badNumber) = numbers.Read(fields, "number");
        var reference = CommonInput.Reference(fields);
        var callbackUrl = common.CallbackUrl(fields);
        return (number, reference, callbackUrl, fields.Problem ?? badNumber);
    }

    /// <summary>Asks the provider, if the account's funds allow it; what was counted for what it certainly did not do goes back.</summary>
    private async Task<(Insight<T>? Answer, Problem? Refusal)> AskAsync<T>(
        RequestRecord request, Func<IProvider, CancellationToken, Task<Insight<T>>> ask, CancellationToken cancellationToken)
        where T : class
    {
        if (routing.ForInsight() is not { } provider || provider.IsCircuitOpen(request.Country, request.Account))
        {
            return (new Insight<T>.Unavailable("no provider can be asked at present"), null);
        }

        var funds = await spend.TakeLookUpAsync(request, provider.Name, cancellationToken);
        if (funds.Refusal is { } why)
        {
            return (null, Problem.InsufficientFunds(why));
        }

        var answer = await ask(provider, cancellationToken);
        if (answer is Insight<T>.Unavailable unavailable)
        {
            Log.Unavailable(logger, provider.Name, unavailable.Reason);
        }

        if (answer is Insight<T>.InvalidNumber or Insight<T>.Busy or Insight<T>.Unavailable { MayBeCharged: false })
        {
            await spend.GiveBackAsync(request, funds.Hold, cancellationToken);
        }

        return (answer, null);
    }

    private RequestRecord NewRequest(RequestId id, Account account, string product, NumberReading.Valid number, string? callbackUrl, Fields fields)
    {
        var now = time.GetUtcNow();
        return new RequestRecord
        {
            Id = id,
            Account = account.Id,
            KeyId = account.CallKeyId,
            Cap = account.DailyCap,
            Product = product,
            Number = number.Number,
            Country = number.Country,
            CreatedAt = now,
            EndedAt = now,
            Trace = Telemetry.Trace.Context,
            Payload = fields.Echo,
            CallbackUrl = callbackUrl,
            Steps = [],
        };
    }

    private async Task<InsightOutcome> SaveAsync(RequestRecord request, InsightAnswer answer, CancellationToken cancellationToken)
    {
        var answered = request with { Insight = answer, IsIndexed = await index.TryWriteAsync(request, cancellationToken) };
        RequestTrace.About(Activity.Current, request);
        if (await store.InsertAsync(answered, cancellationToken) is not null)
        {
            Meters.Requested(request.Product, null);
            return new InsightOutcome.Answered(answered);
        }

        // Only another call with the same idempotency key has the same id.
        if (request.IdempotencyRow is null || await store.ReadAsync(request.Id, cancellationToken) is not { } first)
        {
            throw new StorageUnavailableException("The request id was taken.");
        }

        if (first.Value.CreatedAt != request.CreatedAt)
        {
            await index.ForgetAsync([request], cancellationToken);
        }

        return new InsightOutcome.Answered(first.Value);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Provider} did not answer a question about a number: {Reason}")]
        public static partial void Unavailable(ILogger logger, string provider, string reason);
    }
}
