using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Operations;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using Microsoft.AspNetCore.Http;

namespace FlashFunctions.Http.Manage;

/// <summary>The answers to operators' calls.</summary>
internal static class ManageResults
{
    public static IResult Of(Result<ChangedAccount> result, bool created = false) => Of(result, changed => new JsonAnswer<AccountBody>(
        created ? StatusCodes.Status201Created : StatusCodes.Status200OK,
        Body(changed.Account) with { NewCallbackSecret = changed.NewSecret?.Reveal() },
        ManageJson.Default.AccountBody));

    public static IResult Of(Result<Stopped> result) => Of(result, stopped => new JsonAnswer<StopBody>(
        StatusCodes.Status200OK,
        new StopBody(stopped.Account, new StoppedBody(stopped.Verifications, stopped.Calls, stopped.Messages)),
        ManageJson.Default.StopBody));

    public static IResult Of(Result<ChangedToken> result) => Of(result, changed => new JsonAnswer<TokenBody>(
        changed.Secret is null ? StatusCodes.Status200OK : StatusCodes.Status201Created,
        Body(changed.Token, changed.Secret),
        ManageJson.Default.TokenBody));

    /// <summary>A page of an account's tokens, after the one with the key id <paramref name="after"/>.</summary>
    public static IResult Of(Result<IReadOnlyList<AccessToken>> result, int limit, string? after) => Of(result, tokens =>
    {
        if (after is not null && tokens.All(token => token.KeyId != after))
        {
            return new ProblemAnswer(Problem.Invalid("after", "is not the beginning of a page"));
        }

        var page = after is null ? tokens : [.. tokens.SkipWhile(token => token.KeyId != after).Skip(1)];
        return new JsonAnswer<TokensBody>(
            StatusCodes.Status200OK,
            new TokensBody([.. page.Take(limit).Select(token => Body(token, null))], page.Count > limit ? page[limit - 1].KeyId : null),
            ManageJson.Default.TokensBody);
    });

    /// <summary>The answer to a deletion.</summary>
    public static IResult Deleted(string id, Problem? problem) => problem is null ? Done(id, "deleted") : new ProblemAnswer(problem);

    /// <summary>A page of the accounts, which are in the order of their ids, after the one with the id <paramref name="after"/>.</summary>
    public static IResult Of(IReadOnlyList<Account> accounts, int limit, string? after)
    {
        var page = accounts.Where(account => string.CompareOrdinal(account.Id, after) > 0).Take(limit + 1).ToArray();
        return new JsonAnswer<AccountsBody>(
            StatusCodes.Status200OK,
            new AccountsBody([.. page.Take(limit).Select(Body)], page.Length > limit ? page[limit - 1].Id : null),
            ManageJson.Default.AccountsBody);
    }

    public static IResult Of(Account? account, SpendDay? spent) => account is null
        ? new ProblemAnswer(Problem.AccountNotFound)
        : new JsonAnswer<AccountBody>(
            StatusCodes.Status200OK,
            Body(account) with { SpentToday = spent is null ? null : new MoneyBody(Money.FromUnits(spent.Units), spent.Currency) },
            ManageJson.Default.AccountBody);

    public static IResult Of(DeadLetterPage? page) => page is null
        ? new ProblemAnswer(Problem.Invalid("after", "is not the beginning of a page"))
        : new JsonAnswer<DeadLettersBody>(
            StatusCodes.Status200OK, new DeadLettersBody([.. page.Letters.Select(Body)], page.Next), ManageJson.Default.DeadLettersBody);

    public static IResult Of(FailingReceiverPage? page) => page is null
        ? new ProblemAnswer(Problem.Invalid("after", "is not the beginning of a page"))
        : new JsonAnswer<FailingReceiversBody>(
            StatusCodes.Status200OK,
            new FailingReceiversBody([.. page.Receivers.Select(Body)], page.Next),
            ManageJson.Default.FailingReceiversBody);

    public static IResult Of(Result<SearchPage> result) => Of(result, page => new JsonAnswer<FoundRequestsBody>(
        StatusCodes.Status200OK, new FoundRequestsBody([.. page.Requests.Select(FoundBody)], page.Next),
        ManageJson.Default.FoundRequestsBody));

