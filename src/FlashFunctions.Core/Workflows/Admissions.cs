using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Workflows;

/// <summary>A request that may be accepted, and when the guard counted its send; null where its sends do not count.</summary>
public sealed record AdmittedRequest(RequestRecord Request, long? SendAt);

/// <summary>
/// What a new request has to pass: blocked prefixes, its price, the number's limits, fraud, the account's funds. In that order, so that
/// nothing is counted or charged for what is refused.
/// </summary>
public sealed class Admissions(NumberScreen screen, StepCandidates candidates, SpendGate spend, NumberGuard guard)
{
    /// <summary>Admits a request, with what is to be remembered on it, or says why not.</summary>
    /// <param name="request">The new request.</param>
    /// <param name="limits">Holds the number to its limits and counts the send; null for what does not count.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<(AdmittedRequest? Admitted, Problem? Problem)> AdmitAsync(
        RequestRecord request, Func<Task<Admission>>? limits, CancellationToken cancellationToken)
    {
        if (screen.Refusal(request) is { } blocked)
        {
            return (null, blocked);
        }

        var usable = request.Cap is null ? [] : candidates.For(request, 0).Providers;
        var quote = await spend.QuoteAsync(request, 0, usable, cancellationToken);
        if (quote is SpendQuote.Refused { Why: var why })
        {
            return (null, Problem.InsufficientFunds(why));
        }

        return limits is null
            ? Funded(request, await spend.TakeAsync(quote, cancellationToken))
            : await limits() switch
            {
                Admission.Granted granted => await CountedAsync(request, quote, granted, cancellationToken),
                Admission.Refused refused => (null, refused.Problem),
                _ => throw new InvalidOperationException("An admission that nobody has described."),
            };
    }

    private static (AdmittedRequest? Admitted, Problem? Problem) Funded(RequestRecord request, SpendAdmission funds) =>
        funds.Refusal is { } refusal
            ? (null, Problem.InsufficientFunds(refusal))
            : (new AdmittedRequest(request with { Hold = funds.Hold }, null), null);

    /// <summary>The send has been counted: a refusal gives it back, and so does a failure.</summary>
    private async Task<(AdmittedRequest? Admitted, Problem? Problem)> CountedAsync(
        RequestRecord request, SpendQuote quote, Admission.Granted granted, CancellationToken cancellationToken)
    {
        var verification = request.Verification is not null;
        try
        {
            if (await screen.FraudAsync(request, cancellationToken) is { } fraud)
            {
                // The cool-down stays, so that nobody has a number checked again and again.
                await guard.ReleaseAsync(request, granted.At, call: false, cancellationToken);
                return (null, fraud);
            }

            var (funded, refusal) = Funded(request, await spend.TakeAsync(quote, cancellationToken));
            if (refusal is null)
            {
                return (Counted(funded!.Request, granted), null);
            }

            await guard.ReleaseAsync(request, granted.At, verification, cancellationToken);
            return (null, refusal);
        }
        catch
        {
            await guard.ReleaseAsync(request, granted.At, verification, CancellationToken.None);
            throw;
        }
    }

    private static AdmittedRequest Counted(RequestRecord request, Admission.Granted granted)
    {
        var admitted = request with
        {
            Sends = request.IsTest ? [] : [granted.At],
            NextAllowedAt = request.Verification is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(granted.NextAllowedAt),
            Verification = request.Verification is { } state ? state with { WrongLimit = granted.WrongLimit } : null,
        };
        return new AdmittedRequest(admitted, granted.At);
    }
}
