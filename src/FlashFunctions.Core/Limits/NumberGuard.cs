using System.Text.Json;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Limits;

/// <summary>A send that was counted against a number's limits.</summary>
/// <param name="At">When it was counted, in unix milliseconds, which also identifies it.</param>
/// <param name="NextAllowedAt">When verify or next may be called again for the number, in unix milliseconds.</param>
/// <param name="WrongLimit">How many wrong codes a new verification may take; 0 for anything else.</param>
public sealed record CountedSend(long At, long NextAllowedAt, int WrongLimit = 0);

/// <summary>The guard's answer to a new verification.</summary>
public abstract record VerifyAdmission
{
    private VerifyAdmission()
    {
    }

    public sealed record Granted(CountedSend Send) : VerifyAdmission;

    public sealed record Refused(Problem Problem) : VerifyAdmission;

    /// <summary>An earlier verification of the number is live: it has to be ended before the guard is asked again.</summary>
    /// <param name="Live">The earlier verification.</param>
    /// <param name="Row">What was read of the number, so that it need not be read again.</param>
    public sealed record EndFirst(RequestId Live, GuardRow Row) : VerifyAdmission;
}

/// <summary>What is remembered of a number, and the version of its row; null where there is no row yet.</summary>
public sealed record GuardRow(GuardState State, string? ETag);

/// <summary>The verification that a newer one has ended, so that nothing of it changes any more.</summary>
/// <param name="Ended">The guard's answer that named it.</param>
/// <param name="WrongCodes">Its wrong codes.</param>
/// <param name="UnusedSends">The sends that were counted for it, or for one that was ended before it, and never placed.</param>
public sealed record Predecessor(VerifyAdmission.EndFirst Ended, int WrongCodes, IReadOnlyList<long> UnusedSends);

