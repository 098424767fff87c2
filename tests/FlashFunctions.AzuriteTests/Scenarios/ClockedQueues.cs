using System.Collections.Concurrent;
using FlashFunctions.AzuriteTests.Azurite;
using FlashFunctions.Core.Storage;
using FlashFunctions.LocalHost.Queues;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.AzuriteTests.Scenarios;

/// <summary>
/// Azurite's queues by the clock of a test: a delayed message is kept back until that clock says so and is then sent without delay;
/// a received one is hidden for longer than any test takes, and shown when that clock says so. Every message goes through Azurite.
/// </summary>
internal sealed class ClockedQueues(TimeProvider clock, CallTraffic traffic)
{
    private static readonly TimeSpan LongerThanAnyTest = TimeSpan.FromHours(1);

    private readonly CallTraffic _traffic = traffic;
    private readonly Lock _lock = new();
    private readonly List<Held> _held = [];
    private readonly Dictionary<string, Hidden> _hidden = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _sent = new();
    private readonly ConcurrentDictionary<string, int> _filled = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _emptied = new(StringComparer.Ordinal);

    /// <summary>Every message that was ever sent, gone or not.</summary>
    public IEnumerable<string> Sent => _sent;

    /// <summary>Puts itself before the queues of a service.</summary>
    public void Attach(IServiceCollection services)
    {
        for (var index = 0; index < services.Count; index++)
        {
            var service = services[index];
            if (service.ServiceType == typeof(IWorkQueue))
            {
                services[index] = ServiceDescriptor.KeyedSingleton<IWorkQueue>(
                    service.ServiceKey,
                    (provider, key) => new Sender(this, (IWorkQueue)service.KeyedImplementationFactory!(provider, key), (string)key!));
            }
            else if (service.ServiceType == typeof(IQueueSource))
            {
                services[index] = ServiceDescriptor.Singleton<IQueueSource>(
                    provider => new Source(this, ActivatorUtilities.CreateInstance<AzureQueueSource>(provider)));
            }
        }
    }

    /// <summary>Notes that something may have come into a queue, also where the call that put it there has failed.</summary>
    private async Task FillAsync(string queue, Task filling)
    {
        try
        {
            await filling;
        }
        finally
        {
            _filled.AddOrUpdate(queue, 1, (_, count) => count + 1);
        }
    }

    private void Hold(string queue, Func<CancellationToken, Task> send, TimeSpan delay)
    {
        lock (_lock)
        {
            _held.Add(new Held(queue, send, clock.GetUtcNow() + delay));
        }
    }

    private void Hide(string queue, ReceivedMessage message, TimeSpan visibility)
    {
        lock (_lock)
        {
            _hidden[message.Id] = new Hidden(queue, message, clock.GetUtcNow() + visibility);
        }
    }

    private void Forget(ReceivedMessage message)
    {
        lock (_lock)
        {
            _hidden.Remove(message.Id);
        }
    }

    private Held[] TakeDue(string queue)
    {
        lock (_lock)
        {
            Held[] due =
                [.. _held.Where(held => held.Queue == queue && held.VisibleAt <= clock.GetUtcNow()).OrderBy(held => held.VisibleAt)];
            _held.RemoveAll(due.Contains);
            return due;
        }
    }

    private Hidden[] TakeShown(string queue)
    {
        lock (_lock)
        {
            Hidden[] shown = [.. _hidden.Values.Where(hidden => hidden.Queue == queue && hidden.VisibleAt <= clock.GetUtcNow())];
            Array.ForEach(shown, hidden => _hidden.Remove(hidden.Message.Id));
            return shown;
        }
    }

    private sealed record Held(string Queue, Func<CancellationToken, Task> SendAsync, DateTimeOffset VisibleAt);

    private sealed record Hidden(string Queue, ReceivedMessage Message, DateTimeOffset VisibleAt);

    private sealed class Sender(ClockedQueues queues, IWorkQueue inner, string name) : IWorkQueue
    {
        public Task SendAsync(string message, TimeSpan delay, CancellationToken cancellationToken)
        {
            queues._sent.Enqueue(message);
            if (delay <= TimeSpan.Zero)
            {
                return queues.FillAsync(name, inner.SendAsync(message, TimeSpan.Zero, cancellationToken));
            }

            queues._traffic.NoteHeld(name);
            queues.Hold(name, token => inner.SendAsync(message, TimeSpan.Zero, token), delay);
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<WaitingMessage>> PeekAsync(int max, CancellationToken cancellationToken) =>
            inner.PeekAsync(max, cancellationToken);
    }

    private sealed class Source(ClockedQueues queues, AzureQueueSource inner) : IQueueSource
    {
        public async Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(
            string queue, int max, TimeSpan visibility, CancellationToken cancellationToken)
        {
            foreach (var held in queues.TakeDue(queue))
            {
                using var releasing = CallTraffic.Releasing();
                await queues.FillAsync(queue, held.SendAsync(cancellationToken));
            }

            foreach (var shown in queues.TakeShown(queue))
            {
                await queues.FillAsync(queue, inner.HideAsync(queue, shown.Message, TimeSpan.Zero, cancellationToken));
            }

            // Nobody but this test uses its account, so a queue that was found empty stays so until something is sent.
            var filled = queues._filled.GetValueOrDefault(queue);
            if (queues._emptied.GetValueOrDefault(queue) == filled)
            {
                return [];
            }

            var messages = await inner.ReceiveAsync(queue, max, LongerThanAnyTest, cancellationToken);
            if (messages.Count == 0)
            {
                queues._emptied[queue] = filled;
            }

            foreach (var message in messages)
            {
                queues.Hide(queue, message, visibility);
            }

            return messages;
        }

        public Task<bool> DeleteAsync(string queue, ReceivedMessage message, CancellationToken cancellationToken)
        {
            queues.Forget(message);
            return inner.DeleteAsync(queue, message, cancellationToken);
        }

        public async Task<ReceivedMessage?> HideAsync(
            string queue, ReceivedMessage message, TimeSpan visibility, CancellationToken cancellationToken)
        {
            queues.Forget(message);
            var hiding = inner.HideAsync(queue, message, visibility > TimeSpan.Zero ? LongerThanAnyTest : TimeSpan.Zero, cancellationToken);
            await queues.FillAsync(queue, hiding);
            var after = await hiding;
            if (after is not null && visibility > TimeSpan.Zero)
            {
                queues.Hide(queue, after, visibility);
            }

            return after;
        }

        public Task MoveAsync(string queue, ReceivedMessage message, string poisonQueue, CancellationToken cancellationToken)
        {
            queues.Forget(message);
            return queues.FillAsync(poisonQueue, inner.MoveAsync(queue, message, poisonQueue, cancellationToken));
        }

        public IDisposable? OnMessage(string queue, Action wake) => null;
    }
}
