using System.Text.Json;
using System.Text.Json.Serialization;
using FlashFunctions.Core.Statistics;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Providers.Learning;

/// <summary>What is known at a moment: beliefs, waits, and where learning has led.</summary>
public sealed record RouteKnowledge(LearnedRoutes Routes, LearnedWaits Waits, IReadOnlyList<RouteChange> Changes)
{
    public static RouteKnowledge Nothing { get; } = new(LearnedRoutes.Nothing, LearnedWaits.Nothing, []);
}

/// <summary>Learned routing went over to another provider.</summary>
/// <param name="Operator">The mobile operator; empty where prefixes tell none.</param>
/// <param name="At">When the first attempt went there.</param>
/// <param name="From">Where attempts went before.</param>
/// <param name="To">Where they go now.</param>
/// <param name="ToKnown">
/// Attempts of the new one that were known then, weighed by their age; beside them those verified, and both of the one before.
/// </param>
public sealed record RouteChange(
    string Method,
    string Country,
    string Operator,
    DateTimeOffset At,
    string From,
    string To,
    double ToKnown,
    double ToVerified,
    double FromKnown,
    double FromVerified);

/// <summary>What the requests that were due in a minute taught of a route.</summary>
public sealed class RouteLesson
{
    /// <summary>Sent attempts of verifications that are over.</summary>
    public int Known { get; set; }

    /// <summary>Those of them whose code was entered.</summary>
    public int Verified { get; set; }

    /// <summary>How long that took from the attempt's start, of the requests that kept the default wait to show it.</summary>
    public SecondsHistogram Seconds { get; } = new();
}

/// <summary>Where learned routing led an attempt that was not to explore.</summary>
/// <param name="Candidates">The providers that were weighed.</param>
public sealed record RouteLead(RouteKey Route, DateTimeOffset At, IReadOnlyList<RouteCandidate> Candidates);

/// <summary>What the requests that were due in a minute taught.</summary>
public sealed class RouteLessons
{
    private readonly Dictionary<RouteKey, RouteLesson> _routes = [];
    private readonly List<RouteLead> _leads = [];

    public IReadOnlyDictionary<RouteKey, RouteLesson> Routes => _routes;

    public IReadOnlyList<RouteLead> Leads => _leads;

    /// <summary>The lesson of a route, to be added to.</summary>
    public RouteLesson Of(RouteKey route)
    {
        if (!_routes.TryGetValue(route, out var lesson))
        {
            _routes[route] = lesson = new RouteLesson();
        }

        return lesson;
    }

    public void Add(RouteLead lead) => _leads.Add(lead);

    public void Add(RouteLessons other)
    {
        _leads.AddRange(other._leads);
        foreach (var (route, lesson) in other._routes)
        {
            var mine = Of(route);
            (mine.Known, mine.Verified) = (mine.Known + lesson.Known, mine.Verified + lesson.Verified);
            mine.Seconds.Add(lesson.Seconds);
        }
    }
}

