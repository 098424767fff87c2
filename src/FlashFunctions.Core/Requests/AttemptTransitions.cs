using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;

namespace FlashFunctions.Core.Requests;

/// <summary>The transitions of a request, each a function of what it is to what it becomes; the same record means no change.</summary>
public static class AttemptTransitions
{
    /// <summary>Ends a verification, if nothing has yet.</summary>
    public static RequestRecord End(RequestRecord request, EndEvent happened, DateTimeOffset now, string? reason = null)
    {
        if (request.Verification is not { } state)
        {
            return request.EndedAt is null ? Close(request, now, reason) : request;
        }

        var result = ResultTable.Apply(state.Result, happened);
        return result == state.Result
            ? request
            : Close(request, now, reason) with { Verification = Final(state) with { Result = result } };
    }

    /// <summary>Ends what is open because nothing further may be sent: a verification is canceled, anything else is undelivered.</summary>
    public static RequestRecord Stop(RequestRecord request, string reason, DateTimeOffset now) => request switch
    {
        { Verification: not null } => End(request, EndEvent.Cancel, now, reason),
        { EndedAt: null } => Close(request with { IsStopped = true }, now, reason),
        _ => request,
    };

    /// <summary>What is undecided when a verification ends counts as a wrong code: its number's next one must not gain by it.</summary>
    private static VerificationState Final(VerificationState state) => state.OpenGuesses.Count == 0
        ? state
        : state with { WrongCodes = Math.Min(state.WrongLimit, state.WrongCodes + state.OpenGuesses.Count), OpenGuesses = [] };

    /// <summary>Counts a wrong code; the last one fails the verification.</summary>
    /// <param name="request">The request.</param>
    /// <param name="now">The time.</param>
    /// <param name="weight">How many codes it could have hit; null: those that are live.</param>
    public static RequestRecord WrongCode(RequestRecord request, DateTimeOffset now, int? weight = null)
    {
        var state = request.Verification!;
        var counted = request with
        {
            Verification = state with
            {
                WrongCodes = state.WrongCodes + 1,
                WrongWeight = state.WrongWeight + (weight ?? GuessBudget.LiveCodes(request)),
            },
        };
        return GuessBudget.Left(counted) > 0 ? counted : End(counted, EndEvent.LastWrongCode, now);
    }

    /// <summary>Adds an attempt; it becomes the current step.</summary>
    public static RequestRecord Add(RequestRecord request, AttemptRecord attempt) =>
        request with { CurrentStep = attempt.Step, Attempts = [.. request.Attempts, attempt] };

    /// <summary>Changes one attempt.</summary>
    public static RequestRecord Change(RequestRecord request, int number, Func<AttemptRecord, AttemptRecord> change)
    {
        var attempt = request.Attempts[number];
        var after = change(attempt);
        if (after == attempt)
        {
            return request;
        }

        AttemptRecord[] attempts = [.. request.Attempts];
        attempts[number] = after;
        return request with { Attempts = attempts };
    }

    /// <summary>Applies a provider's report to an attempt that may have reached the phone.</summary>
    public static RequestRecord Apply(RequestRecord request, int number, ProviderEvent reported, DateTimeOffset now)
    {
        if (reported.Status is not { } status
            || number >= request.Attempts.Count
            || !request.Attempts[number].MayHaveReachedThePhone
            || (request.Attempts[number].Reference is { } known && reported.Reference is { } other && known != other))
        {
            return request;
        }

        var isVerified = UpstreamVerdicts.AllOf(request).Contains(UpstreamVerdict.Verified);
        var after = Change(request, number, attempt => Report(attempt, reported, status, isVerified, now));
        return MessageEnd.Settle(
            reported.MccMnc is null || reported.MccMnc == after.MccMnc ? after : after with { MccMnc = reported.MccMnc }, now);
    }

    /// <summary>Remembers what an attempt's provider was told.</summary>
    public static RequestRecord Reported(RequestRecord request, int number, UpstreamVerdict verdict) => Change(
        request,
        number,
        attempt => attempt.ReportedVerdicts.Contains(verdict) ? attempt : attempt with { ReportedVerdicts = [.. attempt.ReportedVerdicts, verdict] });

    private static AttemptRecord Report(
        AttemptRecord attempt, ProviderEvent reported, TransportStatus status, bool isVerified, DateTimeOffset now)
    {
        // A delegated attempt's reference is what its codes are checked by: the provider's answer alone names it.
        var reference = attempt.Reference ?? (attempt.IsDelegated ? null : reported.Reference);
        var call = CallDetails.Merge(attempt.Call, reported.Call);
        var answered = attempt.WasAnswered || reported.IsAnswered || call?.AnsweredAt is not null;
        var cancelled = attempt.WasCancelled || reported.IsCancellation;
        var hadRung = isVerified || attempt.Status == TransportStatus.Ringing || status == TransportStatus.Ringing || call?.RingStartedAt is not null;
        var further = StatusTable.Apply(attempt.Status, status);
        var becomes = cancelled && hadRung && further == TransportStatus.Undelivered ? TransportStatus.Delivered : further;
        return becomes == attempt.Status && reference == attempt.Reference && call == attempt.Call
            && (cancelled, answered) == (attempt.WasCancelled, attempt.WasAnswered)
            ? attempt
            : attempt with
            {
                Status = becomes,
                UpdatedAt = now,
                Reference = reference,
                Call = call,
                WasCancelled = cancelled,
                WasAnswered = answered,
                State = attempt.State == AttemptState.Unclear ? AttemptState.Placed : attempt.State,
            };
    }

    /// <summary>Ends what is open, whatever it is.</summary>
    internal static RequestRecord Close(RequestRecord request, DateTimeOffset now, string? reason = null) =>
        request with
        {
            EndedAt = now,
            EndReason = reason,
            Content = request.Content with { Code = Erase(request.Content.Code) },
            Test = request.Test is null ? null : request.Test with { Code = null },
        };

    private static CodeRecipe? Erase(CodeRecipe? code) => code is null ? null : code with { Given = null };
}
