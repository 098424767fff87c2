using System.Text.Json;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Callbacks;

/// <summary>
/// The table of inbound messages, a partition a day. A provider repeats a message for a day, so one that came today or yesterday is known.
/// </summary>
public sealed class InboundStore(
    [FromKeyedServices(TableNames.InboundMessages)] ITable table, RequestIndex index, ServiceKey key, TimeProvider time)
{
    private const int PageSize = 1_000;
    private const int MaxTries = 20;
    private const int AtOnce = 8;
    private const string State = "State";
    private const string Erased = "Erased";
    private const string Purpose = "inbound sms";

    /// <summary>Stores a message, unless it has come before. Gives what is stored of it, and whether that is new.</summary>
    public async Task<(InboundMessage Message, bool IsNew)> AddAsync(string provider, InboundSms sms, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var hash = key.Hash(Purpose, provider, sms.MessageId);
        TableKey[] known =
        [
            TableKeys.InboundMessage(today.AddDays(-1), hash),
            .. key.PreviousHashes(Purpose, provider, sms.MessageId)
                .SelectMany(previous => new[] { today, today.AddDays(-1) }.Select(day => TableKeys.InboundMessage(day, previous))),
        ];
        if (await table.ReadFirstAsync(known, cancellationToken) is { } row)
        {
            return (FromRow(row), false);
        }

        var at = TableKeys.InboundMessage(today, hash);
        var message = new InboundMessage { Key = TableKeys.IdOf(at), Sms = sms, ReceivedAt = now };
        if (await table.InsertAsync(ToRow(message, null), cancellationToken) is not null)
        {
            return (message, true);
        }

        return await table.ReadAsync(at, cancellationToken) is { } earlier
            ? (FromRow(earlier), false)
            : throw new StorageUnavailableException("A message went away while it was stored.");
    }

    /// <summary>Reads a message by its key.</summary>
    public async Task<Stored<InboundMessage>?> ReadAsync(string message, CancellationToken cancellationToken) =>
        TableKeys.InboundMessage(message) is { } at ? await ReadAsync(at, cancellationToken) : null;

    /// <summary>Saves a changed message if nobody else has since. Null when the race is lost.</summary>
    public Task<string?> ReplaceAsync(InboundMessage message, string etag, CancellationToken cancellationToken) =>
        table.ReplaceAsync(ToRow(message, etag), cancellationToken);

    /// <summary>
    /// Takes out of a message who sent it, to which number, and what it says; what is left is that its id came, so that a repetition is no new message.
    /// False where there is none.
    /// </summary>
    public async Task<bool> EraseAsync(string message, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            if (await ReadAsync(message, cancellationToken) is not { } stored)
            {
                return false;
            }

            var erased = stored.Value with
            {
                Sms = new InboundSms("", "", "", "", null, null),
                Delivery = DeliveryLife.GivenUp(stored.Value.Delivery, "It was erased."),
            };
            if (await ReplaceAsync(erased, stored.ETag, cancellationToken) is not null)
            {
                return true;
            }
        }

        throw new StorageUnavailableException("A message stayed contended.");
    }

    /// <summary>Deletes the messages of a day.</summary>
    public async Task PurgeAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var partition = TableKeys.InboundPartition(day);
        RowPage page;
        do
        {
            page = await table.QueryAsync(partition, null, PageSize, cancellationToken);
            if (page.Rows.Count > 0)
            {
                await Parallel.ForEachAsync(
                    page.Rows.Select(FromRow).Where(message => message.Sender is not null),
                    new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                    async (message, token) => await index.EraseMessageAsync(message.Sender!, message.ReceivedAt, message.Key, token));
                await table.DeleteBatchAsync(partition, [.. page.Rows.Select(row => row.RowKey)], cancellationToken);
            }
        }
        while (page.Rows.Count == PageSize);
    }

    private async Task<Stored<InboundMessage>?> ReadAsync(TableKey at, CancellationToken cancellationToken) =>
        await table.ReadAsync(at, cancellationToken) is { } row && row.Text(State) != Erased
            ? new Stored<InboundMessage>(FromRow(row), row.ETag!)
            : null;

    private static InboundMessage FromRow(Row row) => JsonSerializer.Deserialize(Document.Read(row), InboundJson.Default.InboundMessage)!;

    private static Row ToRow(InboundMessage message, string? etag)
    {
        var properties = new Dictionary<string, object?>(StringComparer.Ordinal) { [State] = IsErased(message) ? Erased : message.Delivery.State.ToString() };
        Document.Write(properties, message, InboundJson.Default.InboundMessage);
        var at = TableKeys.InboundMessage(message.Key)!.Value;
        return new Row(at, properties, etag);
    }

    private static bool IsErased(InboundMessage message) => message.Sms.MessageId.Length == 0;
}
