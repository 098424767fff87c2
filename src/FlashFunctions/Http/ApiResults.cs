using System.Diagnostics;
using FlashFunctions.Core.Messages;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Texts;
using FlashFunctions.Core.Verifications;
using Microsoft.AspNetCore.Http;

namespace FlashFunctions.Http;

/// <summary>Outcomes of use cases as answers.</summary>
internal static class ApiResults
{
    public static IResult Of(Result<VerifyAnswer> result) => Of(
        result, answer => new JsonAnswer<VerifyBody>(StatusCodes.Status202Accepted, Body(answer), ApiJson.Default.VerifyBody));

    public static IResult Of(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Verified verified => Check(new CheckBody(verified.Id.Text, "VERIFIED", true, null)),
        CheckOutcome.WrongCode wrong => Check(new CheckBody(wrong.Id.Text, "WRONG_CODE", false, wrong.AttemptsLeft)),
        CheckOutcome.Refused refused => new ProblemAnswer(refused.Problem),
        _ => throw new UnreachableException(),
    };

    public static IResult OfCancel(Result<RequestRecord> result) => Of(result, request => new JsonAnswer<CancelBody>(
        StatusCodes.Status200OK,
        new CancelBody(request.Id.Text, ApiNames.Of(request.Status), RequestLife.NameOf(VerificationResult.Canceled)),
        ApiJson.Default.CancelBody));

    /// <summary>Whatever has been reported since then: a repeated call is answered as the first one was.</summary>
    public static IResult Of(Result<FlashCallAnswer> result) => Of(result, answer => new JsonAnswer<FlashCallBody>(
        answer.From is null ? StatusCodes.Status202Accepted : StatusCodes.Status200OK,
        new FlashCallBody(answer.Request.Id.Text, answer.From, ApiNames.Of(TransportStatus.Sent)),
        ApiJson.Default.FlashCallBody));

    public static IResult OfMessage(Result<RequestRecord> result) => Of(result, request => new JsonAnswer<SendBody>(
        StatusCodes.Status202Accepted, new SendBody(request.Id.Text, RequestView.StatusOf(request)), ApiJson.Default.SendBody));

    public static IResult OfInsight(Result<RequestRecord> result) => Of(result, request => request.Product == Products.Hlr
        ? new JsonAnswer<HlrBody>(StatusCodes.Status200OK, RequestView.Hlr(request), ApiJson.Default.HlrBody)
        : new JsonAnswer<FraudCheckBody>(StatusCodes.Status200OK, RequestView.FraudCheck(request), ApiJson.Default.FraudCheckBody));

    public static IResult OfGoal(Result<RequestRecord> result) => Of(
        result,
        request =>
            new JsonAnswer<GoalBody>(StatusCodes.Status200OK, new GoalBody(request.Id.Text, request.Goal!), ApiJson.Default.GoalBody));

    public static IResult OfRead(Result<RequestRecord> result) => Of(
        result, request => new JsonAnswer<RequestBody>(StatusCodes.Status200OK, RequestView.Of(request), ApiJson.Default.RequestBody));

    private static IResult Of<T>(Result<T> result, Func<T, IResult> answer)
        where T : notnull => result.TryGet(out var value, out var problem) ? answer(value) : new ProblemAnswer(problem);

    private static VerifyBody Body(VerifyAnswer answer)
    {
        var request = answer.Request;
        var channel = request.Steps[Math.Max(0, request.CurrentStep)].Channel;
        var codeLength = request.Verification!.CodeLength;
        return new VerifyBody(
            request.Id.Text,
            ApiNames.Of(request.Status),
            ApiNames.Of(channel),
            codeLength,
            request.Id.DueAt.ToUnixTimeMilliseconds(),
            answer.Next is { } next ? ApiNames.Of(next.Channel) : null,
            answer.Next?.StartsAt?.ToUnixTimeMilliseconds(),
            answer.NextAllowedAt.ToUnixTimeMilliseconds(),
            VerificationHints.For(request.Content.Language, channel, codeLength, request.Content.Platform == Platform.Ios));
    }

    private static JsonAnswer<CheckBody> Check(CheckBody body) => new(StatusCodes.Status200OK, body, ApiJson.Default.CheckBody);
}
