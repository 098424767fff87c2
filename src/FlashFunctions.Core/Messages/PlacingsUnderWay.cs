using System.Collections.Concurrent;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Workflows;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Messages;

/// <summary>
/// The flash calls that are being placed. Each goes on to its end, so that a late answer is saved, though its caller has been answered or is gone;
/// the host waits for them when it stops.
/// </summary>
public sealed partial class PlacingsUnderWay(StepDispatcher dispatcher, ILogger<PlacingsUnderWay> logger) : IHostedService
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
