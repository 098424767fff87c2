using System.Globalization;
using System.Text;
using FlashFunctions.LocalHost.Queues;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>Puts a message into a queue.</summary>
internal sealed class SendMessage(QueueStatements queue, QueueAlarm alarm, long id, long now, long visibleAt, byte[] body) : Write<bool>
{
    protected override bool Apply()
    {
        queue.Insert(visibleAt, id, now, body);
        return true;
    }

    protected override void Publish(bool result) => alarm.Expect(visibleAt);
}

/// <summary>Takes visible messages and hides them.</summary>
internal sealed class ReceiveMessages(QueueStatements queue, QueueAlarm alarm, Versions versions, int max, long now, long visibleAt)
    : Write<IReadOnlyList<ReceivedMessage>>
{
    protected override IReadOnlyList<ReceivedMessage> Apply() =>
        queue.Receive(max, now, visibleAt, versions).ConvertAll(message => new ReceivedMessage(
            message.Id.ToString(CultureInfo.InvariantCulture),
            message.Place.ToString(CultureInfo.InvariantCulture),
            Encoding.UTF8.GetString(message.Body),
            message.Received,
            DateTimeOffset.FromUnixTimeMilliseconds(message.InsertedAt)));

    protected override void Publish(IReadOnlyList<ReceivedMessage> result)
    {
        if (result.Count > 0)
            alarm.Expect(visibleAt);
    }
}

/// <summary>Deletes a message that has not been received by anybody else since.</summary>
internal sealed class DeleteMessage(QueueStatements queue, long place, long id) : Write<bool>
{
    protected override bool Apply() => queue.Delete(place, id);
}

/// <summary>Moves a received message to another moment; the result is its new place.</summary>
internal sealed class HideMessage(QueueStatements queue, QueueAlarm alarm, Versions versions, long place, long id, long visibleAt) : Write<long?>
{
    protected override long? Apply() => queue.Hide(place, id, visibleAt, versions);

    protected override void Publish(long? result)
    {
        if (result is not null)
            alarm.Expect(visibleAt);
    }
}

/// <summary>Moves a received message into another queue, in one transaction.</summary>
internal sealed class MoveMessage(QueueStatements from, long place, long id, QueueStatements to, QueueAlarm alarm, long newId, long now)
    : Write<bool>
{
    protected override bool Apply()
    {
        if (from.Find(place, id) is not { } message)
            return false;

        to.Insert(now, newId, now, message.Body);
        return from.Delete(place, id);
    }

    protected override void Publish(bool result)
    {
        if (result)
            alarm.Expect(now);
    }
}
