using FlashFunctions.Core.Insight;
using FlashFunctions.Core.Messages;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers.Wire;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Verifications;
using Microsoft.AspNetCore.Http;

namespace FlashFunctions.Http;

/// <summary>Outcomes of use cases as answers.</summary>
internal static class ApiResults
{
    public static IResult Of(VerifyOutcome outcome) => outcome switch
    {
        VerifyOutcome.Accepted accepted => new JsonAnswer<VerifyBody>(StatusCodes.Status202Accepted, Body(accepted), ApiJson.Default.VerifyBody),
        VerifyOutcome.Refused refused => new ProblemAnswer(refused.Problem),
        _ => throw Unknown(outcome),
    };

    public static IResult Of(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Verified verified => Check(new CheckBody(verified.Id.Text, "VERIFIED", true, null)),
        CheckOutcome.WrongCode wrong => Check(new CheckBody(wrong.Id.Text, "WRONG_CODE", false, wrong.AttemptsLeft)),
        CheckOutcome.Refused refused => new ProblemAnswer(refused.Problem),
        _ => throw Unknown(outcome),
    };

    public static IResult OfCancel(Result<RequestRecord> result) => result.TryGet(out var request, out var problem)
        ? new JsonAnswer<CancelBody>(
            StatusCodes.Status200OK,
            new CancelBody(request.Id.Text, ApiNames.Of(request.Status), ExpiryRules.Word(VerificationResult.Canceled)),
            ApiJson.Default.CancelBody)
        : new ProblemAnswer(problem);

    public static IResult Of(FlashCallOutcome outcome) => outcome switch
    {
        FlashCallOutcome.Placed placed => FlashCall(StatusCodes.Status200OK, placed.Request, placed.From),
        FlashCallOutcome.Accepted accepted => FlashCall(StatusCodes.Status202Accepted, accepted.Request, null),
        FlashCallOutcome.Refused refused => new ProblemAnswer(refused.Problem),
        _ => throw Unknown(outcome),
    };

    public static IResult Of(SendOutcome outcome) => outcome switch
    {
        SendOutcome.Accepted accepted => new JsonAnswer<SendBody>(
            StatusCodes.Status202Accepted,
            new SendBody(accepted.Request.Id.Text, RequestView.StatusOf(accepted.Request)),
            ApiJson.Default.SendBody),
        SendOutcome.Refused refused => new ProblemAnswer(refused.Problem),
        _ => throw Unknown(outcome),
    };

    public static IResult Of(InsightOutcome outcome) => outcome switch
    {
        InsightOutcome.Answered { Request: { Product: Products.Hlr } request } =>
            new JsonAnswer<HlrBody>(StatusCodes.Status200OK, RequestView.Hlr(request), ApiJson.Default.HlrBody),
        InsightOutcome.Answered { Request: var request } =>
            new JsonAnswer<FraudCheckBody>(StatusCodes.Status200OK, RequestView.FraudCheck(request), ApiJson.Default.FraudCheckBody),
        InsightOutcome.Refused refused => new ProblemAnswer(refused.Problem),
        _ => throw Unknown(outcome),
    };

    public static IResult OfGoal(Result<RequestRecord> result) => result.TryGet(out var request, out var problem)
        ? new JsonAnswer<GoalBody>(StatusCodes.Status200OK, new GoalBody(request.Id.Text, request.Goal!), ApiJson.Default.GoalBody)
        : new ProblemAnswer(problem);

    public static IResult Of(RequestRecord? request) => request is null
        ? new ProblemAnswer(Problem.RequestNotFound)
        : new JsonAnswer<RequestBody>(StatusCodes.Status200OK, RequestView.Of(request), ApiJson.Default.RequestBody);

    private static VerifyBody Body(VerifyOutcome.Accepted accepted)
    {
        var request = accepted.Request;
        return new VerifyBody(
            request.Id.Text,
            ApiNames.Of(request.Status),
            ApiNames.Of(request.Steps[Math.Max(0, request.CurrentStep)].Channel),
            request.Verification!.CodeLength,
            request.Id.DueAt.ToUnixTimeMilliseconds(),
            accepted.Next is { } next ? ApiNames.Of(next.Channel) : null,
            accepted.Next?.StartsAt?.ToUnixTimeMilliseconds(),
            accepted.NextAllowedAt.ToUnixTimeMilliseconds());
    }

    private static JsonAnswer<CheckBody> Check(CheckBody body) => new(StatusCodes.Status200OK, body, ApiJson.Default.CheckBody);

    // Whatever has been reported since: a repeated call is answered as the first one was.
    private static JsonAnswer<FlashCallBody> FlashCall(int status, RequestRecord request, string? from) =>
        new(status, new FlashCallBody(request.Id.Text, from, ApiNames.Of(TransportStatus.Sent)), ApiJson.Default.FlashCallBody);

    private static InvalidOperationException Unknown(object outcome) => new($"{outcome.GetType().Name} is not described.");
}