/// <summary>
/// The table of what routes have shown, a row a method and country, each with the minute up to which it has learned: a sweep that is
/// repeated teaches nothing twice. The sweep writes it; those who choose read it once a minute and instance and remember it.
/// </summary>
public sealed partial class RouteBook(
    [FromKeyedServices(TableNames.Routes)] ITable table, IOptions<RoutingOptions> options, TimeProvider time, ILogger<RouteBook> logger)
{
    /// <summary>What is older than so many half-lives weighs less than half a hundredth and is forgotten.</summary>
    private const int HalfLivesKept = 8;

    /// <summary>Routes a row, so that it stays far below the store's 1 MiB.</summary>
    private const int MostRoutes = 400;

    private const int MostChanges = 50;

    /// <summary>Durations of a route from which on the older ones count half.</summary>
    private const int EnoughDurations = 400;

    private static readonly RowFormat<RoutePage> Json = RowFormat.Json(RouteJson.Default.RoutePage);

    private readonly RoutingOptions _options = options.Value;
    private readonly Kept<RouteKnowledge> _cache = Kept<RouteKnowledge>.ForAMinute(time, RouteKnowledge.Nothing);

    /// <summary>What was read last, however old; nothing before the first time.</summary>
    public RouteKnowledge Latest => _cache.Last!;

    private long HalfLife => (long)_options.HalfLife.TotalMinutes;

    /// <summary>What is known, at most a minute old; where the store does not answer, what was known before.</summary>
    public ValueTask<RouteKnowledge> CurrentAsync(CancellationToken cancellationToken) =>
        _cache.GetAsync(ReadOrLogAsync, cancellationToken);

    public async Task<RouteKnowledge> ReadAsync(CancellationToken cancellationToken)
    {
        var evidence = new List<KeyValuePair<RouteKey, RouteEvidence>>();
        var durations = new List<KeyValuePair<RouteKey, SecondsHistogram>>();
        var changes = new List<RouteChange>();
        await foreach (var row in table.ReadAllAsync(TableKeys.RoutePartition, cancellationToken))
        {
            var page = Page(row);
            evidence.AddRange(page.Routes.Select(route => KeyValuePair.Create(route.Route, route.ToEvidence())));
            durations.AddRange(page.Routes.Select(route => KeyValuePair.Create(route.Route, route.Seconds)));
            changes.AddRange(page.Changes);
        }

        var now = time.GetUtcNow().ToUnixTimeSeconds() / 60.0;
        return new RouteKnowledge(new LearnedRoutes(evidence, now, _options.HalfLife), new LearnedWaits(durations), changes);
    }

    /// <summary>Adds what some minutes taught, oldest first; what a row has learned before is passed over.</summary>
    public async Task LearnAsync(IReadOnlyDictionary<long, RouteLessons> minutes, CancellationToken cancellationToken)
    {
        var pages = minutes.Values.SelectMany(lessons => lessons.Routes.Keys).Select(route => (route.Method, route.Country)).Distinct();
        foreach (var (method, country) in pages)
        {
            await table.UpdateAsync(
                new RowFormat<RoutePage>(Json.Columns, Page),
                TableKeys.Routes(method, country),
                page => (Learn(page ?? new RoutePage(), method, country, minutes), true),
                cancellationToken);
        }
    }

    private RoutePage Learn(RoutePage page, string method, string country, IReadOnlyDictionary<long, RouteLessons> minutes)
    {
        var routes = page.Routes.ToDictionary(route => route.Route, route => (Evidence: route.ToEvidence(), route.Seconds));
        var (leaders, changes, through) = (page.Leaders.ToDictionary(StringComparer.Ordinal), page.Changes.ToList(), page.Through);
        foreach (var (minute, lessons) in minutes.Where(minute => minute.Key > page.Through).OrderBy(minute => minute.Key))
        {
            through = minute;
            foreach (var (route, lesson) in lessons.Routes.Where(route => route.Key.Method == method && route.Key.Country == country))
            {
                var (evidence, seconds) = routes.GetValueOrDefault(route, (new RouteEvidence(), new SecondsHistogram()));
                evidence.Add(minute, lesson.Known, lesson.Verified, minute - (HalfLivesKept * HalfLife));
                routes[route] = (evidence, Merge(seconds, lesson.Seconds));
            }

            Follow(leaders, changes, lessons.Leads.Where(lead => lead.Route.Method == method && lead.Route.Country == country));
        }

        return through == page.Through ? page : new RoutePage
        {
            Through = through,
            Routes =
            [
                .. routes.Where(route => route.Value.Evidence.Buckets.Any(bucket => bucket.Last >= through - (HalfLivesKept * HalfLife)))
                    .OrderByDescending(route => route.Value.Evidence.Buckets.Sum(bucket => bucket.Known))
                    .Take(MostRoutes)
                    .Select(route => StoredEvidence.Of(route.Key, route.Value.Evidence, route.Value.Seconds)),
            ],
            Leaders = leaders,
            Changes = [.. changes.TakeLast(MostChanges)],
        };
    }

    /// <summary>Notes where most attempts of each mobile operator were led, where that is not where they were led before.</summary>
    private static void Follow(Dictionary<string, string> leaders, List<RouteChange> changes, IEnumerable<RouteLead> leads)
    {
        foreach (var there in leads.GroupBy(lead => lead.Route.Operator, StringComparer.Ordinal))
        {
            var most = there.GroupBy(lead => lead.Route.Provider, StringComparer.Ordinal).MaxBy(lead => lead.Count())!;
            var before = leaders.GetValueOrDefault(there.Key);
            if (before == most.Key || most.Count() * 2 <= there.Count())
            {
                continue;
            }

            leaders[there.Key] = most.Key;
            if (before is not null)
            {
                var first = most.MinBy(lead => lead.At)!;
                var (to, from) = (Of(first, most.Key), Of(first, before));
                changes.Add(new RouteChange(
                    first.Route.Method,
                    first.Route.Country,
                    there.Key,
                    first.At,
                    before,
                    most.Key,
                    to?.Known ?? 0,
                    to?.Verified ?? 0,
                    from?.Known ?? 0,
                    from?.Verified ?? 0));
            }
        }

        static RouteCandidate? Of(RouteLead lead, string provider) => lead.Candidates.FirstOrDefault(of => of.Provider == provider);
    }

    private static SecondsHistogram Merge(SecondsHistogram known, SecondsHistogram more)
    {
        var merged = new SecondsHistogram
        {
            Buckets = known.Count < EnoughDurations ? known.Buckets : [.. known.Buckets.Select(count => count / 2)],
        };
        merged.Add(more);
        return merged;
    }

    /// <summary>A row; one that cannot be read has learned nothing, since no later run could read it either.</summary>
    private RoutePage Page(Row row)
    {
        try
        {
            return Json.Read(row);
        }
        catch (JsonException exception)
        {
            Log.Unreadable(logger, exception, row.RowKey);
            return new RoutePage();
        }
    }

    private async Task<RouteKnowledge> ReadOrLogAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(cancellationToken);
        }
        catch (StorageUnavailableException exception)
        {
            Log.Unread(logger, exception);
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "What routes have shown could not be read; routing goes by what it knew before")]
        public static partial void Unread(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Error, "What the routes of {Row} have shown cannot be read; they are learned again")]
        public static partial void Unreadable(ILogger logger, Exception exception, string row);
    }
}

