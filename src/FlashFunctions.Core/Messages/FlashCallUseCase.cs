using System.Collections.Concurrent;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Workflows;
using Microsoft.Extensions.Hosting;

namespace FlashFunctions.Core.Messages;

/// <summary>The answer to a flash call.</summary>
/// <param name="From">The number that rings; null where the provider did not say it, or not yet.</param>
public sealed record FlashCallAnswer(RequestRecord Request, string? From);

/// <summary>
/// POST /v1/calls/flash: one call whose code the backend checks itself. It is placed before it is answered, because the
/// answer names the number that rings: claimed and placed by the same code as any step, with the queued job as a safety net.
/// </summary>
public sealed partial class FlashCallUseCase(
    FlashCallInput input, RequestAcceptor acceptor, RequestStore store, FlashCallsUnderWay calls, TimeProvider time,
    ILogger<FlashCallUseCase> logger)
{
    /// <summary>The longest that a caller waits for the number that rings; a provider is waited for longer.</summary>
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    public async Task<Result<FlashCallAnswer>> RunAsync(Account account, Fields fields, CancellationToken cancellationToken)
    {
        if (!(await input.ReadAsync(account, fields, cancellationToken)).TryGet(out var asked, out var problem)
            || !(await acceptor.AcceptAsync(asked, cancellationToken)).TryGet(out var accepted, out problem))
        {
            return problem;
        }

        return accepted.IsRepeat
            ? await RepeatAsync(accepted.Stored, cancellationToken)
            : await StartAsync(accepted.Stored, cancellationToken);
    }

    /// <summary>It is stored and queued, so that a store that fails from here on leaves it to the job.</summary>
    private async Task<Result<FlashCallAnswer>> StartAsync(Stored<RequestRecord> stored, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(LongestAnswer, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return Answer((await calls.Start(stored).WaitAsync(either.Token)).Value);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Log.AnsweredBefore(logger, stored.Value.Id);
            return new FlashCallAnswer(stored.Value, From: null);
        }
        catch (StorageUnavailableException)
        {
            return new FlashCallAnswer(stored.Value, From: null);
        }
    }

    private static Result<FlashCallAnswer> Answer(RequestRecord request)
    {
        if (request.AnythingPlaced)
        {
            return new FlashCallAnswer(request, request.Attempts[^1].Caller);
        }

        // While it waits for the provider's rate, its job comes back.
        return request.EndedAt is null ? new FlashCallAnswer(request, From: null)
            : request.Status == TransportStatus.Rejected ? Problem.InvalidNumber("number", "was refused by the provider")
            : Problem.Unavailable(TimeSpan.FromSeconds(10));
    }

    /// <summary>
    /// The answer of the call that this one repeats: waits while that is being processed, and places the flash call where it died first.
    /// </summary>
    private async Task<Result<FlashCallAnswer>> RepeatAsync(Stored<RequestRecord> stored, CancellationToken cancellationToken)
    {
        while (IsBeingPlaced(stored.Value) && time.GetUtcNow() < stored.Value.CreatedAt + IdempotencyKeys.FirstTry)
        {
            await Task.Delay(Poll, time, cancellationToken);
            stored = await store.ReadAsync(stored.Value.Id, cancellationToken)
                ?? throw new StorageUnavailableException("A request went away.");
        }

        return stored.Value.Attempts.Count == 0 && stored.Value.IsOpen(time.GetUtcNow())
            ? await StartAsync(stored, cancellationToken)
            : Answer(stored.Value);
    }

    private static bool IsBeingPlaced(RequestRecord request) =>
        request is { EndedAt: null, Waiting: null }
        && request.Attempts is [] or [.., { State: AttemptState.Starting or AttemptState.NotSent }];

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Information, "{RequestId} is still being placed; its caller was answered without the number that rings")]
        public static partial void AnsweredBefore(ILogger logger, RequestId requestId);
    }
}

/// <summary>Reads the parameters of POST /v1/calls/flash.</summary>
public sealed class FlashCallInput(CallInput call, Routing routing, IOptions<VerificationOptions> options)
{
    /// <summary>How many digits a code has that the account did not choose.</summary>
    private const int CodeLength = 4;

    /// <summary>When the job comes up, in case that the call that places the flash call dies.</summary>
    private static readonly TimeSpan JobDelay = TimeSpan.FromSeconds(30);

    /// <summary>The flash call that is asked for, or the problem that names every field that is wrong.</summary>
    public async Task<Result<NewRequest>> ReadAsync(Account account, Fields fields, CancellationToken cancellationToken)
    {
        var called = await call.NumberAsync(fields, cancellationToken);
        var from = fields.CallerDigits("from");
        var code = fields.Code("code");
        if (from is not null && code is not null)
        {
            fields.Wrong("from", "excludes code");
        }
        else if (called.Test is null && !CanCarry(code, from))
        {
            fields.Wrong(code is not null ? "code" : from is not null ? "from" : "number", "cannot be carried by any configured provider");
        }

        if (!call.Finish(account, fields, called, SenderPolicy.Refusal(account, from)).TryGet(out var basics, out var problem))
        {
            return problem;
        }

        var life = TimeSpan.FromSeconds(options.Value.ReportTimeoutSeconds);
        return new NewRequest(basics, Products.FlashCall, [new WorkflowStep(Channel.Call)], life)
        {
            CodeLength = CodeLength,
            NoLeadingZero = true,
            GivenCode = code,
            Content = new MessageContent { From = from },
            JobDelay = JobDelay,
        };
    }

    private bool CanCarry(string? code, string? from)
    {
        var length = code?.Length ?? CodeLength;
        return routing.Able(Channel.Call, length, country: "", anyTail: true).Any(provider =>
            provider.CapabilityFor(Channel.Call, length) is { } capability
            && FlashCallCapability.Fits(capability, code is not null, from is not null)
            && !(capability.NoLeadingZero && code?[0] == '0'));
    }
}

/// <summary>
/// The flash calls that are being placed. Each goes on to its end, so that a late answer is saved although its caller has been answered or
/// is gone; the host waits for them when it stops.
/// </summary>
public sealed partial class FlashCallsUnderWay(StepDispatcher dispatcher, ILogger<FlashCallsUnderWay> logger) : IHostedService
{
    private readonly ConcurrentDictionary<RequestId, Task> _underWay = new();

    /// <summary>Starts to place a flash call that is stored and queued.</summary>
    public Task<Stored<RequestRecord>> Start(Stored<RequestRecord> stored)
    {
        var placing = dispatcher.StartAsync(stored, 0, CancellationToken.None);
        _ = FollowAsync(stored.Value.Id, placing);
        return placing;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(_underWay.Values).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task FollowAsync(RequestId id, Task placing)
    {
        _underWay[id] = placing;
        try
        {
            await placing;
        }
        catch (StorageUnavailableException)
        {
            Log.NotSaved(logger, id);
        }
        finally
        {
            _underWay.TryRemove(id, out _);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The store failed while {RequestId} was being placed; its job goes on with it")]
        public static partial void NotSaved(ILogger logger, RequestId requestId);
    }
}