/// <summary>
/// The limits of one number within an account, rules 2 and 3: wrong codes, cool-down, send budget, and which verification is
/// live. One row a number, changed under its ETag, so that no two callers spend the same allowance.
/// </summary>
public sealed class NumberGuard(
    [FromKeyedServices(TableNames.Guard)] ITable table, ServiceKey key, IOptions<GuardOptions> options, TimeProvider time)
{
    private const int MaxTries = 30;
    private const string Purpose = "guard";
    private const string State = "State";

    /// <summary>
    /// Admits a new verification: looks at every limit, counts the first send and makes the new request the live one. Where another one is live it
    /// asks for that to be ended first: the caller does so and asks again, which costs no second look at the number.
    /// </summary>
    /// <param name="newcomer">The new request's account, number and id; a test number is held to no limit.</param>
    /// <param name="predecessor">The verification that was ended for this one; null the first time.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    public async Task<VerifyAdmission> AdmitVerifyAsync(RequestRecord newcomer, Predecessor? predecessor, CancellationToken cancellationToken)
    {
        var known = predecessor?.Ended.Row;
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            var now = Now();
            var (state, etag) = known ?? await ReadAsync(newcomer.Account, newcomer.Number, cancellationToken);
            known = null;
            if (state.Live == newcomer.Id.Text && (newcomer.IsTest || state.LastCall != 0))
            {
                // Admitted before: the call that was has died since, and is repeated with its idempotency key.
                return Granted(newcomer, state, newcomer.IsTest ? now : state.LastCall, now);
            }

            if (!newcomer.IsTest && Check(state, now, coolDown: true) is { } refusal)
            {
                return new VerifyAdmission.Refused(refusal);
            }

            if (Live(state, now) is { } live && live != predecessor?.Ended.Live)
            {
                return new VerifyAdmission.EndFirst(live, new GuardRow(state, etag));
            }

            if (predecessor is not null)
            {
                state = newcomer.IsTest ? state : GuardRules.SetWrong(state, predecessor.Ended.Live.Text, predecessor.WrongCodes, now);
                state = predecessor.UnusedSends.Aggregate(state, GuardRules.RemoveSend);
                if (GuardRules.CheckWrongCodes(state, now, options.Value) is { } usedUp)
                {
                    return new VerifyAdmission.Refused(usedUp);
                }
            }

            var after = newcomer.IsTest ? state : GuardRules.AddSend(state with { LastCall = now }, now);
            if (await WriteAsync(newcomer, after with { Live = newcomer.Id.Text }, etag, cancellationToken))
            {
                return Granted(newcomer, after, now, now);
            }
        }

        throw new StorageUnavailableException("The guard of a number stayed contended.");
    }

    /// <summary>Admits one more send: the next step on demand (which also meets the cool-down), an automatic step, or a call.</summary>
    public async Task<Result<CountedSend>> AdmitSendAsync(RequestRecord request, bool coolDown, CancellationToken cancellationToken)
    {
        if (request.IsTest)
        {
            return new CountedSend(Now(), Now());
        }

        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            var now = Now();
            var (state, etag) = await ReadAsync(request.Account, request.Number, cancellationToken);
            var refusal = coolDown ? Check(state, now, coolDown, wrongCodes: false) : GuardRules.CheckSends(state, now, options.Value);
            if (refusal is not null)
            {
                return refusal;
            }

            var after = GuardRules.AddSend(coolDown ? state with { LastCall = now } : state, now);
            if (await WriteAsync(request, after, etag, cancellationToken))
            {
                return new CountedSend(now, GuardRules.NextAllowedAt(after, now, options.Value));
            }
        }

        throw new StorageUnavailableException("The guard of a number stayed contended.");
    }

    /// <summary>Remembers how many wrong codes a request has taken so far.</summary>
    public Task RecordWrongAsync(RequestRecord request, CancellationToken cancellationToken) =>
        request.IsTest
            ? Task.CompletedTask
            : ChangeAsync(request, state => GuardRules.SetWrong(state, request.Id.Text, request.Verification!.WrongCodes, Now()), cancellationToken);

    /// <summary>Takes back a send that was counted and not placed; with <paramref name="call"/> the cool-down of that moment too.</summary>
    public Task ReleaseAsync(RequestRecord request, long at, bool call, CancellationToken cancellationToken) =>
        request.IsTest
            ? Task.CompletedTask
            : ChangeAsync(
                request,
                state => GuardRules.RemoveSend(call && state.LastCall == at ? state with { LastCall = 0 } : state, at),
                cancellationToken);

    /// <summary>Takes back the cool-down of a call at that moment, which has to be repeated.</summary>
    public Task ReleaseCallAsync(RequestRecord request, long at, CancellationToken cancellationToken) => request.IsTest
        ? Task.CompletedTask
        : ChangeAsync(request, state => state.LastCall == at ? state with { LastCall = 0 } : state, cancellationToken);

    /// <summary>Deletes what is remembered of a number, if no window reaches it and no verification is live.</summary>
    public async Task ForgetIfIdleAsync(RequestRecord request, CancellationToken cancellationToken)
    {
        var (state, etag) = await ReadAsync(request.Account, request.Number, cancellationToken);
        if (etag is not null && IsIdle(state, Now()))
        {
            var at = TableKeys.Guard(Hash(request.Account, request.Number));
            await table.DeleteAsync(at, etag, cancellationToken);
        }
    }

    /// <summary>
    /// Has what is remembered of a number deleted once its windows are over, for nothing leads to it any more: at most a day later, so that erasing a
    /// number buys no guesses and no sends.
    /// </summary>
    public async Task ForgetLaterAsync(string account, PhoneNumber number, CancellationToken cancellationToken)
    {
        foreach (var hash in key.PreviousHashes(Purpose, account, number.E164).Prepend(Hash(account, number)))
        {
            await table.InsertAsync(Row(TableKeys.ForgottenGuard(time.GetUtcNow() + GuardRules.Longest, hash), new GuardState(), null), cancellationToken);
        }
    }

    /// <summary>Deletes those whose time has come. One that has been used since is left to the requests that used it.</summary>
    public async Task ForgetDueAsync(CancellationToken cancellationToken)
    {
        const int Most = 1_000;
        var page = await table.QueryAsync(TableKeys.ForgottenGuards, null, Most, cancellationToken);
        foreach (var (at, row) in page.Rows.Select(row => (TableKeys.ForgottenGuard(row.RowKey), row)).Where(one => one.Item1.At <= time.GetUtcNow()))
        {
            var guard = TableKeys.Guard(at.Hash);
            if (await table.ReadAsync(guard, cancellationToken) is { } remembered && IsIdle(StateOf(remembered), Now()))
            {
                await table.DeleteAsync(guard, remembered.ETag, cancellationToken);
            }

            await table.DeleteAsync(row.Key, null, cancellationToken);
        }
    }

    private bool IsIdle(GuardState state, long now) =>
        state.Sends.IsEmpty && state.Wrong.IsEmpty && Live(state, now) is null && GuardRules.CheckCoolDown(state, now, options.Value) is null;

    private async Task ChangeAsync(RequestRecord request, Func<GuardState, GuardState> change, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            var (state, etag) = await ReadAsync(request.Account, request.Number, cancellationToken);
            if (await WriteAsync(request, change(state), etag, cancellationToken))
            {
                return;
            }
        }

        throw new StorageUnavailableException("The guard of a number stayed contended.");
    }

    private Problem? Check(GuardState state, long now, bool coolDown, bool wrongCodes = true) =>
        (wrongCodes ? GuardRules.CheckWrongCodes(state, now, options.Value) : null)
        ?? (coolDown ? GuardRules.CheckCoolDown(state, now, options.Value) : null)
        ?? GuardRules.CheckSends(state, now, options.Value);

    private VerifyAdmission.Granted Granted(RequestRecord newcomer, GuardState after, long at, long now) => new(
        new CountedSend(at, newcomer.IsTest ? now : GuardRules.NextAllowedAt(after, now, options.Value), WrongLimit(newcomer, after)));

    private int WrongLimit(RequestRecord newcomer, GuardState state) => newcomer.IsTest
        ? options.Value.WrongCodesPerRequest
        : Math.Min(options.Value.WrongCodesPerRequest, options.Value.WrongCodesPerDay - GuardRules.WrongCount(state));

    /// <summary>The verification started last, unless its life is over anyway.</summary>
    private static RequestId? Live(GuardState state, long now) =>
        RequestId.TryParse(state.Live, null, out var id) && id.DueAt.ToUnixTimeMilliseconds() > now ? id : null;

    private async Task<GuardRow> ReadAsync(string account, PhoneNumber number, CancellationToken cancellationToken)
    {
        var at = TableKeys.Guard(Hash(account, number));
        var row = await table.ReadAsync(at, cancellationToken);

        // What was remembered under a key before counts until it is written under this one.
        var known = row ?? await table.ReadFirstAsync(key.PreviousHashes(Purpose, account, number.E164).Select(TableKeys.Guard), cancellationToken);
        return new GuardRow(known is null ? GuardRules.Trim(new GuardState(), Now()) : StateOf(known), row?.ETag);
    }

    private GuardState StateOf(Row row) => GuardRules.Trim(JsonSerializer.Deserialize(row.Text(State)!, GuardJson.Default.GuardState)!, Now());

    private async Task<bool> WriteAsync(RequestRecord request, GuardState state, string? etag, CancellationToken cancellationToken)
    {
        var row = Row(TableKeys.Guard(Hash(request.Account, request.Number)), state, etag);
        var written = etag is null ? await table.InsertAsync(row, cancellationToken) : await table.ReplaceAsync(row, cancellationToken);
        return written is not null;
    }

    private static Row Row(TableKey at, GuardState state, string? etag)
    {
        var json = JsonSerializer.Serialize(state, GuardJson.Default.GuardState);
        return new Row(at, new Dictionary<string, object?>(StringComparer.Ordinal) { [State] = json }, etag);
    }

    private string Hash(string account, PhoneNumber number) => key.Hash(Purpose, account, number.E164);

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
