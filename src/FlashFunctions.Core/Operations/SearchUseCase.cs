using System.Collections.Frozen;
using System.Text.Json;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Operations;

/// <summary>What is searched for; null: anything.</summary>
/// <param name="From">The earliest time at which it may have been created.</param>
/// <param name="To">The latest.</param>
/// <param name="After">The key of the index after which the page begins; null on the first page.</param>
internal sealed record SearchQuery(
    RequestId? Id, PhoneNumber? Number, string? Reference, string? Account, string? Country, string? Provider, string? Product,
    VerificationResult? Result, DateTimeOffset From, DateTimeOffset To, int Limit, string? After)
{
    /// <summary>Whether only the request itself says if it matches.</summary>
    public bool LooksInside => Country is not null || Provider is not null || Product is not null || Result is not null;

    /// <summary>Whether a row of the index may lead to what is searched for.</summary>
    public bool IsOf(IndexEntry entry) => Account is null || entry.Account == Account;

    public bool Matches(RequestRecord request) =>
        (Account is null || request.Account == Account)
        && (Number is null || request.Number == Number)
        && (Reference is null || request.Reference == Reference)
        && (Country is null || request.Country == Country)
        && (Product is null || request.Product == Product)
        && (Provider is null || SearchUseCase.ProviderOf(request) == Provider)
        && (Result is null || request.Verification?.Result == Result)
        && request.CreatedAt >= From
        && request.CreatedAt.ToUnixTimeMilliseconds() <= To.ToUnixTimeMilliseconds();
}

