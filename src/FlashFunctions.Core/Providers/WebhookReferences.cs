using System.Text.Json;
using System.Text.Json.Serialization;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Providers;

/// <summary>
/// Finds the attempt of a provider's reference. A webhook that comes before the reference is known leaves its event here,
/// and whoever links the reference takes it along.
/// </summary>
public sealed class WebhookReferences([FromKeyedServices(TableNames.References)] ITable table, ServiceKey key, TimeProvider time)
{
    private const string Purpose = "reference";
    private const string State = "State";
    private const string At = "At";
    private const int MaxTries = 20;
    private const int MostEvents = 20;

    /// <summary>Remembers which attempt a reference belongs to. Returns the events that came before, oldest first.</summary>
    public async Task<IReadOnlyList<ProviderEvent>> LinkAsync(
        string provider, string reference, AttemptKey attempt, CancellationToken cancellationToken)
    {
        var link = new ReferenceState { Attempt = attempt };
        if (await table.InsertAsync(ToRow(provider, reference, link, null), cancellationToken) is not null)
        {
            return [];
        }

        for (var tries = 0; tries < MaxTries; tries++)
        {
            var (state, etag) = await ReadAsync(provider, reference, cancellationToken);
            if (state?.Attempt is not null)
            {
                return [];
            }

            var row = ToRow(provider, reference, link, etag);
            if (await (etag is null ? table.InsertAsync(row, cancellationToken) : table.ReplaceAsync(row, cancellationToken)) is not null)
            {
                return state?.Early ?? [];
            }
        }

        throw new StorageUnavailableException("A reference stayed contended.");
    }

    /// <summary>The attempt of the event's reference; null when it is not known yet, and the event is then kept.</summary>
    public async Task<AttemptKey?> FindOrKeepAsync(ProviderEvent early, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var (state, etag) = await ReadAsync(early.Provider, early.Reference!, cancellationToken);
            if (state?.Attempt is { } attempt)
            {
                return attempt;
            }

            if (state?.Early.Count >= MostEvents)
            {
                return null;
            }

            var kept = new ReferenceState { Early = [.. state?.Early ?? [], early] };
            var row = ToRow(early.Provider, early.Reference!, kept, etag);
            if (await (etag is null ? table.InsertAsync(row, cancellationToken) : table.ReplaceAsync(row, cancellationToken)) is not null)
            {
                return null;
            }
        }

        throw new StorageUnavailableException("A reference stayed contended.");
    }

    /// <summary>Forgets a reference whose request goes. Gives how many rows that were.</summary>
    public async Task<int> ForgetAsync(string provider, string reference, CancellationToken cancellationToken)
    {
        var deleted = 0;
        foreach (var hash in key.PreviousHashes(Purpose, provider, reference).Prepend(key.Hash(Purpose, provider, reference)))
        {
            var at = TableKeys.Reference(provider, hash);
            deleted += await table.DeleteAsync(at, null, cancellationToken) ? 1 : 0;
        }

        return deleted;
    }

    /// <summary>
    /// Forgets references that no request leads to: of webhooks that nobody ever linked, and of calls whose process died. Those of the
    /// buckets whose turn it is: each is gone a retention later at most.
    /// </summary>
    /// <param name="minute">The minute whose turn it is.</param>
    /// <param name="retention">How long requests are kept.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task PurgeAsync(long minute, TimeSpan retention, CancellationToken cancellationToken)
    {
        // A request is kept that long from its due time, which is within a day of its calls.
        var past = (time.GetUtcNow() - retention - TimeSpan.FromDays(1)).ToUnixTimeMilliseconds();
        foreach (var bucket in Buckets.Due(minute, retention))
        {
            await Buckets.PurgeAsync(table, bucket, row => row.Number(At) <= past, cancellationToken);
        }
    }

    private async Task<(ReferenceState? State, string? ETag)> ReadAsync(string provider, string reference, CancellationToken cancellationToken)
    {
        var at = KeyOf(provider, reference);
        var row = await table.ReadAsync(at, cancellationToken);
        var known = row ?? await table.ReadFirstAsync(
            key.PreviousHashes(Purpose, provider, reference).Select(hash => TableKeys.Reference(provider, hash)), cancellationToken);
        return (known is null ? null : JsonSerializer.Deserialize(known.Text(State)!, ReferenceJson.Default.ReferenceState), row?.ETag);
    }

    private Row ToRow(string provider, string reference, ReferenceState state, string? etag)
    {
        var at = KeyOf(provider, reference);
        var json = JsonSerializer.Serialize(state, ReferenceJson.Default.ReferenceState);
        var properties = new Dictionary<string, object?>(StringComparer.Ordinal) { [State] = json, [At] = time.GetUtcNow().ToUnixTimeMilliseconds() };
        return new Row(at, properties, etag);
    }

    private TableKey KeyOf(string provider, string reference) => TableKeys.Reference(provider, key.Hash(Purpose, provider, reference));
}

/// <summary>Either the attempt, or the events that came too early.</summary>
internal sealed record ReferenceState
{
    public AttemptKey? Attempt { get; init; }

    public IReadOnlyList<ProviderEvent> Early { get; init; } = [];
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ReferenceState))]
internal sealed partial class ReferenceJson : JsonSerializerContext;
