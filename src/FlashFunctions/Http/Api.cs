using System.Runtime.CompilerServices;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Http;

/// <summary>An authenticated call and its parameters.</summary>
public sealed record ApiCall(Account Account, Fields Fields);

/// <summary>
/// What every call of an account goes through: authentication, the rate, the body, and one answer for a store that cannot
/// answer. A caller who disconnects does not stop a call half way, so use cases do not get the connection's cancellation token.
/// </summary>
public sealed partial class Api(AccountDirectory accounts, SecurityLog security, ServiceKey key, ILogger<Api> logger)
{
    /// <summary>Runs a call that creates something, and answers with the body of what that returns.</summary>
    public Task<IResult> CreateAsync<T, TBody>(
        HttpRequest request, Func<Account, Fields, CancellationToken, Task<Result<T>>> create, Func<T, TBody> body,
        int status = StatusCodes.Status200OK, [CallerMemberName] string method = "")
        where T : notnull =>
        CreateAsync(
            request, async (call, token) => Answer.Of(await create(call.Account, call.Fields, token), body, status), method);

    /// <summary>
    /// Runs a call that creates something, and so may come with an idempotency key. A GET needs none, and what it brings is passed over.
    /// </summary>
    public Task<IResult> CreateAsync(
        HttpRequest request, Func<ApiCall, CancellationToken, Task<IResult>> handle, [CallerMemberName] string method = "") =>
        RunAsync(
            request,
            (call, token) =>
            {
                ReadKey(request, call);
                return handle(call, token);
            },
            method);

    private void ReadKey(HttpRequest request, ApiCall call)
    {
        if (HttpMethods.IsGet(request.Method) || !request.Headers.TryGetValue(IdempotencyKey.Header, out var values))
        {
            return;
        }

        if (values is not [{ } text] || !IdempotencyKey.IsValid(text))
        {
            call.Fields.Wrong(IdempotencyKey.Header, "must be 1 to 255 printable ASCII characters");
            return;
        }

        call.Fields.Key = IdempotencyKey.Of(key, call.Account.Id, text, request.Path.Value ?? "", call.Fields);
    }

    /// <summary>Runs a call, and answers with the body of what it returns.</summary>
    public Task<IResult> RunAsync<T, TBody>(
        HttpRequest request, Func<ApiCall, CancellationToken, Task<Result<T>>> run, Func<T, TBody> body,
        int status = StatusCodes.Status200OK, [CallerMemberName] string method = "")
        where T : notnull =>
        RunAsync(request, async (call, token) => Answer.Of(await run(call, token), body, status), method);

    /// <summary>Runs a call.</summary>
    /// <param name="request">The call.</param>
    /// <param name="handle">Answers it once it is known to be somebody's and readable.</param>
    /// <param name="method">The function's method, which names the operation in traces and measurements.</param>
    public async Task<IResult> RunAsync(
        HttpRequest request, Func<ApiCall, CancellationToken, Task<IResult>> handle, [CallerMemberName] string method = "")
    {
        var operation = Trace.NameOf(method);
        try
        {
            var answer = await AnswerAsync(request, operation, handle);
            Meters.Called(operation, (answer as ProblemAnswer)?.Problem);
            return answer;
        }
        catch
        {
            Meters.Failed(operation);
            throw;
        }
    }

    private async Task<IResult> AnswerAsync(HttpRequest request, string operation, Func<ApiCall, CancellationToken, Task<IResult>> handle)
    {
        try
        {
            var credentials = Credentials.Read(request.Headers.Authorization, request.Headers["X-Authorization"]);
            var caller = await accounts.AuthenticateAsync(credentials, CancellationToken.None);
            using var span = Trace.StartCall(operation, request.Headers.TraceParent, isKnown: caller is Caller.Known);
            return caller switch
            {
                Caller.Known { Account: var account } => await HandleAsync(request, operation, account, handle),
                Caller.Refused refused => Refuse(request, operation, refused),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
        catch (StorageUnavailableException exception)
        {
            Log.StorageUnavailable(logger, exception.Message);
            return new ProblemAnswer(Problem.Unavailable());
        }
    }

    private async Task<IResult> HandleAsync(
        HttpRequest request, string operation, Account account, Func<ApiCall, CancellationToken, Task<IResult>> handle)
    {
        security.AuthenticationSucceeded(account.Id, account.CallKeyId!);
        var answer = (await BodyReader.ReadFieldsAsync(request)).TryGet(out var fields, out var problem)
            ? await handle(new ApiCall(account, fields), CancellationToken.None)
            : new ProblemAnswer(problem);
        if (answer is ProblemAnswer refused)
        {
            NoteRefusal(request, operation, account.Id, refused.Problem);
        }

        return answer;
    }

    private ProblemAnswer Refuse(HttpRequest request, string operation, Caller.Refused refused)
    {
        if (refused.Reason is { } reason)
        {
            security.AuthenticationFailed(reason, refused.Account, refused.KeyId, CallerAddress.Of(request));
        }
        else
        {
            NoteRefusal(request, operation, refused.Account!, refused.Problem);
        }

        return new ProblemAnswer(refused.Problem);
    }

    private void NoteRefusal(HttpRequest request, string operation, string account, Problem problem)
    {
        if (problem.Limit is { } limit)
        {
            security.RequestRefused(account, operation, problem.ErrorCode, limit, CallerAddress.Of(request));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The store could not answer: {Reason}")]
        public static partial void StorageUnavailable(ILogger logger, string reason);
    }
}