    public static IResult Of(Timeline? timeline) => timeline is null
        ? new ProblemAnswer(Problem.RequestNotFound)
        : new JsonAnswer<TimelineBody>(
            StatusCodes.Status200OK,
            new TimelineBody(timeline.Request.Id.Text, [.. timeline.Entries.Select(Body)], timeline.Support),
            ManageJson.Default.TimelineBody);

    /// <summary>A request with whose it is and what its attempts were counted with.</summary>
    public static IResult Of(Result<RequestRecord> result) => Of(
        result, request => new JsonAnswer<RequestBody>(StatusCodes.Status200OK, Body(request), ApiJson.Default.RequestBody));

    public static IResult Of(Result<Erased> result) => Of(result, erased => new JsonAnswer<ErasedBody>(
        StatusCodes.Status200OK, new ErasedBody(erased.Requests, erased.InboundMessages, erased.Other), ManageJson.Default.ErasedBody));

    public static IResult Of(Result<Exported> result) => Of(result, exported => new JsonAnswer<ExportBody>(
        StatusCodes.Status200OK,
        new ExportBody(
            exported.Number.E164,
            [.. exported.Requests.Select(Body)],
            [.. exported.InboundMessages.Select(Body)],
            [.. exported.Blocks.Select(FraudBodies.Of)]),
        ManageJson.Default.ExportBody));

    public static IResult Of(Result<FraudListPage> result) => Of(result, page => new JsonAnswer<FraudListBody>(
        StatusCodes.Status200OK, new FraudListBody([.. page.Entries.Select(FraudBodies.Of)], page.Next), ManageJson.Default.FraudListBody));

    public static IResult Of(Result<FraudListEntry> result) => Of(result, entry => new JsonAnswer<FraudListEntryBody>(
        StatusCodes.Status201Created, FraudBodies.Of(entry), ManageJson.Default.FraudListEntryBody));

    public static IResult Of(Result<TestNumberPage> result) => Of(result, page => new JsonAnswer<TestNumbersBody>(
        StatusCodes.Status200OK,
        new TestNumbersBody([.. page.Numbers.Select(listed => Body(listed.Test, listed.IsConfigured))], page.Next),
        ManageJson.Default.TestNumbersBody));

    public static IResult Of(Result<PutTestNumber> result) => Of(result, put => new JsonAnswer<TestNumberBody>(
        put.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK,
        Body(put.Test, isConfigured: false),
        ManageJson.Default.TestNumberBody));

    public static IResult Of(Result<FraudBlockPage> result) => Of(result, page => new JsonAnswer<FraudBlocksBody>(
        StatusCodes.Status200OK, new FraudBlocksBody([.. page.Blocks.Select(FraudBodies.Of)], page.Next),
        ManageJson.Default.FraudBlocksBody));

    public static IResult Of(Result<FraudBlock> result) => Of(result, block => new JsonAnswer<FraudBlockBody>(
        StatusCodes.Status201Created, FraudBodies.Of(block), ManageJson.Default.FraudBlockBody));

    public static IResult Of(Result<FraudDecisionPage> result) => Of(result, page => new JsonAnswer<FraudDecisionsBody>(
        StatusCodes.Status200OK,
        new FraudDecisionsBody([.. page.Decisions.Select(FraudBodies.Of)], page.Next),
        ManageJson.Default.FraudDecisionsBody));

    public static IResult Of(Result<FraudPreview> result) => Of(result, preview => new JsonAnswer<FraudPreviewBody>(
        StatusCodes.Status200OK, FraudBodies.Of(preview), ManageJson.Default.FraudPreviewBody));

    public static IResult Done(string id, string done) =>
        new JsonAnswer<DoneBody>(StatusCodes.Status200OK, new DoneBody(id, done), ManageJson.Default.DoneBody);

    private static RequestBody Body(RequestRecord request)
    {
        var body = RequestView.Of(request);
        return body with
        {
            Account = request.Account,
            Fraud = request.Fraud?.Select(FraudBodies.Of).ToArray(),
            Attempts = [.. body.Attempts.Zip(request.Attempts, (shown, attempt) => shown with
            {
                Charge = Charge(attempt.CountedSpend),
                Choice = RouteBodies.Of(attempt.Choice),
            })],
        };
    }

