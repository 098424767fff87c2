using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Operations;
using FlashFunctions.Http;
using FlashFunctions.Http.Manage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>Accounts, for operators: by the host's function key.</summary>
public sealed class AccountFunctions(
    ManageApi api, AccountStore accounts, AccountAdministration administration, StopAccountUseCase stop, SpendMeter spend)
{
    private const int MostPerPage = 1_000;
    private const string All = "manage/accounts";
    private const string One = "manage/accounts/{id}";

    [Function("ManageAccountList")]
    public Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = All)] HttpRequest request) =>
        api.RunAsync(request, async (fields, token) =>
        {
            var (limit, after) = (fields.Integer("limit", 1, MostPerPage) ?? MostPerPage, fields.Text("after", Account.LongestId));
            if (after is not null && !Account.IsId(after))
            {
                fields.Wrong("after", "is not the beginning of a page");
            }

            return fields.Problem is { } problem
                ? new ProblemAnswer(problem)
                : ManageResults.Of(await accounts.ListAsync(token), limit, after);
        });

    [Function("ManageAccountCreate")]
    public Task<IResult> CreateAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = All)] HttpRequest request) =>
        api.RunAsync(request, async (fields, token) => ManageResults.Of(await administration.CreateAsync(fields, token), created: true));

    [Function("ManageAccountRead")]
    public Task<IResult> ReadAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = One)] HttpRequest request, string id) =>
        api.RunAsync(request, async (_, token) =>
        {
            var account = await accounts.ReadAsync(id, token);
            return ManageResults.Of(account, account?.DailyCap is { } cap ? await spend.ReadAsync(id, cap.Currency, token) : null);
        });

    [Function("ManageAccountUpdate")]
    public Task<IResult> UpdateAsync([HttpTrigger(AuthorizationLevel.Function, "patch", Route = One)] HttpRequest request, string id) =>
        api.RunAsync(request, async (fields, token) => ManageResults.Of(await administration.UpdateAsync(id, fields, token)));

    [Function("ManageAccountDelete")]
    public Task<IResult> DeleteAsync([HttpTrigger(AuthorizationLevel.Function, "delete", Route = One)] HttpRequest request, string id) =>
        api.RunAsync(request, async (_, token) => ManageResults.Deleted(id, await administration.DeleteAsync(id, token)));

    [Function("ManageAccountStop")]
    public Task<IResult> StopAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = One + "/stop")] HttpRequest request, string id) =>
        api.RunAsync(request, async (_, token) => ManageResults.Of(await stop.RunAsync(id, token)));

    [Function("ManageSecretRotate")]
    public Task<IResult> RotateAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = One + "/secrets/rotate")] HttpRequest request, string id) =>
        api.RunAsync(request, async (fields, token) => ManageResults.Of(await administration.RotateSecretAsync(id, fields, token)));

    [Function("ManageSecretRetire")]
    public Task<IResult> RetireAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = One + "/secrets/retire")] HttpRequest request, string id) =>
        api.RunAsync(request, async (_, token) => ManageResults.Of(await administration.RetireSecretAsync(id, token)));
}
