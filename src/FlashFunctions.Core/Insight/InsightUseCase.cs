using System.Diagnostics;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Accounts.Spend;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;
using FlashFunctions.Core.Verifications;
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
    SpendGate spend,
    TestNumbers testNumbers,
    TimeProvider time,
    ILogger<InsightUseCase> logger)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    /// <summary>Looks a number up in its home location register.</summary>
    public async Task<InsightOutcome> LookUpAsync(Account account, Fields fields, CancellationToken cancellationToken)
    {
        var (number, callbackUrl, problem) = Read(fields);
        if (problem is not null)
        {
            return new InsightOutcome.Refused(problem);
        }

        var request = NewRequest(account, Products.Hlr, number!, callbackUrl, fields);
        if (request.IsTest)
        {
            return await SaveAsync(request, InsightAnswers.OfTestNumber(number!), cancellationToken);
        }

        var (answer, refusal) = await AskAsync(request, (provider, token) => provider.LookUpAsync(request.Number, token), cancellationToken);
        return answer switch
        {
            Insight<HlrReading>.Known known => await SaveAsync(
                InsightAnswers.WithNetwork(request, known.Reading), InsightAnswers.Of(known.Reading, number!), cancellationToken),
            null => new InsightOutcome.Refused(refusal!),
            Insight<HlrReading>.InvalidNumber => new InsightOutcome.Refused(BadNumber),
            _ => await SaveAsync(request, InsightAnswers.OfPlan(number!), cancellationToken),
        };
    }

    /// <summary>Asks whether a number was used for fraud.</summary>
    public async Task<InsightOutcome> FraudCheckAsync(Account account, Fields fields, CancellationToken cancellationToken)
    {
        var (number, callbackUrl, problem) = Read(fields);
        if (problem is not null)
        {
            return new InsightOutcome.Refused(problem);
        }

        var request = NewRequest(account, Products.FraudCheck, number!, callbackUrl, fields);
        if (request.IsTest)
        {
            return await SaveAsync(request, InsightAnswers.Passed, cancellationToken);
        }

        var (answer, refusal) = await AskAsync(request, (provider, token) => provider.FraudCheckAsync(request.Number, token), cancellationToken);
        return answer switch
        {
            null => new InsightOutcome.Refused(refusal!),
            Insight<FraudReading>.Known known => await SaveAsync(request, InsightAnswers.Of(known.Reading), cancellationToken),
            Insight<FraudReading>.InvalidNumber => new InsightOutcome.Refused(BadNumber),
            Insight<FraudReading>.Unavailable unavailable => InsightAnswers.FraudOfPlan(number!) is { } planned
                ? await SaveAsync(request, planned, cancellationToken)
                : new InsightOutcome.Refused(Problem.Unavailable(unavailable.RetryAfter)),
            _ => throw new InvalidOperationException("An answer that nobody has described."),
        };
    }

    private static Problem BadNumber => Problem.InvalidNumber("number", "was refused by the provider");

    private (NumberReading.Valid? Number, string? CallbackUrl, Problem? Problem) Read(Fields fields)
    {
        var (number, badNumber) = numbers.Read(fields, "number");
        var callbackUrl = common.CallbackUrl(fields);
        return (number, callbackUrl, fields.Problem ?? badNumber);
    }

    /// <summary>Asks the provider, if the account's funds allow it; what was counted for no answer goes back.</summary>
    private async Task<(Insight<T>? Answer, Problem? Refusal)> AskAsync<T>(
        RequestRecord request, Func<IProvider, CancellationToken, Task<Insight<T>>> ask, CancellationToken cancellationToken)
        where T : class
    {
        if (routing.ForInsight() is not { IsCircuitOpen: false } provider)
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

        if (answer is not Insight<T>.Known)
        {
            await spend.GiveBackAsync(request, funds.Hold, cancellationToken);
        }

        return (answer, null);
    }

    private RequestRecord NewRequest(Account account, string product, NumberReading.Valid number, string? callbackUrl, Fields fields)
    {
        var now = time.GetUtcNow();
        return new RequestRecord
        {
            Id = RequestId.New(now + Life),
            Account = account.Id,
            Cap = account.DailyCap,
            Product = product,
            Number = number.Number,
            Country = number.Country,
            CreatedAt = now,
            EndedAt = now,
            Trace = Telemetry.Trace.Context,
            Payload = fields.Echo,
            CallbackUrl = callbackUrl,
            IsTest = testNumbers.Contains(number.Number),
            Steps = [],
        };
    }

    private async Task<InsightOutcome> SaveAsync(RequestRecord request, InsightAnswer answer, CancellationToken cancellationToken)
    {
        var answered = request with { Insight = answer };
        Telemetry.Trace.About(Activity.Current, request);
        _ = await store.InsertAsync(answered, cancellationToken) ?? throw new StorageUnavailableException("The request id was taken.");
        Meters.Requested(request.Product, null);
        return new InsightOutcome.Answered(answered);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Provider} did not answer a question about a number: {Reason}")]
        public static partial void Unavailable(ILogger logger, string provider, string reason);
    }
}
