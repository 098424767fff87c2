using FlashFunctions.Core.Guard;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;
using FlashFunctions.Core.Workflows;

namespace FlashFunctions.Core.Verifications;

/// <summary>POST /v1/verify/{id}/next: the next step now.</summary>
public sealed class NextUseCase(
    RequestStore store, RequestChanges changes, NumberGuard guard, StepQueue queue, NextSteps nextSteps, TimeProvider time)
{
    /// <summary>Goes to the next step.</summary>
    public async Task<VerifyOutcome> RunAsync(string account, string requestId, CancellationToken cancellationToken)
    {
        if (!RequestId.TryParse(requestId, null, out var id)
            || await store.ReadAsync(id, cancellationToken) is not { } stored
            || stored.Value.Account != account
            || stored.Value.Verification is null)
        {
            return new VerifyOutcome.Refused(Problem.RequestNotFound);
        }

        using var span = Trace.Join("next", stored.Value);
        if (Refusal(stored.Value) is { } refusal)
        {
            return new VerifyOutcome.Refused(refusal);
        }

        var step = NextOf(stored.Value);
        return await guard.AdmitSendAsync(stored.Value, coolDown: true, cancellationToken) switch
        {
            Admission.Granted granted => await StartAsync(stored, step, granted, cancellationToken),
            Admission.Refused refused => new VerifyOutcome.Refused(refused.Problem),
            _ => throw new InvalidOperationException("An admission that nobody has described."),
        };
    }

    private async Task<VerifyOutcome> StartAsync(Stored<RequestRecord> stored, int step, Admission.Granted granted, CancellationToken cancellationToken)
    {
        var used = false;
        try
        {
            var change = await changes.ApplyAsync(
                stored,
                request =>
                {
                    used = Refusal(request) is null && NextOf(request) == step && !request.IsTest;
                    return used ? request with { Prepaid = new PrepaidSend(step, granted.At) } : request;
                },
                cancellationToken);
            var request = change.After.Value;
            if (Refusal(request, step) is { } refusal)
            {
                await guard.ReleaseAsync(request, granted.At, call: true, cancellationToken);
                return new VerifyOutcome.Refused(refusal);
            }

            await queue.SendAsync(request.Id, step, StepCause.Asked, TimeSpan.Zero, cancellationToken);
            if (!used)
            {
                await guard.ReleaseAsync(request, granted.At, call: false, cancellationToken);
            }

            return new VerifyOutcome.Accepted(request with { CurrentStep = step }, nextSteps.After(request, step));
        }
        catch (StorageUnavailableException)
        {
            await guard.ReleaseAsync(stored.Value, granted.At, call: true, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Ended, or without a further step; a step that started by itself meanwhile is what was asked for.</summary>
    private Problem? Refusal(RequestRecord request, int? asked = null) =>
        Standing.RefusalOfChange(Standing.At(request, time.GetUtcNow()))
        ?? (asked ?? NextOf(request)) switch
        {
            var step when step >= request.Steps.Count => Problem.Invalid("workflow", "has no further step"),
            _ => null,
        };

    private static int NextOf(RequestRecord request) => Math.Max(request.CurrentStep, 0) + 1;
}