    /// <summary>A receiver that fails.</summary>
    public static FailingReceiverBody Body(FailingReceiver receiver) => new(
        receiver.Account,
        receiver.Host,
        receiver.Since.ToUnixTimeMilliseconds(),
        receiver.LastTryAt.ToUnixTimeMilliseconds(),
        receiver.LastFailure,
        receiver.Tries,
        receiver.NextTryAt?.ToUnixTimeMilliseconds());

    private static TimelineEntryBody Body(TimelineEntry entry) => new(entry.At.ToUnixTimeMilliseconds(), entry.Kind, entry.Text)
    {
        Step = entry.Step,
        Method = entry.Method,
        Provider = entry.Provider,
        State = entry.State is { } state ? RequestView.Word(state) : null,
        Status = entry.Status is { } status ? ApiNames.Of(status) : null,
        Raw = entry.Raw,
        Reason = entry.Reason,
        Price = entry.Price is { } price ? new MoneyBody(price.Amount, price.Currency) : null,
        Fraud = entry.Fraud is { } fraud ? FraudBodies.Of(fraud) : null,
        Choice = RouteBodies.Of(entry.Choice),
        Callback = entry.Callback,
        Result = entry.Result is { } result ? RequestLife.NameOf(result) : null,
    };

    private static FoundRequestBody FoundBody(RequestRecord request) => new(
        request.Id.Text,
        request.Account,
        request.Product,
        request.Number.E164,
        request.Country,
        SearchUseCase.ProviderOf(request),
        RequestView.StatusOf(request),
        request.Verification is { } verification ? RequestLife.NameOf(verification.Result) : null,
        request.CreatedAt.ToUnixTimeMilliseconds(),
        request.Reference);

    private static InboundMessageBody Body(InboundMessage message) => new(
        message.Id,
        message.Account,
        message.Sms.From,
        message.Sms.To,
        message.Sms.Text,
        message.ReceivedAt.ToUnixTimeMilliseconds(),
        RequestView.Word(message.Delivery.State));

    private static TestNumberBody Body(TestNumber test, bool isConfigured) =>
        new(test.Number, test.Code, FraudFinding.NameOf(test.Outcome), test.Delay, isConfigured ? true : null);

    private static AccountBody Body(Account account) => new()
    {
        Id = account.Id,
        Name = account.Name,
        Active = account.IsActive,
        CreatedAt = account.CreatedAt?.ToUnixTimeMilliseconds(),
        StoppedAt = account.StoppedAt?.ToUnixTimeMilliseconds(),
        RatePerSecond = account.RatePerSecond,
        Senders = account.Senders,
        DailyCap = account.DailyCap is { } cap ? new MoneyBody(cap.Amount, cap.Currency) : null,
        Workflow = [.. account.Workflow.Select(Body)],
        Numbers = account.Numbers,
        InboundSmsAddress = account.InboundSmsAddress,
        Fraud = account.Fraud is { } fraud ? FraudBodies.Of(fraud) : null,
        Tokens = account.KeyIds.Count,
        CallbackSecrets = account.CallbackSecrets.Count,
    };

    private static StepBody Body(WorkflowStep step) => new(
        ApiNames.Of(step.Channel),
        step.Provider,
        (int?)step.Wait?.TotalSeconds,
        step.Condition == StepCondition.Delivered ? "delivered" : "verified");

    private static TokenBody Body(AccessToken token, string? secret) => new(
        token.KeyId, token.Account, token.IsActive, token.MayTrust, token.Label, token.CreatedAt?.ToUnixTimeMilliseconds(), secret);

    private static DeadLetterBody Body(DeadLetter letter) => new(
        letter.Id, letter.Account, letter.Kind, letter.Request, letter.Reason, letter.At.ToUnixTimeMilliseconds());

    private static MoneyBody? Charge(SpendReservation? charge) =>
        charge is null ? null : new MoneyBody(Money.FromUnits(charge.Units), charge.Currency);

    private static IResult Of<T>(Result<T> result, Func<T, IResult> answer)
        where T : notnull => result.TryGet(out var value, out var problem) ? answer(value) : new ProblemAnswer(problem);
}
