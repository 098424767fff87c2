using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Operations;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Verifications;
using FlashFunctions.Http;
using FlashFunctions.Http.Manage;

namespace FlashFunctions.Functions;

/// <summary>What an operator looks at and tries: by the host's function key.</summary>
public sealed class OperatorFunctions(
    ManageApi api,
    SearchUseCase search,
    TimelineUseCase timeline,
    OverviewUseCase overview,
    ReadUseCase read,
    DeadLetters letters,
    FailingReceivers receivers,
    AccountDirectory accounts,
    VerifyUseCase verify)
{
    private const int DefaultPage = 100;
    private const int MostPerPage = 1_000;

    private static readonly ProblemAnswer NoPage = new(Problem.Invalid("after", "is not the beginning of a page"));

    [Function("ManageOverview")]
    public Task<IResult> OverviewAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "manage/overview")] HttpRequest request) =>
        api.RunAsync(request, async (_, token) => Answer.Of(new OverviewBody(await overview.RunAsync(token))));

    [Function("ManageRequestSearch")]
    public Task<IResult> SearchAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "manage/requests")] HttpRequest request) =>
        api.RunAsync(request, search.RunAsync, FoundRequestsBody.Of);

    [Function("ManageRequestRead")]
    public Task<IResult> ReadAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "manage/requests/{id}")] HttpRequest request, string id) =>
        api.RunAsync(
            request, (_, token) => read.RunAsync(account: null, id, token), found => new RequestBody(found, forOperators: true));

    [Function("ManageRequestTimeline")]
    public Task<IResult> TimelineAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "manage/requests/{id}/timeline")] HttpRequest request, string id) =>
        api.RunAsync(request, async (_, token) => await timeline.RunAsync(id, token) is { } found
            ? Answer.Of(new TimelineBody(found))
            : new ProblemAnswer(Problem.RequestNotFound));

    [Function("ManageDeadLetterList")]
    public Task<IResult> DeadLettersAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "manage/dead-letters")] HttpRequest request) =>
        api.RunAsync(request, async (fields, token) =>
        {
            var account = AccountInput.ReadFilter(fields);
            var after = fields.Text("after", 1_000);
            var size = fields.Integer("limit", 1, MostPerPage) ?? DefaultPage;
            return fields.Problem is { } problem ? new ProblemAnswer(problem)
                : await letters.ListAsync(account, after, size, token) is { } page ? Answer.Of(DeadLettersBody.Of(page))
                : NoPage;
        });

    [Function("ManageFailingReceiverList")]
    public Task<IResult> FailingReceiversAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "manage/callbacks/failing")] HttpRequest request) =>
        api.RunAsync(request, async (fields, token) =>
        {
            var account = AccountInput.ReadFilter(fields);
            var after = fields.Text("after", 1_000);
            var size = fields.Integer("limit", 1, MostPerPage / 2) ?? DefaultPage;
            return fields.Problem is { } problem ? new ProblemAnswer(problem)
                : await receivers.ListAsync(account, after, size, token) is { } page ? Answer.Of(FailingReceiversBody.Of(page))
                : NoPage;
        });

    [Function("ManageDeadLetterRetry")]
    public Task<IResult> RetryAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "manage/dead-letters/{id}/retry")] HttpRequest request, string id) =>
        api.RunAsync(request, async (_, token) => await letters.RetryAsync(id, token)
            ? Answer.Of(new DoneBody(id, "queued"))
            : new ProblemAnswer(Problem.DeadLetterNotFound));

    /// <summary>A verification in an account's name, as if one of its tokens had asked for it.</summary>
    [Function("ManageVerify")]
    public Task<IResult> VerifyAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "manage/accounts/{id}/verify")] HttpRequest request, string id) =>
        api.RunAsync(request, async (fields, token) => await accounts.FindAsync(id, token) switch
        {
            null => new ProblemAnswer(Problem.AccountNotFound),
            { IsActive: false } => new ProblemAnswer(Problem.InactiveAccount),
            var account => Answer.Of(await verify.RunAsync(account, fields, token), VerifyBody.Of, StatusCodes.Status202Accepted),
        });
}
