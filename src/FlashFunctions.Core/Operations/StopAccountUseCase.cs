using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Messages;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Workflows;

namespace FlashFunctions.Core.Operations;

/// <summary>How many requests of an account were ended.</summary>
public sealed record Stopped(string Account, int Verifications, int Calls, int Messages);

/// <summary>
/// POST /manage/accounts/{id}/stop: ends every open request of an account. From the first write on nothing is sent any more for what was
/// asked for before, at most a minute late on other instances. Then each is ended, found through the index: in the hours in which something
/// that is still open can have been made. Repeating it goes on where it was interrupted.
/// </summary>
public sealed class StopAccountUseCase(
    AccountStore accounts, AccountDirectory directory, RequestIndex index, RequestChanges changes, IOptions<VerificationOptions> options,
    TimeProvider time)
{
    private const int HoursAtOnce = 8;
    private const int RequestsAtOnce = 32;
    private const string Calls = "calls.";

    public async Task<Result<Stopped>> RunAsync(string id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await accounts.UpdateAsync(id, account => account with { StoppedAt = now }, cancellationToken);
        directory.ForgetAccount(id);
        if (await directory.FindAsync(id, cancellationToken) is null)
        {
            return Problem.AccountNotFound;
        }

        var (verifications, calls, messages) = (0, 0, 0);
        await Parallel.ForEachAsync(Hours(now), AtOnce(HoursAtOnce, cancellationToken), async (hour, token) =>
            await Parallel.ForEachAsync(index.OfAccountAsync(id, hour, token), AtOnce(RequestsAtOnce, token), async (entry, each) =>
            {
                if (entry.Request.DueAt <= now || entry.CreatedAt > now || await EndAsync(entry.Request, now, each) is not { } ended)
                {
                    return;
                }

                if (ended.Verification is not null)
                {
                    Interlocked.Increment(ref verifications);
                }
                else if (ended.Product.StartsWith(Calls, StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref calls);
                }
                else
                {
                    Interlocked.Increment(ref messages);
                }
            }));
        return new Stopped(id, verifications, calls, messages);
    }

    /// <summary>Ends a request if it is open; null where it was not.</summary>
    private async Task<RequestRecord?> EndAsync(RequestId id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var change = await changes.UpdateAsync(
            id, request => RequestLife.Stop(request, SendPermission.StoppedByOperator, now), cancellationToken);
        return change is { Changed: true } ? change.After.Value : null;
    }

    /// <summary>The hours in which something that is open now can have been made, the latest first.</summary>
    private IEnumerable<DateTimeOffset> Hours(DateTimeOffset now)
    {
        var reach = (int)Math.Ceiling((FlowInput.LongestWait + TimeSpan.FromSeconds(options.Value.ReportTimeoutSeconds)).TotalHours) + 1;
        return Enumerable.Range(0, reach + 1).Select(back => now.AddHours(-back));
    }

    private static ParallelOptions AtOnce(int most, CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = most, CancellationToken = cancellationToken };
}
