using FlashFunctions.Core.Input;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Verifications;

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
        Network = request.Network,
        Country = request.Country,
        Status = Word(request.Status),
        CreatedAt = request.CreatedAt.ToUnixTimeMilliseconds(),
        Payload = request.Payload,
        Result = request.Verification is { } verification ? Standing.Word(verification.Result) : null,
        Reason = request.EndReason,
        Goal = request.Goal,
        ExpiresAt = request.Id.DueAt.ToUnixTimeMilliseconds(),
        EndedAt = request.EndedAt?.ToUnixTimeMilliseconds(),
        From = request.Attempts.LastOrDefault(attempt => attempt.Caller is not null)?.Caller,
        Attempts = [.. request.Attempts.Select(attempt => Of(request, attempt))],
    };

    /// <summary>The source document's word for a transport status.</summary>
    public static string Word(TransportStatus status) => status switch
    {
        TransportStatus.Accepted => "ACCEPTED",
        TransportStatus.Sent => "SENT",
        TransportStatus.Ringing => "RINGING",
        TransportStatus.Delivered => "DELIVERED",
        TransportStatus.Read => "READ",
        TransportStatus.Undelivered => "UNDELIVERED",
        _ => "REJECTED",
    };

    private static AttemptBody Of(RequestRecord request, AttemptRecord attempt) => new()
    {
        Step = attempt.Step,
        Method = Words.Of(request.Steps[attempt.Step].Channel),
        Provider = attempt.Provider,
        State = attempt.State switch
        {
            AttemptState.Starting => "starting",
            AttemptState.Placed => "placed",
            AttemptState.Unclear => "unclear",
            AttemptState.NotSent => "notSent",
            AttemptState.Rejected => "rejected",
            _ => "skipped",
        },
        Status = attempt.Status is { } status ? Word(status) : null,
        StartedAt = attempt.StartedAt.ToUnixTimeMilliseconds(),
        PlacedAt = attempt.PlacedAt?.ToUnixTimeMilliseconds(),
        UpdatedAt = attempt.UpdatedAt?.ToUnixTimeMilliseconds(),
        From = attempt.Caller,
        Reason = attempt.Reason,
        Reported = attempt.Reported?.ToString(),
    };
}