/// <summary>
/// GET /manage/requests: requests by what is known of them, found through the index. Without a number or a reference they are those of the
/// hours in question, of one account or of all of them. No call looks at more than 1,000 rows of the index.
/// </summary>
public sealed class SearchUseCase(
    RequestIndex index, RequestStore store, AccountStore accounts, DevelopmentMode development, IEnumerable<KnownProvider> providers,
    IOptions<SweepOptions> sweep, TimeProvider time)
{
    private const int MostRows = 1_000;

    /// <summary>Partitions that are read side by side where an hour has nothing.</summary>
    private const int MostPartitions = 64;

    /// <summary>Rows that are read of one partition at once.</summary>
    private const int FewestAtOnce = 10;
    private const int MostAtOnce = 250;

    private const int RequestsAtOnce = 16;

    private static readonly TimeSpan UsualWindow = TimeSpan.FromHours(24);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>How far the clocks of instances may be apart.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>How long a request may be stored on top of its retention, which begins when it is due.</summary>
    private static readonly TimeSpan BeforeRetention = TimeSpan.FromDays(10);

    private static readonly FrozenDictionary<string, VerificationResult> Results =
        Enum.GetValues<VerificationResult>().ToFrozenDictionary(RequestLife.NameOf, result => result, StringComparer.Ordinal);

    private readonly HashSet<string> _providers =
        providers.Select(provider => provider.Name).Append(TestProvider.ProviderName).ToHashSet(StringComparer.Ordinal);

    /// <summary>The provider of a request: that of its last attempt; null where none was asked.</summary>
    public static string? ProviderOf(RequestRecord request) =>
        request.Attempts.LastOrDefault(attempt => attempt.Provider is not null)?.Provider;

    /// <summary>
    /// A page of what is searched for, the newest created first. It may hold fewer than asked for, or none, though another one follows.
    /// </summary>
    public async Task<Result<Page<RequestRecord>>> RunAsync(Fields fields, CancellationToken cancellationToken)
    {
        var query = Read(fields);
        if (fields.Problem is { } problem)
        {
            return problem;
        }

        if (query.Id is not { } id)
        {
            return await SearchAsync(query, cancellationToken);
        }

        var request = await ReadAsync(id, cancellationToken);
        return new Page<RequestRecord>(request is not null && query.Matches(request) ? [request] : [], null);
    }

    private async Task<Page<RequestRecord>> SearchAsync(SearchQuery query, CancellationToken cancellationToken)
    {
        var places = await PlacesAsync(query, cancellationToken);
        var position = query.After is { } after && string.CompareOrdinal(after, TableKeys.IndexUpTo(query.To)) > 0
            ? after
            : TableKeys.IndexUpTo(query.To);
        var found = new List<RequestRecord>();
        var (looked, hours) = (0, 1);
        while (places.At(position, hours) is { } place)
        {
            var each = Math.Clamp((query.LooksInside ? MostAtOnce : query.Limit + 1) / place.Partitions.Count, FewestAtOnce, MostAtOnce);
            var page = await index.ReadAfterAsync(place.Partitions, position, each, cancellationToken);
            foreach (var rows in page.Rows.Take(MostRows - looked).Chunk(RequestsAtOnce))
            {
                var requests = await Task.WhenAll(rows.Select(row => CandidateAsync(query, row.Entry, cancellationToken)));
                foreach (var ((key, entry), request) in rows.Zip(requests))
                {
                    if (TableKeys.IndexedAt(key) < query.From)
                    {
                        return new Page<RequestRecord>(found, null);
                    }

                    if (found.Count == query.Limit && entry is not null && query.IsOf(entry))
                    {
                        return new Page<RequestRecord>(found, position);
                    }

                    (position, looked) = (key, looked + 1);
                    if (request is not null)
                    {
                        found.Add(request);
                    }
                }
            }

            if (!page.HasMore && looked < MostRows)
            {
                if (place.End is not { } end)
                {
                    return new Page<RequestRecord>(found, null);
                }

                (position, hours) = (end, page.Rows.Count > 0 ? 1 : Math.Min(2 * hours, MostPartitions));
            }

            looked += place.Partitions.Count;
            if (looked >= MostRows)
            {
                return new Page<RequestRecord>(found, position);
            }
        }

        return new Page<RequestRecord>(found, null);
    }

    private async Task<Places> PlacesAsync(SearchQuery query, CancellationToken cancellationToken)
    {
        if (query.Number is { } number)
        {
            return new Places(index.PartitionsOfNumber(number));
        }

        string[] owners = query.Account is { } account ? [account] : await OwnersAsync(cancellationToken);
        if (query.Reference is { } reference)
        {
            return new Places([.. owners.SelectMany(owner => index.PartitionsOfReference(owner, reference))]);
        }

        var oldest = time.GetUtcNow() - TimeSpan.FromDays(sweep.Value.RetentionDays) - BeforeRetention;
        return new Places([], owners, TableKeys.HourOf(query.From > oldest ? query.From : oldest));
    }

    private async Task<string[]> OwnersAsync(CancellationToken cancellationToken)
    {
        var ids = (await accounts.ListAsync(cancellationToken)).Select(account => account.Id);
        return [.. development.IsOn ? ids.Append(DevelopmentAccount.Id) : ids];
    }

    /// <summary>The request of a row, where it is among what is searched for.</summary>
    private async Task<RequestRecord?> CandidateAsync(SearchQuery query, IndexEntry? entry, CancellationToken cancellationToken) =>
        entry is not null && entry.CreatedAt >= query.From && query.IsOf(entry)
        && await ReadAsync(entry.Request, cancellationToken) is { } request && query.Matches(request) ? request : null;

    /// <summary>A request as it is now; null where it is gone, or is not readable: one of many must not hide the others.</summary>
    private async Task<RequestRecord?> ReadAsync(RequestId id, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReadAsync(id, cancellationToken) is { } stored
                ? RequestLife.ExpireIfDue(stored.Value, time.GetUtcNow())
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private SearchQuery Read(Fields fields)
    {
        var now = time.GetUtcNow();
        var number = fields.OperatorsNumber("number", required: false)?.Number;
        var reference = fields.Text(
            "reference", 64, text => text.All(character => character is >= ' ' and <= '~'), "must be printable ASCII characters");
        var id = fields.Text("id", 64, text => RequestId.TryParse(text, null, out _), "must be a request's id");
        var account = AccountInput.ReadFilter(fields);
        var country = fields.Country("country", 3);
        var provider = fields.Text("provider", 32, _providers.Contains, "is not a provider");
        var product = fields.Text("product", 32, text => Products.All.Contains(text, StringComparer.Ordinal), "is not a product");
        var (limit, after) = Page.Read(fields, TableKeys.IsIndexKey, most: 200, usual: 50);
        var (from, to) = (fields.Moment("from"), fields.Moment("to"));
        if (from > to)
        {
            fields.Wrong("from", "must not be later than to");
        }

        var usualFrom = number is null && reference is null && id is null ? (to ?? now) - UsualWindow : DateTimeOffset.UnixEpoch;
        var result = fields.OneOf("result", Results);
        fields.RefuseOthers(
            "id", "number", "reference", "account", "country", "provider", "product", "result", "from", "to", "limit", "after");
        return new SearchQuery(
            id is null ? null : RequestId.Parse(id, null), number, reference, account, country, provider, product,
            result, from ?? usualFrom, to < now + Hour ? to.Value : now + (to is null ? Skew : Hour), limit, after);
    }

    /// <summary>Partitions of the index that are read side by side, and the key that ends them; null where nothing follows.</summary>
    private sealed record Place(IReadOnlyList<string> Partitions, string? End);

    /// <summary>
    /// Where in the index what is searched for can be: in some partitions, or in the hours of accounts from <paramref name="from"/> on.
    /// </summary>
    private sealed class Places(IReadOnlyList<string> partitions, IReadOnlyList<string>? accounts = null, DateTimeOffset from = default)
    {
        /// <summary>Where to look for what comes after a key, up to so many hours at once; null where nothing can.</summary>
        public Place? At(string position, int hours)
        {
            if (accounts is not { Count: > 0 })
            {
                return partitions.Count > 0 ? new Place(partitions, null) : null;
            }

            var newest = TableKeys.HourOf(
                TableKeys.IndexedAt(position) - (TableKeys.IsIndexBefore(position) ? TimeSpan.FromMilliseconds(1) : TimeSpan.Zero));
            if (newest < from)
            {
                return null;
            }

            var most = Math.Min(hours, Math.Max(1, MostPartitions / accounts.Count));
            var count = (int)Math.Min(most, ((newest - from) / Hour) + 1);
            var oldest = newest - ((count - 1) * Hour);
            return new Place(
                [
                    .. Enumerable.Range(0, count)
                        .SelectMany(back => accounts.Select(account => TableKeys.IndexOfAccount(account, newest - (back * Hour)))),
                ],
                oldest == from ? null : TableKeys.IndexBefore(oldest));
        }
    }
}
