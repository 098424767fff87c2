using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Http;

/// <summary>A request as GET shows it.</summary>
internal static class RequestView
{
    /// <summary>The body.</summary>
    public static RequestBody Of(RequestRecord request) => new()
    {
        Id = request.Id.Text,
        Product = request.Product,
        Number = request.Number.E164,
        Mccmnc = request.MccMnc,
        Network = NetworkOf(request),
        Country = request.Country,
        Status = StatusOf(request),
        CreatedAt = request.CreatedAt.ToUnixTimeMilliseconds(),
        Payload = request.Payload,
        Reference = request.Reference,
        Result = request.Verification is { } verification ? RequestLife.NameOf(verification.Result) : null,
        Reason = request.EndReason,
        Goal = request.Goal,
        Type = request.Insight?.Type,
        MobilePrefix = request.Insight?.MobilePrefix,
        ExpiresAt = request.Id.DueAt.ToUnixTimeMilliseconds(),
        EndedAt = request.EndedAt?.ToUnixTimeMilliseconds(),
        From = request.Attempts.LastOrDefault(attempt => attempt.Caller is not null)?.Caller,
        Attempts = [.. request.Attempts.Select(attempt => Of(request, attempt))],
        Callbacks = request.CallbackUrl is null ? null : [.. request.Callbacks.Select((told, number) => Of(request, told, number))],
    };

    /// <summary>The word for how a request stands: of an insight its answer, of anything else its transport status.</summary>
    public static string StatusOf(RequestRecord request) => request.Insight?.Status ?? ApiNames.Of(request.Status);

    /// <summary>The word for how a delivery stands.</summary>
    public static string Word(DeliveryState state) => state switch
    {
        DeliveryState.Waiting => "waiting",
        DeliveryState.Delivered => "delivered",
        DeliveryState.Dead => "dead",
        _ => "gone",
    };

    /// <summary>The word for how an attempt stands.</summary>
    public static string Word(AttemptState state) => state switch
    {
        AttemptState.Starting => "starting",
        AttemptState.Placed => "placed",
        AttemptState.Unclear => "unclear",
        AttemptState.NotSent => "notSent",
        AttemptState.Rejected => "rejected",
        _ => "skipped",
    };

    private static string? NetworkOf(RequestRecord request) => request.Network ?? NumberPlan.Instance.NetworkOf(request.Number);

    private static CallbackView Of(RequestRecord request, CallbackEvent told, int number) => new()
    {
        Id = CallbackEvent.IdOf(request.Id, number),
        Status = ApiNames.Of(told.Status),
        Result = told.Result is { } result ? RequestLife.NameOf(result) : null,
        At = told.At.ToUnixTimeMilliseconds(),
        State = Word(told.Delivery.State),
        Tries = told.Delivery.Tries,
        LastTryAt = told.Delivery.LastTryAt?.ToUnixTimeMilliseconds(),
        NextTryAt = told.Delivery.NextTryAt?.ToUnixTimeMilliseconds(),
        LastFailure = told.Delivery.LastFailure,
    };

    /// <summary>The answer of an HLR lookup.</summary>
    public static HlrBody Hlr(RequestRecord request) => new(
        request.Id.Text,
        request.Product,
        request.Number.E164,
        request.MccMnc,
        NetworkOf(request),
        request.Country,
        StatusOf(request),
        request.CreatedAt.ToUnixTimeMilliseconds(),
        request.Insight?.Type);

    /// <summary>The answer of a fraud check.</summary>
    public static FraudCheckBody FraudCheck(RequestRecord request) =>
        new(StatusOf(request), request.Insight?.MobilePrefix, request.Id.Text, request.Number.E164);

    private static AttemptBody Of(RequestRecord request, AttemptRecord attempt) => new()
    {
        Step = attempt.Step,
        Method = ApiNames.Of(request.Steps[attempt.Step].Channel),
        Provider = attempt.Provider,
        State = Word(attempt.State),
        Status = attempt.Status is { } status ? ApiNames.Of(status) : null,
        StartedAt = attempt.StartedAt.ToUnixTimeMilliseconds(),
        PlacedAt = attempt.PlacedAt?.ToUnixTimeMilliseconds(),
        UpdatedAt = attempt.UpdatedAt?.ToUnixTimeMilliseconds(),
        From = attempt.Caller,
        Outcome = attempt.Outcome?.ToString().ToLowerInvariant(),
        Reason = attempt.Reason,
        Reported = attempt.ReportedOutcome?.ToString(),
    };
}
