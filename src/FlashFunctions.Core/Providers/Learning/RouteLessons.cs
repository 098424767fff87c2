using FlashFunctions.Core.Statistics;

namespace FlashFunctions.Core.Providers.Learning;

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
/// <param name="Route">The route that it was placed on.</param>
/// <param name="At">When it started.</param>
/// <param name="Candidates">The providers that were weighed.</param>
public sealed record RouteLead(RouteKey Route, DateTimeOffset At, IReadOnlyList<RouteCandidate> Candidates);

/// <summary>What the requests that were due in a minute taught.</summary>
public sealed class RouteLessons
{
    private readonly Dictionary<RouteKey, RouteLesson> _routes = [];
    private readonly List<RouteLead> _leads = [];

    /// <summary>By route.</summary>
    public IReadOnlyDictionary<RouteKey, RouteLesson> Routes => _routes;

    /// <summary>Where learned routing led.</summary>
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

    /// <summary>Adds where learned routing led an attempt.</summary>
    public void Add(RouteLead lead) => _leads.Add(lead);

    /// <summary>Adds those of another shard.</summary>
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
