using System.Diagnostics;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Workflows;

namespace FlashFunctions.Core.Insight;

/// <summary>
/// GET and POST /v1/insight/hlr, POST /v1/insight/fraudcheck: answered while the caller waits, by the provider, and while that is
/// down by the number plan as far as it knows.
/// </summary>
public sealed partial class InsightUseCase(
    CallInput input, RequestAcceptor acceptor, Routing routing, NumberGuard guard, SpendGate spend, ILogger<InsightUseCase> logger)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    /// <summary>Looks a number up in its home location register.</summary>
    public Task<Result<RequestRecord>> LookUpAsync(Account account, Fields fields, CancellationToken cancellationToken) =>
        RunAsync(account, fields, Products.Hlr, cancellationToken);

    public Task<Result<RequestRecord>> FraudCheckAsync(Account account, Fields fields, CancellationToken cancellationToken) =>
        RunAsync(account, fields, Products.FraudCheck, cancellationToken);

    /// <summary>Asks once for an idempotency key: a repeat is answered from the request that the first call made.</summary>
    private async Task<Result<RequestRecord>> RunAsync(Account account, Fields fields, string product, CancellationToken cancellationToken)
    {
        var called = await input.NumberAsync(fields, cancellationToken);
        if (!input.Finish(account, fields, called).TryGet(out var basics, out var problem))
        {
            return problem;
        }

        var asked = new NewRequest(basics, product, [], Life);
        return await acceptor.ClaimAsync(asked, cancellationToken) switch
        {
            KeyClaim.Refused refused => refused.Problem,
            KeyClaim.Known known => known.Stored.Value,
            KeyClaim.Free free => await AnswerAsync(asked, free, cancellationToken),
            _ => throw new UnreachableException(),
        };
    }

    private async Task<Result<RequestRecord>> AnswerAsync(NewRequest asked, KeyClaim.Free claim, CancellationToken cancellationToken)
    {
        var isStored = false;
        try
        {
            var request = acceptor.Create(asked, claim);
            var looked = asked.Product == Products.Hlr
                ? await LookUpAsync(request, asked.Call.Number, cancellationToken)
                : await FraudCheckAsync(request, asked.Call.Number, cancellationToken);
            if (!looked.TryGet(out var answered, out var problem))
            {
                return problem;
            }

            var stored = await acceptor.StoreAnsweredAsync(answered, cancellationToken);
            isStored = true;
            return stored;
        }
        finally
        {
            if (!isStored)
            {
                await acceptor.ReleaseAsync(claim);
            }
        }
    }

    private async Task<Result<RequestRecord>> LookUpAsync(
        RequestRecord request, NumberReading.Valid number, CancellationToken cancellationToken)
    {
        if (request.Test is { } test)
        {
            return request with
            {
                Insight = test.Outcome == TestOutcome.Down ? InsightAnswers.OfPlan(number) : InsightAnswers.OfTestNumber(number),
            };
        }

        if (!(await AskAsync(request, (provider, token) => provider.LookUpAsync(request.Number, token), cancellationToken))
            .TryGet(out var asked, out var problem))
        {
            return problem;
        }

        request = asked.Request;
        return asked.Answer switch
        {
            Insight<HlrReading>.Known { Reading: var reading } =>
                InsightAnswers.WithNetwork(request, reading) with { Insight = InsightAnswers.Of(reading, number) },
            Insight<HlrReading>.Busy busy => Problem.Unavailable(busy.RetryAfter),
            Insight<HlrReading>.InvalidNumber => BadNumber,
            _ => request with { Insight = InsightAnswers.OfPlan(number) },
        };
    }

    private async Task<Result<RequestRecord>> FraudCheckAsync(
        RequestRecord request, NumberReading.Valid number, CancellationToken cancellationToken)
    {
        if (request.Test is { } test)
        {
            return test.Outcome switch
            {
                TestOutcome.Down => FraudByPlan(request, number, retryAfter: null),
                TestOutcome.Blocked => request with { Insight = InsightAnswers.Fraudulent },
                _ => request with { Insight = InsightAnswers.Passed },
            };
        }

        if (!(await AskAsync(request, (provider, token) => provider.FraudCheckAsync(request.Number, token), cancellationToken))
            .TryGet(out var asked, out var problem))
        {
            return problem;
        }

        return asked.Answer switch
        {
            Insight<FraudReading>.Known known => request with { Insight = InsightAnswers.Of(known.Reading) },
            Insight<FraudReading>.InvalidNumber => BadNumber,
            Insight<FraudReading>.Busy busy => FraudByPlan(request, number, busy.RetryAfter),
            Insight<FraudReading>.Unavailable unavailable => FraudByPlan(request, number, unavailable.RetryAfter),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>What the number plan alone says where no provider does.</summary>
    private static Result<RequestRecord> FraudByPlan(RequestRecord request, NumberReading.Valid number, TimeSpan? retryAfter) =>
        InsightAnswers.FraudOfPlan(number) is { } planned ? request with { Insight = planned } : Problem.Unavailable(retryAfter);

    private static Problem BadNumber => Problem.InvalidNumber("number", "was refused by the provider");

    /// <summary>
    /// Asks the provider, if the number's limit of messages and the account's funds allow it. What was counted for something that it
    /// certainly did not do is released.
    /// </summary>
    private async Task<Result<Asked<T>>> AskAsync<T>(
        RequestRecord request, Func<ILookUpNumbers, CancellationToken, Task<Insight<T>>> ask, CancellationToken cancellationToken)
        where T : class
    {
        if (routing.ForInsight() is not { } provider || provider.IsCircuitOpen(request.Country, request.Account))
        {
            return new Asked<T>(request, new Insight<T>.Unavailable("no provider can be asked at present"));
        }

        if (!request.CountsMessages)
        {
            return (await AskCountedAsync(request, provider, ask, cancellationToken)).Result;
        }

        if (!(await guard.AdmitMessageAsync(request, cancellationToken)).TryGet(out var counted, out var refusal))
        {
            return refusal;
        }

        var wasAsked = true;
        try
        {
            (var result, wasAsked) = await AskCountedAsync(counted.NoteOn(request), provider, ask, cancellationToken);
            return result;
        }
        finally
        {
            if (!wasAsked)
            {
                await guard.ReleaseAsync(request, counted.At, call: false, CancellationToken.None);
            }
        }
    }

    private async Task<(Result<Asked<T>> Result, bool WasAsked)> AskCountedAsync<T>(
        RequestRecord request, ILookUpNumbers provider, Func<ILookUpNumbers, CancellationToken, Task<Insight<T>>> ask,
        CancellationToken cancellationToken)
        where T : class
    {
        var funds = await spend.TakeLookUpAsync(request, provider.Name, cancellationToken);
        if (funds.Refusal is { } why)
        {
            return (Problem.InsufficientFunds(why), false);
        }

        var answer = await ask(provider, cancellationToken);
        if (answer is Insight<T>.Unavailable unavailable)
        {
            Log.Unavailable(logger, provider.Name, unavailable.Reason);
        }

        var wasAsked = answer is not (Insight<T>.InvalidNumber or Insight<T>.Busy or Insight<T>.Unavailable { MayBeCharged: false });
        if (!wasAsked)
        {
            await spend.GiveBackAsync(request, funds.Reservation, cancellationToken);
        }

        return (new Asked<T>(request, answer), wasAsked);
    }

    /// <summary>A provider's answer, and the request with what the fraud guard observed before it was asked.</summary>
    private sealed record Asked<T>(RequestRecord Request, Insight<T> Answer)
        where T : class;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Provider} did not answer a question about a number: {Reason}")]
        public static partial void Unavailable(ILogger logger, string provider, string reason);
    }
}

