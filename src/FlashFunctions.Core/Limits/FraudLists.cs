using System.Net;
using System.Text.Json.Serialization;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Limits;

public sealed record FraudListEntry
{
    public required string Id { get; init; }

    /// <summary>An allow list wins over every rule of the fraud guard; a block list refuses.</summary>
    public required bool Allows { get; init; }

    /// <summary>Number, prefix, IP address or country.</summary>
    public required FraudScope Scope { get; init; }

    /// <summary>A number or prefix in E.164 syntax, an address or a network (192.0.2.0/24), or a country of two letters.</summary>
    public required string Value { get; init; }

    /// <summary>The account that it is for; null: every one.</summary>
    public string? Account { get; init; }

    /// <summary>When it ends; null: when an operator deletes it.</summary>
    public DateTimeOffset? Until { get; init; }

    public string? Note { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public bool Matches(RequestRecord request, DateTimeOffset now) =>
        (Account is null || Account == request.Account) && (Until is null || now < Until) && Scope switch
        {
            FraudScope.Number => request.Number.E164 == Value,
            FraudScope.Prefix => request.Number.E164.StartsWith(Value, StringComparison.Ordinal),
            FraudScope.Country => request.Country == Value,
            FraudScope.Ip => IPAddress.TryParse(request.Content.Options?.GetValueOrDefault("ip"), out var address) && Contains(address),
            _ => false,
        };

    /// <summary>A network of an address or in CIDR notation, as it is compared; null where the text is neither.</summary>
    public static IPNetwork? NetworkOf(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
            : IPAddress.TryParse(text, out var address) ? new IPNetwork(Plain(address), Plain(address).GetAddressBytes().Length * 8)
            : null;

    private bool Contains(IPAddress address) => NetworkOf(Value) is { } network && network.Contains(Plain(address));

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}

/// <summary>
/// The operators' allow and block lists. Each instance reads them once a minute, so that a change is seen there at once and by the others
/// within a minute. At most 1,000 entries count.
/// </summary>
public sealed class FraudLists([FromKeyedServices(TableNames.Fraud)] ITable table, TimeProvider time)
{
    private const int Most = 1_000;

    private static readonly RowFormat<FraudListEntry> Format = RowFormat.Json(FraudJson.Default.FraudListEntry);

    private readonly Kept<IReadOnlyList<FraudListEntry>> _cache = Kept<IReadOnlyList<FraudListEntry>>.ForAMinute(time);

    /// <summary>The entries that count now: at most a minute old, and those of before where the store does not answer.</summary>
    public ValueTask<IReadOnlyList<FraudListEntry>> CurrentAsync(CancellationToken cancellationToken) =>
        _cache.GetAsync(ListAsync, cancellationToken);

    /// <summary>Whether an allow list has the request's number, prefix, country or IP address, and so wins over every rule.</summary>
    public async ValueTask<bool> AllowsAsync(RequestRecord request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return (await CurrentAsync(cancellationToken)).Any(entry => entry.Allows && entry.Matches(request, now));
    }

    public async Task<IReadOnlyList<FraudListEntry>> ListAsync(CancellationToken cancellationToken)
    {
        var rows = await table.QueryAfterAsync(TableKeys.FraudLists, null, Most, cancellationToken);
        return [.. rows.Select(Format.Read)];
    }

    /// <summary>Adds an entry; false where its id is taken.</summary>
    public async Task<bool> AddAsync(FraudListEntry entry, CancellationToken cancellationToken)
    {
        var isAdded = await table.InsertAsync(Format.ToRow(TableKeys.FraudList(entry.Id), entry), cancellationToken) is not null;
        _cache.Forget();
        return isAdded;
    }

    /// <summary>Deletes an entry; false where there is none.</summary>
    public async Task<bool> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        var isDeleted = await table.DeleteAsync(TableKeys.FraudList(id), null, cancellationToken);
        _cache.Forget();
        return isDeleted;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(FraudListEntry))]
[JsonSerializable(typeof(FraudBlock))]
[JsonSerializable(typeof(FraudDecision))]
internal sealed partial class FraudJson : JsonSerializerContext;
