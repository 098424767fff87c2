using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Limits;

/// <summary>A send that was counted against a number's limits.</summary>
/// <param name="At">When it was counted, in unix milliseconds, which also identifies it.</param>
/// <param name="NextAllowedAt">When verify or next may be called again for the number, in unix milliseconds.</param>
/// <param name="WrongLimit">How many wrong codes a new verification may take; 0 for anything else.</param>
/// <param name="Observed">The limit of messages that it is beyond, where that is observed and not enforced.</param>
/// <param name="WasCountedBefore">
/// Whether an earlier call with the same idempotency key counted it, which may still be under way: this call does not release it.
/// </param>
public sealed record CountedSend(
    long At, long NextAllowedAt, int WrongLimit = 0, FraudFinding? Observed = null, bool WasCountedBefore = false)
{
    /// <summary>The request with the limit that it is beyond among its findings.</summary>
    public RequestRecord NoteOn(RequestRecord request) =>
        Observed is null ? request : request with { Fraud = [.. request.Fraud ?? [], Observed] };
}

/// <summary>The guard's answer to a new verification.</summary>
public abstract record VerifyAdmission
{
    private VerifyAdmission() { }

    public sealed record Granted(CountedSend Send) : VerifyAdmission;

    public sealed record Refused(Problem Problem) : VerifyAdmission;

    /// <summary>An earlier verification of the number is live: it has to be ended before the guard is asked again.</summary>
    /// <param name="Read">What was read of the number, so that it need not be read again.</param>
    public sealed record EndFirst(RequestId Live, Current<GuardState> Read) : VerifyAdmission;
}

/// <summary>The verification that a newer one has ended, so that nothing of it changes any more.</summary>
/// <param name="Ended">The guard's answer that named it.</param>
/// <param name="UnusedSends">The sends that were counted for it, or for one that was ended before it, and never placed.</param>
public sealed record Predecessor(VerifyAdmission.EndFirst Ended, int WrongCodes, IReadOnlyList<long> UnusedSends);