/// <summary>Answers about numbers, in the source document's words.</summary>
internal static class InsightAnswers
{
    private const string NotMobilePrefix = "NOT_MOBILE_PREFIX";

    public static InsightAnswer Passed { get; } = new("PASSED", MobilePrefix: true);

    /// <summary>Of a test number that plays a blocked one.</summary>
    public static InsightAnswer Fraudulent { get; } = new("FRAUDULENT", MobilePrefix: true);

    public static InsightAnswer Of(HlrReading reading, NumberReading.Valid number) => new(reading.Status, TypeOf(number));

    /// <summary>A test number can be reached.</summary>
    public static InsightAnswer OfTestNumber(NumberReading.Valid number) => new("DELIVERED", TypeOf(number));

    /// <summary>What is known without asking anybody.</summary>
    public static InsightAnswer OfPlan(NumberReading.Valid number) => new("UNKNOWN", TypeOf(number));

    public static InsightAnswer Of(FraudReading reading) => reading.Verdict switch
    {
        FraudVerdict.Passed => new InsightAnswer("PASSED", MobilePrefix: reading.HasMobilePrefix ?? true),
        FraudVerdict.NotMobilePrefix => new InsightAnswer(NotMobilePrefix, MobilePrefix: reading.HasMobilePrefix ?? false),
        FraudVerdict.Suspicious => new InsightAnswer("SUSPICIOUS", MobilePrefix: reading.HasMobilePrefix),
        _ => new InsightAnswer("FRAUDULENT", MobilePrefix: reading.HasMobilePrefix),
    };

    /// <summary>
    /// The verdict that the number plan alone allows: a range that is assigned to something else than mobile phones; else null.
    /// </summary>
    public static InsightAnswer? FraudOfPlan(NumberReading.Valid number) =>
        number.Place.IsAssigned && !number.Type.MayBeMobile() ? new InsightAnswer(NotMobilePrefix, MobilePrefix: false) : null;

    public static RequestRecord WithNetwork(RequestRecord request, HlrReading reading) => request with
    {
        MccMnc = reading.MccMnc,
        Network = reading.Network,
        Country = reading.Country is { Length: 2 } country ? country.ToUpperInvariant() : request.Country,
    };

    private static string TypeOf(NumberReading.Valid number) => number.Type switch
    {
        var type when type.MayBeMobile() => "mobile",
        NumberType.Fixed => "fixed",
        _ => "other",
    };
}
