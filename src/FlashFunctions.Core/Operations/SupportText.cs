using System.Globalization;
using System.Text;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Operations;

/// <summary>
/// A request as support staff would describe it to a customer: a paragraph without codes and without a whole phone number.
/// </summary>
internal static class SupportText
{
    public static string Of(RequestRecord request)
    {
        var text = new StringBuilder();
        var (day, time) = ($"{request.CreatedAt.UtcDateTime:yyyy-MM-dd}", At(request.CreatedAt));
        text.Append($"On {day} at {time} {request.Account} asked {WhatIsAsked(request)}.");
        foreach (var (number, attempt) in request.Attempts.Index())
        {
            // One sentence a step: what was tried before it worked is in the entries.
            if (number == request.Attempts.Count - 1 || request.Attempts[number + 1].Step != attempt.Step)
            {
                text.Append(' ').Append(OfAttempt(request, attempt));
            }
        }

        if (request.Verification is { WrongCodes: > 0 and var wrong })
        {
            var codes = wrong == 1 ? "wrong code was" : "wrong codes were";
            text.Append(CultureInfo.InvariantCulture, $" {wrong} {codes} entered.");
        }

        text.Append(' ').Append(EndOf(request));
        if (request.Callbacks.Any(callback => callback.Delivery.State is DeliveryState.Dead or DeliveryState.Gone))
        {
            text.Append(" The account's server did not take all of our callbacks.");
        }

        return text.Append(CultureInfo.InvariantCulture, $" (Request {request.Id.Text})").ToString();
    }

    /// <summary>“to verify +372823**** (EE) by flash call”.</summary>
    public static string WhatIsAsked(RequestRecord request)
    {
        var where = request.Country.Length > 0 ? $"{request.Number} ({request.Country})" : $"{request.Number}";
        return request switch
        {
            { Verification: not null, Steps: [var first, ..] } => $"to verify {where} by {NameOf(first)}",
            { Product: Products.Hlr } => $"about the network of {where}",
            { Product: Products.FraudCheck } => $"for a fraud check of {where}",
            { Product: Products.FlashCall } => $"for a flash call to {where}",
            { Steps: [{ Channel: Channel.Sms or Channel.Rcs } first, ..] } => $"to send an {NameOf(first)} to {where}",
            { Steps: [var first, ..] } => $"to send a {NameOf(first)} to {where}",
            _ => $"for {request.Product} to {where}",
        };
    }

    public static string NameOf(WorkflowStep step) => step.Channel switch
    {
        Channel.Call => "flash call",
        Channel.Sms => "SMS",
        Channel.Voice => "spoken code",
        Channel.Push => "push message",
        Channel.Viber => "Viber message",
        Channel.Rcs => "RCS message",
        Channel.Speech => "spoken message",
        _ => "failover flow",
    };

    public static string MeaningOf(TransportStatus status, Channel channel) => (status, channel) switch
    {
        (TransportStatus.Ringing, _) => "the phone is ringing",
        (TransportStatus.Delivered, Channel.Call) => "the phone rang",
        (TransportStatus.Delivered, Channel.Voice or Channel.Speech) => "the call was taken",
        (TransportStatus.Delivered, _) => "it arrived",
        (TransportStatus.Read, _) => "it was read",
        (TransportStatus.Undelivered, _) => "it did not reach the phone",
        (TransportStatus.Rejected, _) => "it was refused on the way",
        _ => "it is on its way",
    };

    public static string EndOf(RequestRecord request)
    {
        var why = request.EndReason is { } reason ? $": {Sentence(reason)}" : ".";
        return request switch
        {
            { Verification.Result: VerificationResult.Pending } =>
                $"It is still open: the code can be entered until {At(request.Id.DueAt)}.",
            { Verification.Result: VerificationResult.Verified } =>
                $"The number was verified {Seconds((request.EndedAt ?? request.Id.DueAt) - request.CreatedAt)} after it was asked for.",
            { Verification.Result: VerificationResult.Failed } => "The verification failed, because too many wrong codes were entered.",
            { Verification.Result: VerificationResult.Expired } =>
                $"The verification expired: nobody entered the right code within {Seconds(request.Id.DueAt - request.CreatedAt)}.",
            { Verification.Result: VerificationResult.Canceled, EndReason: null } => "The account canceled the verification.",
            { Verification.Result: VerificationResult.Canceled } => $"The verification was canceled{why}",
            { Verification.Result: VerificationResult.Superseded } => "A newer verification of the same number took its place.",
            { Verification.Result: VerificationResult.Undeliverable } => $"The number could not be reached{why}",
            { Insight: { } insight } => $"The answer was {insight.Status}.",
            { EndedAt: null } => $"It is still open; its status is {ApiNames.Of(request.Status)}.",
            _ => $"It ended with the status {ApiNames.Of(request.Status)}{why}",
        };
    }

    private static string OfAttempt(RequestRecord request, AttemptRecord attempt)
    {
        var step = request.Steps[attempt.Step];
        var at = At(attempt.StartedAt);
        return attempt switch
        {
            { MayHaveReachedThePhone: true, Status: { } status } when status > TransportStatus.Sent =>
                $"The {NameOf(step)} went out through {attempt.Provider} at {at}, and {attempt.Provider} reported that "
                + $"{MeaningOf(status, step.Channel)}.",
            { State: AttemptState.Unclear } =>
                $"The {NameOf(step)} was given to {attempt.Provider} at {at}; whether it went out is not known.",
            { MayHaveReachedThePhone: true } =>
                $"The {NameOf(step)} went out through {attempt.Provider} at {at}; {attempt.Provider} has not reported what became of it.",
            { State: AttemptState.Rejected } => $"{attempt.Provider} refused the number: {Sentence(attempt.Reason)}",
            _ => $"The {NameOf(step)} was not sent: {Sentence(attempt.Reason)}",
        };
    }

    /// <summary>A reason, which may end with a full stop or not.</summary>
    public static string Sentence(string? reason) => $"{reason?.TrimEnd('.', ' ') ?? "no reason is known"}.";

    public static string At(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public static string Seconds(TimeSpan time) =>
        time < TimeSpan.FromMilliseconds(100)
            ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms")
            : time.TotalSeconds.ToString(time < TimeSpan.FromSeconds(10) ? "0.0 's'" : "0 's'", CultureInfo.InvariantCulture);
}
