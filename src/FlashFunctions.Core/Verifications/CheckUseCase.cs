using FlashFunctions.Core.Guard;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Verifications;

/// <summary>How a check ended.</summary>
public abstract record CheckOutcome
{
    private CheckOutcome()
    {
    }

    public sealed record Verified(RequestId Id) : CheckOutcome;

    public sealed record WrongCode(RequestId Id, int AttemptsLeft) : CheckOutcome;

    public sealed record Refused(Problem Problem) : CheckOutcome;
}

/// <summary>
/// POST /v1/verify/check. Both ends of a guess are writes under the record's ETag, so a right code is accepted once and a
/// wrong one is counted before it is answered, however many guesses come at once.
/// </summary>
public sealed partial class CheckUseCase(
    RequestStore store, RequestChanges changes, NumberGuard guard, Codes codes, TimeProvider time, ILogger<CheckUseCase> logger)
{
    /// <summary>Checks a code or the caller number that the phone saw.</summary>
    public async Task<CheckOutcome> RunAsync(string account, Fields fields, CancellationToken cancellationToken)
    {
        var (guess, problem) = Guess.Read(fields);
        if (problem is not null)
        {
            return new CheckOutcome.Refused(problem);
        }

        if (!RequestId.TryParse(guess!.RequestId, null, out var id)
            || await store.ReadAsync(id, cancellationToken) is not { } stored
            || stored.Value.Account != account
            || stored.Value.Verification is null)
        {
            return new CheckOutcome.Refused(Problem.RequestNotFound);
        }

        var right = false;
        Problem? refusal = null;
        var change = await changes.ApplyAsync(
            stored,
            request =>
            {
                var now = time.GetUtcNow();
                refusal = Standing.RefusalOfCheck(Standing.At(request, now), now);
                right = refusal is null && IsRight(request, guess);
                return refusal is not null ? request
                    : right ? AttemptTransitions.End(request, EndEvent.RightCode, now)
                    : AttemptTransitions.WrongCode(request, now);
            },
            cancellationToken);
        if (refusal is not null)
        {
            return new CheckOutcome.Refused(refusal);
        }

        return right ? new CheckOutcome.Verified(id) : await WrongAsync(change.After.Value, cancellationToken);
    }

    private bool IsRight(RequestRecord request, Guess guess) =>
        guess.Caller is { } caller ? codes.IsRightCaller(request, caller) : codes.IsRight(request, guess.Code!);

    private async Task<CheckOutcome> WrongAsync(RequestRecord request, CancellationToken cancellationToken)
    {
        try
        {
            await guard.RecordWrongAsync(request, cancellationToken);
        }
        catch (StorageUnavailableException)
        {
            // The request has counted it; the guard takes the request's count over at the number's next verification.
            Log.GuardNotTold(logger, request.Id);
        }

        var state = request.Verification!;
        return new CheckOutcome.WrongCode(request.Id, state.WrongLimit - state.WrongCodes);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The guard could not be told of a wrong code for {RequestId}")]
        public static partial void GuardNotTold(ILogger logger, RequestId requestId);
    }
}

/// <summary>A guess: a code, or the caller number that the phone saw, in digits.</summary>
public sealed record Guess(string RequestId, string? Code, string? Caller)
{
    /// <summary>Reads the parameters of a check.</summary>
    public static (Guess? Guess, Problem? Problem) Read(Fields fields)
    {
        var requestId = fields.Text("requestId", 64, required: true);
        var code = fields.Code("code");
        var caller = Digits(fields, fields.Phone("cli", required: false));
        if (code is null && caller is null && !fields.IsWrong("code") && !fields.IsWrong("cli"))
        {
            fields.Wrong("code", "is required, or cli instead of it");
        }

        if (code is not null && caller is not null)
        {
            fields.Wrong("cli", "excludes code");
        }

        return fields.Problem is { } problem ? (null, problem) : (new Guess(requestId!, code, caller), null);
    }

    private static string? Digits(Fields fields, string? cli)
    {
        var digits = cli?.TrimStart('+');
        if (digits is null || (cli!.Length - digits.Length <= 1 && digits.Length is >= 6 and <= 15 && digits.All(char.IsAsciiDigit)))
        {
            return digits;
        }

        fields.Wrong("cli", "must be a caller number of 6 to 15 digits, with or without a plus");
        return null;
    }
}
