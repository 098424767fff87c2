using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Operations;
using FlashFunctions.Http;
using FlashFunctions.Http.Manage;

namespace FlashFunctions.Functions;

/// <summary>Accounts and their tokens, for operators: by the host's function key.</summary>
public sealed class AccountFunctions(
    ManageApi api,
    AccountStore accounts,
    AccountAdministration administration,
    TokenAdministration tokens,
    StopAccountUseCase stop,
    SpendMeter spend)
{
    private const string All = "manage/accounts";
    private const string One = "manage/accounts/{id}";
    private const string Tokens = One + "/tokens";
    private const string Token = Tokens + "/{keyId}";

    [Function("ManageAccountList")]
    public Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = All)] HttpRequest request) =>
        api.RunAsync(request, administration.ListAsync, AccountsBody.Of);

    [Function("ManageAccountCreate")]
    public Task<IResult> CreateAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = All)] HttpRequest request) =>
        api.RunAsync(request, administration.CreateAsync, AccountBody.Of, StatusCodes.Status201Created);

    [Function("ManageAccountRead")]
    public Task<IResult> ReadAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = One)] HttpRequest request, string id) =>
        api.RunAsync(request, async (_, token) => await accounts.ReadAsync(id, token) is { } account
            ? Answer.Of(new AccountBody(
                account,
                spent: account.DailyCap is { } cap ? await spend.ReadAsync(id, cap.Currency, token) : null))
            : new ProblemAnswer(Problem.AccountNotFound));

    [Function("ManageAccountUpdate")]
    public Task<IResult> UpdateAsync([HttpTrigger(AuthorizationLevel.Function, "patch", Route = One)] HttpRequest request, string id) =>
        api.RunAsync(request, (fields, token) => administration.UpdateAsync(id, fields, token), AccountBody.Of);

    [Function("ManageAccountDelete")]
    public Task<IResult> DeleteAsync([HttpTrigger(AuthorizationLevel.Function, "delete", Route = One)] HttpRequest request, string id) =>
        api.RunAsync(request, async (_, token) => DoneBody.Deleted(id, await administration.DeleteAsync(id, token)));

    [Function("ManageAccountStop")]
    public Task<IResult> StopAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = One + "/stop")] HttpRequest request, string id) =>
        api.RunAsync(request, (_, token) => stop.RunAsync(id, token), StopBody.Of);

    [Function("ManageSecretRotate")]
    public Task<IResult> RotateAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = One + "/secrets/rotate")] HttpRequest request, string id) =>
        api.RunAsync(request, (fields, token) => administration.RotateSecretAsync(id, fields, token), AccountBody.Of);

    [Function("ManageSecretRetire")]
    public Task<IResult> RetireAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = One + "/secrets/retire")] HttpRequest request, string id) =>
        api.RunAsync(request, (_, token) => administration.RetireSecretAsync(id, token), AccountBody.Of);

    [Function("ManageTokenList")]
    public Task<IResult> ListTokensAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = Tokens)] HttpRequest request, string id) =>
        api.RunAsync(request, (fields, token) => tokens.ListAsync(id, fields, token), TokensBody.Of);

    [Function("ManageTokenCreate")]
    public Task<IResult> CreateTokenAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = Tokens)] HttpRequest request, string id) =>
        api.RunAsync(
            request, (fields, token) => tokens.CreateAsync(id, fields, token), TokenBody.Of, StatusCodes.Status201Created);

    [Function("ManageTokenRevoke")]
    public Task<IResult> RevokeTokenAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = Token + "/revoke")] HttpRequest request, string id, string keyId) =>
        api.RunAsync(request, (_, token) => tokens.SetActiveAsync(id, keyId, active: false, token), TokenBody.Of);

    [Function("ManageTokenActivate")]
    public Task<IResult> ActivateTokenAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = Token + "/activate")] HttpRequest request, string id, string keyId) =>
        api.RunAsync(request, (_, token) => tokens.SetActiveAsync(id, keyId, active: true, token), TokenBody.Of);

    [Function("ManageTokenDelete")]
    public Task<IResult> DeleteTokenAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = Token)] HttpRequest request, string id, string keyId) =>
        api.RunAsync(request, async (_, token) => DoneBody.Deleted(keyId, await tokens.DeleteAsync(id, keyId, token)));
}