internal sealed record RoutePage
{
    /// <summary>The due minute up to which it has learned.</summary>
    public long Through { get; init; }

    public IReadOnlyList<StoredEvidence> Routes { get; init; } = [];

    /// <summary>Where learned routing leads, by mobile operator.</summary>
    public IReadOnlyDictionary<string, string> Leaders { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public IReadOnlyList<RouteChange> Changes { get; init; } = [];
}

/// <summary>
/// The evidence of a route. <paramref name="Buckets"/> has four numbers a bucket: first and last minute, known, verified.
/// </summary>
internal sealed record StoredEvidence(RouteKey Route, long Since, IReadOnlyList<long> Buckets, SecondsHistogram Seconds)
{
    public static StoredEvidence Of(RouteKey route, RouteEvidence evidence, SecondsHistogram seconds) => new(
        route, evidence.Since,
        [.. evidence.Buckets.SelectMany(bucket => (long[])[bucket.First, bucket.Last, bucket.Known, bucket.Verified])], seconds);

    public RouteEvidence ToEvidence() => new(
        Buckets.Chunk(4).Select(bucket => new EvidenceBucket(bucket[0], bucket[1], (int)bucket[2], (int)bucket[3])), Since);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(RoutePage))]
internal sealed partial class RouteJson : JsonSerializerContext;
