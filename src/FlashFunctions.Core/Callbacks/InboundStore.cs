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
    private const int AtOnce = 8;
    private const string State = "State";
    private const string Erased = "Erased";
    private const string Purpose = "inbound sms";

    private static readonly RowFormat<InboundMessage> Json = RowFormat.Json(InboundJson.Default.InboundMessage);

    private static readonly RowFormat<InboundMessage> Format = new(
        message => Json.Columns(message).Append((State, IsErased(message) ? Erased : message.Delivery.State.ToString())), Json.Read);

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
            return (Format.Read(row), false);
        }

        var at = TableKeys.InboundMessage(today, hash);
        var message = new InboundMessage { Key = TableKeys.IdOf(at), Sms = sms, ReceivedAt = now };
        if (await table.InsertAsync(Format.ToRow(at, message), cancellationToken) is not null)
        {
            return (message, true);
        }

        return await table.ReadAsync(at, cancellationToken) is { } earlier
            ? (Format.Read(earlier), false)
            : throw new StorageUnavailableException("A message went away while it was stored.");
    }

    /// <summary>Reads a message by its key.</summary>
    public async Task<Stored<InboundMessage>?> ReadAsync(string message, CancellationToken cancellationToken) =>
        TableKeys.InboundMessage(message) is { } at ? await ReadAsync(at, cancellationToken) : null;

    /// <summary>Saves a changed message if nobody else has since. Null when the race is lost.</summary>
    public Task<string?> ReplaceAsync(InboundMessage message, string etag, CancellationToken cancellationToken) =>
        table.ReplaceAsync(Format.ToRow(TableKeys.InboundMessage(message.Key)!.Value, message, etag), cancellationToken);

    /// <summary>
    /// Takes out of a message who sent it, to which number, and what it says; what is left is that its id came, so that a repetition is no new message.
    /// False where there is none.
    /// </summary>
    public async Task<bool> EraseAsync(string message, CancellationToken cancellationToken)
    {
        if (TableKeys.InboundMessage(message) is not { } at)
        {
            return false;
        }

        var (_, isErased) = await table.UpdateAsync(
            Format, at, current => current is null || IsErased(current) ? (current, false) : (WithoutContent(current), true), cancellationToken);
        return isErased;
    }

    private static InboundMessage WithoutContent(InboundMessage message) => message with
    {
        Sms = new InboundSms("", "", "", "", null, null),
        Delivery = DeliveryLife.GivenUp(message.Delivery, "It was erased."),
    };

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
                    page.Rows.Select(Format.Read).Where(message => message.Sender is not null),
                    new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                    async (message, token) => await index.EraseMessageAsync(message.Sender!, message.ReceivedAt, message.Key, token));
                await table.DeleteBatchAsync(partition, [.. page.Rows.Select(row => row.RowKey)], cancellationToken);
            }
        }
        while (page.Rows.Count == PageSize);
    }

    private async Task<Stored<InboundMessage>?> ReadAsync(TableKey at, CancellationToken cancellationToken) =>
        await table.ReadAsync(Format, at, cancellationToken) is { } stored && !IsErased(stored.Value) ? stored : null;

    private static bool IsErased(InboundMessage message) => message.Sms.MessageId.Length == 0;
}
