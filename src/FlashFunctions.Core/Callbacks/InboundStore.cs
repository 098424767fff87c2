using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Callbacks;

/// <summary>An SMS to a number that an account rents, and the state of its forwarding.</summary>
public sealed record InboundMessage
{
    /// <summary>The key of its row, by which jobs name it.</summary>
    public required string Key { get; init; }

    public required InboundSms Sms { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The account that owns the number, once that has been looked up.</summary>
    public string? Account { get; init; }

    public Delivery Delivery { get; init; } = new();

    /// <summary>The id by which the receiver knows it: the same for every try.</summary>
    public string Id => $"sms-{Key}";

    /// <summary>The sender's phone number; null where the sender is a name.</summary>
    public PhoneNumber? Sender =>
        NumberPlan.Instance.Read($"+{Sms.From.TrimStart('+')}", requireAssignedRange: false) is NumberReading.Valid valid
            ? valid.Number
            : null;

    /// <summary>Without the numbers and the text.</summary>
    public override string ToString() => $"InboundMessage({Key})";
}

/// <summary>
/// The table of inbound messages, one partition a day. A provider repeats a message for 24 hours, so it is looked up under today and
/// yesterday.
/// </summary>
public sealed class InboundStore(
    [FromKeyedServices(TableNames.InboundMessages)] ITable table, RequestIndex index, ServiceKey key, TimeProvider time)
{
    private const int AtOnce = 8;
    private const string State = "State";
    private const string Erased = "Erased";
    private const string Purpose = "inbound sms";

    private static readonly RowFormat<InboundMessage> Json = RowFormat.Json(CallbackJson.Default.InboundMessage);

    private static readonly RowFormat<InboundMessage> Format = new(
        message => Json.Columns(message).Append((State, IsErased(message) ? Erased : message.Delivery.State.ToString())),
        row => Json.Read(row));

    /// <summary>Stores a message, unless it has come before. Returns what is stored, and whether it is new.</summary>
    public async Task<(InboundMessage Message, bool IsNew)> AddAsync(string provider, InboundSms sms, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        TableKey[] known =
        [
            .. key.Hashes(Purpose, provider, sms.MessageId).SelectMany(hash =>
                new[] { today, today.AddDays(-1) }.Select(day => TableKeys.InboundMessage(day, hash))),
        ];
        var at = known[0];
        if (await table.ReadFirstAsync(known[1..], cancellationToken) is { } row)
        {
            return (Format.Read(row), false);
        }

        var message = new InboundMessage { Key = TableKeys.IdOf(at), Sms = sms, ReceivedAt = now };
        if (await table.InsertAsync(Format.ToRow(at, message), cancellationToken) is not null)
        {
            return (message, true);
        }

        return await table.ReadAsync(at, cancellationToken) is { } earlier
            ? (Format.Read(earlier), false)
            : throw new StorageUnavailableException("A message went away while it was stored.");
    }

    public async Task<Stored<InboundMessage>?> ReadAsync(string message, CancellationToken cancellationToken) =>
        TableKeys.InboundMessage(message) is { } at ? await ReadAsync(at, cancellationToken) : null;

    /// <summary>Changes a message that was just read. Returns what is stored with the decision on it.</summary>
    /// <exception cref="StorageUnavailableException">Every try lost its race, or the message no longer exists.</exception>
    public async Task<(Stored<InboundMessage> After, TDecision Decision)> UpdateAsync<TDecision>(
        Stored<InboundMessage> stored, Func<InboundMessage, (InboundMessage Next, TDecision Decision)> change,
        CancellationToken cancellationToken)
    {
        var (now, decision) = await table.UpdateAsync(
            Format,
            [TableKeys.InboundMessage(stored.Value.Key)!.Value],
            new Current<InboundMessage>(stored.Value, stored.ETag),
            message => message is null || IsErased(message)
                ? throw new StorageUnavailableException("A message went away while it was changed.")
                : change(message),
            cancellationToken);
        return (now.Stored!, decision);
    }

    /// <summary>
    /// Removes sender, receiver and text from a message. What is left says that its id has come, so that a repetition is no new message.
    /// False where there is no such message.
    /// </summary>
    public async Task<bool> EraseAsync(string message, CancellationToken cancellationToken)
    {
        if (TableKeys.InboundMessage(message) is not { } at)
        {
            return false;
        }

        var (_, isErased) = await table.UpdateAsync(
            Format,
            at,
            current => current is null || IsErased(current) ? (current, false) : (WithoutContent(current), true),
            cancellationToken);
        return isErased;
    }

    public Task PurgeAsync(DateOnly day, CancellationToken cancellationToken) => table.PurgeAsync(
        TableKeys.InboundPartition(day),
        cancellationToken,
        rows => Parallel.ForEachAsync(
            rows.Select(Format.Read).Where(message => message.Sender is not null),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (message, token) => await index.EraseMessageAsync(message.Sender!, message.ReceivedAt, message.Key, token)));

    private async Task<Stored<InboundMessage>?> ReadAsync(TableKey at, CancellationToken cancellationToken) =>
        await table.ReadAsync(Format, at, cancellationToken) is { } stored && !IsErased(stored.Value) ? stored : null;

    private static InboundMessage WithoutContent(InboundMessage message) => message with
    {
        Sms = new InboundSms("", "", "", "", null, null),
        Delivery = DeliveryLife.GivenUp(message.Delivery, "It was erased."),
    };

    private static bool IsErased(InboundMessage message) => message.Sms.MessageId.Length == 0;
}
