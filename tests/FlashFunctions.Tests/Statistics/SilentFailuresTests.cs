using FlashFunctions.Core.Providers.Learning;
using FlashFunctions.Core.Statistics;

namespace FlashFunctions.Tests.Statistics;

public sealed class SilentFailuresTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly RouteKey Telia = new("lanck", "call", "EE", "Telia");
    private static readonly RouteKey Elisa = new("lanck", "call", "EE", "Elisa");

    private readonly List<StatisticsSlice> _history = [];

    [Fact]
    public void A_route_that_verifies_nothing_any_more_is_found_after_few_outcomes()
    {
        AWeek(Telia, of: 20, verified: 14);
        AWeek(Elisa, of: 20, verified: 14);
        Minutes(Telia, from: -5, to: 0, of: 3, verified: 0);
        Minutes(Elisa, from: -5, to: 0, of: 3, verified: 2);

        var failing = Assert.Single(Find());
        Assert.Equal(Telia, failing.Route);
        Assert.Equal((0, 15, 10), (failing.Verified, failing.Verifiable, failing.Minutes));
        Assert.Equal(0.7, failing.EarlierConversion, 0.001);
        Assert.InRange(failing.Chance, 0, 1e-7);
    }

    [Fact]
    public void A_route_that_falls_to_half_is_found_within_sixty_outcomes()
    {
        AWeek(Telia, of: 20, verified: 14);
        Minutes(Telia, from: -20, to: 0, of: 3, verified: 1);

        Assert.Equal(60, Assert.Single(Find()).Minutes);
    }

    [Fact]
    public void A_quiet_route_is_found_in_the_six_hours()
    {
        AWeek(Telia, of: 2, verified: 1);
        for (var hour = 1; hour <= 6; hour++)
        {
            Add(Telia, Now - TimeSpan.FromHours(hour), TimeSpan.FromHours(1), 4, 0);
        }

        Assert.Equal(360, Assert.Single(Find()).Minutes);
    }

    [Theory]
    [InlineData(20, 14, 3, 2)]
    [InlineData(20, 14, 10, 6)]
    [InlineData(20, 0, 3, 0)]
    public void What_is_as_before_or_nearly_or_never_verified_is_not_found(int of, int verified, int ofNow, int verifiedNow)
    {
        AWeek(Telia, of, verified);
        Minutes(Telia, from: -120, to: 0, ofNow, verifiedNow);

        Assert.Empty(Find());
    }

    [Fact]
    public void A_new_route_has_no_week_to_fall_under()
    {
        Minutes(Telia, from: -60, to: 0, of: 3, verified: 0);

        Assert.Empty(Find());
    }

    [Fact]
    public void More_routes_to_look_at_ask_for_more_evidence()
    {
        AWeek(Telia, of: 20, verified: 14);
        Minutes(Telia, from: -4, to: 0, of: 3, verified: 0);
        Assert.Single(Find());
        for (var route = 0; route < 1_000; route++)
        {
            Minutes(Telia with { Operator = $"{route}" }, from: -1, to: 0, of: 1, verified: 0);
        }

        Assert.Empty(Find());
    }

    [Fact]
    public void A_long_failure_does_not_become_its_own_measure()
    {
        AWeek(Telia, of: 20, verified: 14);
        Minutes(Telia, from: -60, to: 0, of: 3, verified: 0);
        var first = Find();
        for (var hour = 0; hour < 9 * 24; hour++)
        {
            Add(Telia, Now + TimeSpan.FromHours(hour), TimeSpan.FromHours(1), 20, 0);
        }

        // The week before the failure is still what it is compared with.
        var later = Now + TimeSpan.FromDays(6);
        Assert.Equal(first[0].Since, Assert.Single(SilentFailures.Find(_history, later, first)).Since);
        Assert.Empty(SilentFailures.Find(_history, later + TimeSpan.FromDays(2), []));
    }

    [Fact]
    public void A_route_is_well_again_after_twenty_outcomes_as_before_and_forgotten_after_six_hours_without_any()
    {
        AWeek(Telia, of: 20, verified: 14);
        Minutes(Telia, from: -60, to: 0, of: 3, verified: 0);
        var failing = Find();
        Assert.Single(SilentFailures.Find(_history, Now + TimeSpan.FromHours(5), failing));
        Assert.Empty(SilentFailures.Find(_history, Now + TimeSpan.FromHours(7), failing));
        Minutes(Telia, from: 0, to: 6, of: 3, verified: 2);
        Assert.Single(SilentFailures.Find(_history, Now + TimeSpan.FromMinutes(6), failing));
        Minutes(Telia, from: 6, to: 10, of: 3, verified: 2);

        Assert.Empty(SilentFailures.Find(_history, Now + TimeSpan.FromMinutes(10), failing));
    }

    [Fact]
    public void Where_nothing_changes_nothing_is_found_at_any_look_of_a_day()
    {
        var random = new RouteDraws(7);
        var routes = Enumerable.Range(0, 30).Select(route => Telia with { Operator = $"{route}" }).ToArray();
        Array.ForEach(routes, route => AWeek(route, of: 20, verified: 14));
        var start = _history.Count;
        for (var minute = 0; minute < 720; minute++)
        {
            var tally = new RouteTally();
            foreach (var route in routes)
            {
                tally.Of(route).Verifiable = 2;
                tally.Of(route).Verified = Enumerable.Range(0, 2).Count(_ => random.Next() < 0.7);
            }

            _history.Add(new StatisticsSlice(Now + TimeSpan.FromMinutes(minute), TimeSpan.FromMinutes(1), tally));
            if (minute % 5 == 4)
            {
                Assert.Empty(SilentFailures.Find(_history, Now + TimeSpan.FromMinutes(minute + 1), []));
            }
        }

        Assert.Equal(720, _history.Count - start);
    }

    private IReadOnlyList<FailingRoute> Find() => SilentFailures.Find(_history, Now, []);

    /// <summary>The seven days up to ten hours before now, so much an hour.</summary>
    private void AWeek(RouteKey route, int of, int verified)
    {
        for (var hour = 7 * 24; hour > 10; hour--)
        {
            Add(route, Now - TimeSpan.FromHours(hour), TimeSpan.FromHours(1), of, verified);
        }
    }

    private void Minutes(RouteKey route, int from, int to, int of, int verified)
    {
        for (var minute = from; minute < to; minute++)
        {
            Add(route, Now + TimeSpan.FromMinutes(minute), TimeSpan.FromMinutes(1), of, verified);
        }
    }

    private void Add(RouteKey route, DateTimeOffset start, TimeSpan length, int of, int verified)
    {
        var tally = new RouteTally();
        tally.Of(route).Verifiable = of;
        tally.Of(route).Verified = verified;
        _history.Add(new StatisticsSlice(start, length, tally));
    }
}
