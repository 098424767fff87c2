using FlashFunctions.Core.Operations;
using FlashFunctions.Http;
using FlashFunctions.Http.Manage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>Tokens of accounts, for operators: by the host's function key.</summary>
public sealed class TokenFunctions(ManageApi api, TokenAdministration tokens)
{
    private const int MostPerPage = 1_000;
    private const int LongestAfter = 64;
    private const string All = "manage/accounts/{id}/tokens";
    private const string One = "manage/accounts/{id}/tokens/{keyId}";

    [Function("ManageTokenList")]
    public Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = All)] HttpRequest request, string id) =>
        api.RunAsync(request, async (fields, token) =>
        {
            var (limit, after) = (fields.Integer("limit", 1, MostPerPage) ?? MostPerPage, fields.Text("after", LongestAfter));
            return fields.Problem is { } problem
                ? new ProblemAnswer(problem)
                : ManageResults.Of(await tokens.ListAsync(id, token), limit, after);
        });

    [Function("ManageTokenCreate")]
    public Task<IResult> CreateAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = All)] HttpRequest request, string id) =>
        api.RunAsync(request, async (fields, token) => ManageResults.Of(await tokens.CreateAsync(id, fields, token)));

    [Function("ManageTokenRevoke")]
    public Task<IResult> RevokeAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = One + "/revoke")] HttpRequest request, string id, string keyId) =>
        api.RunAsync(request, async (_, token) => ManageResults.Of(await tokens.SetActiveAsync(id, keyId, active: false, token)));

    [Function("ManageTokenActivate")]
    public Task<IResult> ActivateAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = One + "/activate")] HttpRequest request, string id, string keyId) =>
        api.RunAsync(request, async (_, token) => ManageResults.Of(await tokens.SetActiveAsync(id, keyId, active: true, token)));

    [Function("ManageTokenDelete")]
    public Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = One)] HttpRequest request, string id, string keyId) =>
        api.RunAsync(request, async (_, token) => ManageResults.Deleted(keyId, await tokens.DeleteAsync(id, keyId, token)));
}
