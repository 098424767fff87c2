using System.Collections.Frozen;
using System.Text.Json;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Operations;

/// <summary>
/// A page of requests, the newest created first, and where the next page begins; null on the last one. It may hold fewer than asked for, or
/// none, though another one follows.
/// </summary>
public sealed record SearchPage(IReadOnlyList<RequestRecord> Requests, string? Next);

/// <summary>What is searched for; null in a field: anything.</summary>
internal sealed record SearchQuery
{
    public RequestId? Id { get; init; }

    public PhoneNumber? Number { get; init; }

    public string? Reference { get; init; }

    public string? Account { get; init; }

    public string? Country { get; init; }

    public string? Provider { get; init; }

    public string? Product { get; init; }

    public VerificationResult? Result { get; init; }

    /// <summary>The earliest time at which it may have been created.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The latest.</summary>
    public required DateTimeOffset To { get; init; }

    public required int Limit { get; init; }

    /// <summary>The key of the index after which the page begins; null on the first page.</summary>
    public string? After { get; init; }

    /// <summary>Whether only the request itself says if it matches.</summary>
    public bool LooksInside => Country is not null || Provider is not null || Product is not null || Result is not null;

    /// <summary>Whether a request is among what is searched for.</summary>
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
    RequestIndex index,
    RequestStore store,
    AccountStore accounts,
    DevelopmentMode development,
    NumberPlan plan,
    IEnumerable<KnownProvider> providers,
    IOptions<SweepOptions> sweep,
    TimeProvider time)
{
    private const int MostRows = 1_000;
    private const int MostPerPage = 200;
    private const int DefaultPage = 50;
    private const int LongestReference = 64;

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

    private static readonly HashSet<string> Known = new(
        ["id", "number", "reference", "account", "country", "provider", "product", "result", "from", "to", "limit", "after"],
        StringComparer.Ordinal);

    private readonly HashSet<string> _providers =
        providers.Select(provider => provider.Name).Append(TestProvider.ProviderName).ToHashSet(StringComparer.Ordinal);

    /// <summary>The provider of a request: that of its last attempt; null where none was asked.</summary>
    public static string? ProviderOf(RequestRecord request) =>
        request.Attempts.LastOrDefault(attempt => attempt.Provider is not null)?.Provider;

    /// <summary>A page of what is searched for.</summary>
    public async Task<Result<SearchPage>> RunAsync(Fields fields, CancellationToken cancellationToken)
    {
        var query = Read(fields);
        if (fields.Problem is { } problem)
        {
            return problem;
        }

        return query.Id is { } id ? await FindAsync(query, id, cancellationToken) : await SearchAsync(query, cancellationToken);
    }

    private async Task<SearchPage> FindAsync(SearchQuery query, RequestId id, CancellationToken cancellationToken) =>
        new(await ReadAsync(id, cancellationToken) is { } request && query.Matches(request) ? [request] : [], null);

    private async Task<SearchPage> SearchAsync(SearchQuery query, CancellationToken cancellationToken)
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
                        return new SearchPage(found, null);
                    }

                    if (found.Count == query.Limit && entry is not null && IsOf(query.Account, entry))
                    {
                        return new SearchPage(found, position);
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
                    return new SearchPage(found, null);
                }

                (position, hours) = (end, page.Rows.Count > 0 ? 1 : Math.Min(2 * hours, MostPartitions));
            }

            looked += place.Partitions.Count;
            if (looked >= MostRows)
            {
                return new SearchPage(found, position);
            }
        }

        return new SearchPage(found, null);
    }

    private async Task<Places> PlacesAsync(SearchQuery query, CancellationToken cancellationToken)
    {
        if (query.Number is { } number)
        {
            return new Places(index.PartitionsOfNumber(number));
        }

        var owners = query.Account is { } account ? [account] : await OwnersAsync(cancellationToken);
        return query.Reference is { } reference
            ? new Places([.. owners.SelectMany(owner => index.PartitionsOfReference(owner, reference))])
            : new Places(owners, Later(query.From, time.GetUtcNow() - TimeSpan.FromDays(sweep.Value.RetentionDays) - BeforeRetention));
    }

    private async Task<string[]> OwnersAsync(CancellationToken cancellationToken)
    {
        var ids = (await accounts.ListAsync(cancellationToken)).Select(account => account.Id);
        return [.. development.IsOn ? ids.Append(DevelopmentAccount.Id) : ids];
    }

    /// <summary>The request of a row, where it is among what is searched for.</summary>
    private async Task<RequestRecord?> CandidateAsync(SearchQuery query, IndexEntry? entry, CancellationToken cancellationToken) =>
        entry is not null && entry.CreatedAt >= query.From && IsOf(query.Account, entry)
        && await ReadAsync(entry.Request, cancellationToken) is { } request && query.Matches(request) ? request : null;

    private static bool IsOf(string? account, IndexEntry entry) => account is null || entry.Account == account;

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
        var number = ReadNumber(fields);
        var reference = Text(fields, "reference", LongestReference, IsPrintable, "must be printable ASCII characters");
        var id = Text(fields, "id", 64, text => RequestId.TryParse(text, null, out _), "must be a request's id");
        var account = Text(fields, "account", Account.LongestId, Account.IsId, "must be an account's id");
        var country = Text(fields, "country", 3, IsCountry, "must be a country with numbers, by two letters, or 001 for numbers of none");
        var provider = Text(fields, "provider", 32, _providers.Contains, "is not a provider");
        var product = Text(fields, "product", 32, text => Products.All.Contains(text, StringComparer.Ordinal), "is not a product");
        var after = Text(fields, "after", 64, TableKeys.IsIndexKey, "is not the beginning of a page");
        var (from, to) = (fields.Moment("from"), fields.Moment("to"));
        if (from > to)
        {
            fields.Wrong("from", "must not be later than to");
        }

        var usualFrom = number is null && reference is null && id is null ? (to ?? now) - UsualWindow : DateTimeOffset.UnixEpoch;
        var query = new SearchQuery
        {
            Id = id is null ? null : RequestId.Parse(id, null),
            Number = number,
            Reference = reference,
            Account = account,
            Country = country?.ToUpperInvariant(),
            Provider = provider,
            Product = product,
            Result = fields.OneOf("result", Results),
            From = from ?? usualFrom,
            To = Earlier(to ?? now + Skew, now + Hour),
            Limit = fields.Integer("limit", 1, MostPerPage) ?? DefaultPage,
            After = after,
        };
        fields.RefuseOthers(Known);
        return query;
    }

    private PhoneNumber? ReadNumber(Fields fields)
    {
        switch (fields.Caller("number") is { } text ? plan.Read(text, requireAssignedRange: false) : null)
        {
            case NumberReading.Valid valid:
                return valid.Number;
            case NumberReading.Invalid invalid:
                fields.Wrong("number", invalid.Reason);
                return null;
            default:
                return null;
        }
    }

    private bool IsCountry(string text) => plan.IsCountry(text.ToUpperInvariant());

    private static bool IsPrintable(string text) => text.All(character => character is >= ' ' and <= '~');

    private static string? Text(Fields fields, string name, int longest, Func<string, bool> fits, string rule)
    {
        var text = fields.Text(name, longest);
        if (text is null || fits(text))
        {
            return text;
        }

        fields.Wrong(name, rule);
        return null;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    /// <summary>Partitions of the index that are read side by side, and the key that ends them; null where nothing follows.</summary>
    private sealed record Place(IReadOnlyList<string> Partitions, string? End);

    /// <summary>Where in the index what is searched for can be: in a few partitions, or in the hours of accounts.</summary>
    private sealed class Places
    {
        private readonly IReadOnlyList<string> _partitions = [];
        private readonly IReadOnlyList<string> _accounts = [];
        private readonly DateTimeOffset _from;

        public Places(IReadOnlyList<string> partitions) => _partitions = partitions;

        public Places(IReadOnlyList<string> accounts, DateTimeOffset from) => (_accounts, _from) = (accounts, HourOf(from));

        /// <summary>Where to look for what comes after a key, up to so many hours at once; null where nothing can.</summary>
        public Place? At(string position, int hours)
        {
            if (_accounts.Count == 0)
            {
                return _partitions.Count > 0 ? new Place(_partitions, null) : null;
            }

            var newest = HourOf(
                TableKeys.IndexedAt(position) - (TableKeys.IsIndexBefore(position) ? TimeSpan.FromMilliseconds(1) : TimeSpan.Zero));
            if (newest < _from)
            {
                return null;
            }

            var most = Math.Min(hours, Math.Max(1, MostPartitions / _accounts.Count));
            var count = (int)Math.Min(most, ((newest - _from) / Hour) + 1);
            var oldest = newest - ((count - 1) * Hour);
            string[] partitions =
            [
                .. Enumerable
                    .Range(0, count)
                    .SelectMany(back => _accounts.Select(account => TableKeys.IndexOfAccount(account, newest - (back * Hour)))),
            ];
            return new Place(partitions, oldest == _from ? null : TableKeys.IndexBefore(oldest));
        }

        private static DateTimeOffset HourOf(DateTimeOffset at) => new(at.UtcDateTime.Date.AddHours(at.UtcDateTime.Hour), TimeSpan.Zero);
    }
}