/// <summary>
/// The limits of one number within an account, rules 2 and 3 and the fraud guard's limit of messages: wrong codes, cool-down, send budget,
/// messages, and which verification is live. People whom the account knows (<c>trusted</c>) have windows of their own in the same row, so
/// that strangers cannot use them up. One row a number, changed under its ETag, so that no two callers spend the same allowance.
/// </summary>
public sealed class NumberGuard(
    [FromKeyedServices(TableNames.Guard)] ITable table, ServiceKey key, AccountDirectory accounts, FraudLists lists,
    FraudDecisions decisions, IOptions<GuardOptions> options, IOptions<FraudOptions> fraud, TimeProvider time)
{
    private const string Purpose = "guard";

    private static readonly RowFormat<GuardState> Format = RowFormat.Json(GuardJson.Default.GuardState, "State");

    /// <summary>Reads what is remembered of a request's number, for <see cref="AdmitVerifyAsync"/>.</summary>
    public Task<Current<GuardState>> ReadAsync(RequestRecord request, CancellationToken cancellationToken) =>
        table.ReadAsync(Format, KeysOf(request.Account, request.Number), cancellationToken);

    /// <summary>
    /// Admits a new verification: looks at every limit, counts the first send and makes the new request the live one. Where another one is
    /// live it asks for that to be ended first: the caller does so and asks again, which costs no second look at the number.
    /// </summary>
    /// <param name="newcomer">The new request's account, number and id; a test number is held to no limit.</param>
    /// <param name="predecessor">The verification that was ended for this one; null the first time.</param>
    /// <param name="known">What was read of the number just before.</param>
    public async Task<VerifyAdmission> AdmitVerifyAsync(
        RequestRecord newcomer, Predecessor? predecessor, Current<GuardState> known, CancellationToken cancellationToken)
    {
        var (read, admission) = await ChangeAsync(
            newcomer, predecessor?.Ended.Read ?? known, state => AdmitVerify(state, newcomer, predecessor), cancellationToken);
        return admission is VerifyAdmission.EndFirst first ? first with { Read = read } : admission;
    }

    private (GuardState? Next, VerifyAdmission Admission) AdmitVerify(GuardState state, RequestRecord newcomer, Predecessor? predecessor)
    {
        var now = Now();
        if (predecessor is not null)
        {
            // It has ended, whatever becomes of the newcomer: nobody else will take back what it did not send.
            state = newcomer.IsTest ? state : GuardRules.SetWrong(state, predecessor.Ended.Live.Text, predecessor.WrongCodes, now);
            state = predecessor.UnusedSends.Aggregate(state, GuardRules.RemoveSend);
        }

        var settled = predecessor is null ? null : state;
        if (state.Live == newcomer.Id.Text && (newcomer.IsTest || state.LastCall != 0))
        {
            // Admitted before by a call that died, and is now repeated with its idempotency key.
            var before = Granted(newcomer, state, newcomer.IsTest ? now : state.LastCall, now);
            return (settled, before with { Send = before.Send with { WasCountedBefore = true } });
        }

        if (!newcomer.IsTest && (GuardRules.CheckWrongCodes(state, now, options.Value) ?? CheckCall(state, now)) is { } refusal)
        {
            return (settled, new VerifyAdmission.Refused(refusal));
        }

        if (Live(state, now) is { } live && live != predecessor?.Ended.Live)
        {
            return (null, new VerifyAdmission.EndFirst(live, default));
        }

        var after = newcomer.IsTest ? state : GuardRules.AddSend(state with { LastCall = now }, now);
        return (after with { Live = newcomer.Id.Text }, Granted(newcomer, after, now, now));
    }

    /// <summary>Admits one more send: the next step on demand (which also meets the cool-down), an automatic step, or a call.</summary>
    public async Task<Result<CountedSend>> AdmitSendAsync(RequestRecord request, bool coolDown, CancellationToken cancellationToken)
    {
        if (request.IsTest)
        {
            return new CountedSend(Now(), Now());
        }

        return (await ChangeAsync(request, null, state => AdmitSend(state, coolDown), cancellationToken)).Decision;
    }

    private (GuardState? Next, Result<CountedSend> Admission) AdmitSend(GuardState state, bool coolDown)
    {
        var now = Now();
        var refusal = coolDown ? CheckCall(state, now) : GuardRules.CheckSends(state, now, options.Value);
        if (refusal is not null)
        {
            return (null, refusal);
        }

        var after = GuardRules.AddSend(coolDown ? state with { LastCall = now } : state, now);
        return (after, new CountedSend(now, GuardRules.NextAllowedAt(after, now, options.Value)));
    }

    /// <summary>Admits one more message, spoken text or look-up to the number, as far as the account's policy limits them.</summary>
    public async Task<Result<CountedSend>> AdmitMessageAsync(RequestRecord request, CancellationToken cancellationToken)
    {
        var (counted, found) = await CountMessageAsync(request, isStep: false, cancellationToken);
        return counted is not null ? counted : Problem.NumberBlocked(found!);
    }

    /// <summary>The same; where the limit is reached, what was found, and no send where that is enforced.</summary>
    /// <param name="isStep">Whether it is a step of an accepted request, which is skipped and not refused.</param>
    public async Task<(CountedSend? Counted, FraudFinding? Found)> CountMessageAsync(
        RequestRecord request, bool isStep, CancellationToken cancellationToken)
    {
        var policy = (await accounts.FindAsync(request.Account, cancellationToken))?.Fraud ?? FraudPolicy.Default;
        var limits = fraud.Value.MessageLimits(policy);
        if (request.IsTest || limits.Mode == FraudMode.Off || await lists.AllowsAsync(request, cancellationToken))
        {
            return (new CountedSend(Now(), Now()), null);
        }

        var (_, (counted, found)) = await ChangeAsync(request, null, state => AdmitMessage(state, limits), cancellationToken);
        if (found is not null)
        {
            decisions.Note(request, found with { About = request.Number.ToString() }, isRefused: counted is null && !isStep);
        }

        return (counted, found);
    }

    private (GuardState? Next, (CountedSend? Counted, FraudFinding? Found) Decision) AdmitMessage(GuardState state, MessageLimits limits)
    {
        var now = Now();
        var finding = GuardRules.CheckMessages(state, now, limits);
        return finding is { Mode: FraudMode.Enforce }
            ? (null, (null, finding))
            : (GuardRules.AddMessage(state, now), (new CountedSend(now, now, Observed: finding), finding));
    }

    /// <summary>Remembers how many wrong codes a request has taken so far.</summary>
    public Task RecordWrongAsync(RequestRecord request, CancellationToken cancellationToken) => ChangeAsync(
        request, state => GuardRules.SetWrong(state, request.Id.Text, request.Verification!.WrongCodes, Now()), cancellationToken);

    /// <summary>Takes back a send that was counted and not placed; with <paramref name="call"/> the cool-down of that moment too.</summary>
    public Task ReleaseAsync(RequestRecord request, long at, bool call, CancellationToken cancellationToken) => ChangeAsync(
        request,
        state => request.CountsMessages
            ? GuardRules.RemoveMessage(state, at)
            : GuardRules.RemoveSend(call ? WithoutCall(state, at) : state, at),
        cancellationToken);

    /// <summary>Takes back the cool-down of a call at that moment, which has to be repeated.</summary>
    public Task ReleaseCallAsync(RequestRecord request, long at, CancellationToken cancellationToken) =>
        ChangeAsync(request, state => WithoutCall(state, at), cancellationToken);

    private static GuardState WithoutCall(GuardState state, long at) => state.LastCall == at ? state with { LastCall = 0 } : state;

    /// <summary>Deletes what is remembered of a number, if no window reaches it and no verification is live.</summary>
    public async Task ForgetIfIdleAsync(RequestRecord request, CancellationToken cancellationToken)
    {
        var keys = KeysOf(request.Account, request.Number);
        if ((await table.ReadAsync(Format, keys, cancellationToken)).Stored is { } stored && IsIdle(stored.Value))
        {
            await table.DeleteAsync(keys[0], stored.ETag, cancellationToken);
        }
    }

    /// <summary>
    /// Has what is remembered of a number deleted once its windows are over, for nothing leads to it any more: at most a day later, so that
    /// erasing a number buys no guesses and no sends.
    /// </summary>
    public async Task ForgetLaterAsync(string account, PhoneNumber number, CancellationToken cancellationToken)
    {
        foreach (var hash in HashesOf(account, number))
        {
            var at = TableKeys.ForgottenGuard(time.GetUtcNow() + GuardRules.Longest, hash);
            await table.InsertAsync(Format.ToRow(at, new GuardState()), cancellationToken);
        }
    }

    /// <summary>Deletes those whose time has come. One that has been used since is left to the requests that used it.</summary>
    public async Task ForgetDueAsync(CancellationToken cancellationToken)
    {
        const int Most = 1_000;
        var rows = await table.QueryAfterAsync(TableKeys.ForgottenGuards, null, Most, cancellationToken);
        foreach (var (at, row)
            in rows.Select(row => (TableKeys.ForgottenGuard(row.RowKey), row)).Where(one => one.Item1.At <= time.GetUtcNow()))
        {
            var guard = TableKeys.Guard(at.Hash);
            if (await table.ReadAsync(Format, guard, cancellationToken) is { } remembered && IsIdle(remembered.Value))
            {
                await table.DeleteAsync(guard, remembered.ETag, cancellationToken);
            }

            await table.DeleteAsync(row.Key, null, cancellationToken);
        }
    }

    private bool IsIdle(GuardState stored) => IsIdle(Trimmed(stored), Now());

    private bool IsIdle(GuardState state, long now) =>
        state.Sends.IsEmpty
        && state.Messages.IsEmpty
        && state.Wrong.IsEmpty
        && Live(state, now) is null
        && GuardRules.CheckCoolDown(state, now, options.Value) is null
        && (state.Trusted is null || IsIdle(state.Trusted, now));

    private Task ChangeAsync(RequestRecord request, Func<GuardState, GuardState> change, CancellationToken cancellationToken) =>
        request.IsTest ? Task.CompletedTask : ChangeAsync<int>(request, null, state => (change(state), 0), cancellationToken);

    /// <summary>Changes the windows that count for the request: those of people whom the account knows, or those of strangers.</summary>
    private Task<(Current<GuardState> Now, T Decision)> ChangeAsync<T>(
        RequestRecord request, Current<GuardState>? known, Func<GuardState, (GuardState? Next, T Decision)> change,
        CancellationToken cancellationToken)
    {
        return table.UpdateAsync(Format, KeysOf(request.Account, request.Number), known, Change, cancellationToken);

        (GuardState? Next, T Decision) Change(GuardState? stored)
        {
            var all = Trimmed(stored);
            if (!request.IsTrusted)
            {
                return change(all);
            }

            var (trusted, decision) = change(all.Trusted ?? new GuardState());
            return (trusted is null ? null : all with { Trusted = trusted }, decision);
        }
    }

    private Problem? CheckCall(GuardState state, long now) =>
        GuardRules.CheckCoolDown(state, now, options.Value) ?? GuardRules.CheckSends(state, now, options.Value);

    private VerifyAdmission.Granted Granted(RequestRecord newcomer, GuardState after, long at, long now) => new(
        new CountedSend(at, newcomer.IsTest ? now : GuardRules.NextAllowedAt(after, now, options.Value), WrongLimit(newcomer, after)));

    private int WrongLimit(RequestRecord newcomer, GuardState state) => newcomer.IsTest
        ? options.Value.WrongCodesPerRequest
        : Math.Min(options.Value.WrongCodesPerRequest, options.Value.WrongCodesPerDay - GuardRules.WrongCount(state));

    /// <summary>The verification started last, unless its life is over anyway.</summary>
    private static RequestId? Live(GuardState state, long now) =>
        RequestId.TryParse(state.Live, null, out var id) && id.DueAt.ToUnixTimeMilliseconds() > now ? id : null;

    private GuardState Trimmed(GuardState? stored) => GuardRules.Trim(stored ?? new GuardState(), Now());

    /// <summary>Where a number's row is, and where it may be as yet: under an earlier service key.</summary>
    private TableKey[] KeysOf(string account, PhoneNumber number) => [.. HashesOf(account, number).Select(TableKeys.Guard)];

    private string[] HashesOf(string account, PhoneNumber number) => key.Hashes(Purpose, account, number.E164);

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
