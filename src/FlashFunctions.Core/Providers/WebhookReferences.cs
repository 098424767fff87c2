using System.Text.Json.Serialization;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Providers;

/// <summary>
/// Finds the attempt of a provider's reference. A webhook that comes before the reference is known leaves its event here;
/// the dispatch that links the reference applies it.
/// </summary>
public sealed class WebhookReferences([FromKeyedServices(TableNames.References)] ITable table, ServiceKey key, TimeProvider time)
{
    private const string Purpose = "reference";
    private const string At = "At";
    private const int MostEvents = 20;

    private static readonly RowFormat<ReferenceState> Json = RowFormat.Json(ReferenceJson.Default.ReferenceState, "State");

    private readonly RowFormat<ReferenceState> _format = new(
        state => Json.Columns(state).Append((At, time.GetUtcNow().ToUnixTimeMilliseconds())),
        row => Json.Read(row)); // A lambda, so that the metadata of the JSON is made when the first row comes, not at start-up.

    /// <summary>Remembers which attempt a reference belongs to. Returns the events that came before, oldest first.</summary>
    public async Task<IReadOnlyList<ProviderEvent>> LinkAsync(
        string provider, string reference, AttemptKey attempt, CancellationToken cancellationToken)
    {
        // Nearly always the reference is new: the insert alone is one round trip.
        var keys = KeysOf(provider, reference);
        var link = new ReferenceState { Attempt = attempt };
        if (await table.InsertAsync(_format.ToRow(keys[0], link), cancellationToken) is not null)
        {
            return [];
        }

        var (_, early) = await table.UpdateAsync<ReferenceState, IReadOnlyList<ProviderEvent>>(
            _format,
            keys,
            null,
            current => current?.Attempt is not null ? (current, []) : (link, current?.Early ?? []),
            cancellationToken);
        return early;
    }

    /// <summary>The attempt of the event's reference; null when it is not known yet, and the event is then kept.</summary>
    public async Task<AttemptKey?> FindOrKeepAsync(ProviderEvent early, CancellationToken cancellationToken)
    {
        var (_, attempt) = await table.UpdateAsync<ReferenceState, AttemptKey?>(
            _format,
            KeysOf(early.Provider, early.Reference!),
            null,
            current => current is { Attempt: not null } or { Early.Count: >= MostEvents }
                ? (current, current.Attempt)
                : (new ReferenceState { Early = [.. current?.Early ?? [], early] }, null),
            cancellationToken);
        return attempt;
    }

    /// <summary>Forgets a reference whose request goes. Gives how many rows that were.</summary>
    public async Task<int> ForgetAsync(string provider, string reference, CancellationToken cancellationToken)
    {
        var deleted = 0;
        foreach (var at in KeysOf(provider, reference))
        {
            deleted += await table.DeleteAsync(at, null, cancellationToken) ? 1 : 0;
        }

        return deleted;
    }

    /// <summary>
    /// Forgets references that no request leads to: of webhooks that nobody ever linked, and of calls whose process died. Those of the
    /// buckets whose turn it is in that minute: each is gone a retention later at most.
    /// </summary>
    public Task PurgeAsync(long minute, TimeSpan retention, CancellationToken cancellationToken)
    {
        // A request is kept that long from its due time, which is within a day of its calls.
        var past = (time.GetUtcNow() - retention - TimeSpan.FromDays(1)).ToUnixTimeMilliseconds();
        return Buckets.PurgeAsync(table, minute, retention, row => row.Number(At) <= past, cancellationToken);
    }

    /// <summary>Where a reference's row is, and where it may be as yet: under an earlier service key.</summary>
    private TableKey[] KeysOf(string provider, string reference) =>
        [.. key.Hashes(Purpose, provider, reference).Select(hash => TableKeys.Reference(provider, hash))];
}

internal sealed record ReferenceState
{
    public AttemptKey? Attempt { get; init; }

    public IReadOnlyList<ProviderEvent> Early { get; init; } = [];
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ReferenceState))]
internal sealed partial class ReferenceJson : JsonSerializerContext;
