using System.Globalization;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Tests.Infra;

namespace FlashFunctions.Tests.Requests;

/// <summary>Works out what docs/guessing.md says.</summary>
public sealed class GuessBudgetTests
{
    private const int MostCodes = 5;
    private const int Space = 10_000;

    private static readonly GuardOptions Limits = new();
    private static readonly string Page = File.ReadAllText(Repository.Path("docs", "guessing.md"));

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    [InlineData(4, 1)]
    [InlineData(5, 1)]
    public void A_request_takes_as_many_guesses_as_the_page_says(int codes, int guesses)
    {
        var request = Request(codes);
        var left = new List<int>();
        while (request.EndedAt is null)
        {
            left.Add(GuessBudget.Left(request));
            request = GuessTransitions.CountWrong(request, Sample.Start);
        }

        Assert.Equal(Enumerable.Range(1, guesses).Reverse(), left);
        Assert.Equal((0, VerificationResult.Failed), (GuessBudget.Left(request), request.Verification!.Result));
        Assert.Contains($"| {codes} | {guesses} | {Percent(codes * guesses)} |", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void In_whatever_order_codes_and_guesses_come_the_chance_of_a_request_stays_within_the_bound()
    {
        var heaviest = Outcomes(Request(0)).Max(outcome => outcome.Weight);

        Assert.Equal(6, heaviest);
        Assert.Contains($"**At most {Percent(heaviest)} a request**", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_is_guessed_in_a_day_as_the_page_says()
    {
        var oneCode = Day([new Outcome(Codes: 1, Wrong: 5, Weight: 5)]);
        var best = Day([.. Outcomes(Request(0))]);

        Assert.Contains($"With one code a request that is **{Percent(oneCode)}** a day", Page, StringComparison.Ordinal);
        Assert.Contains($"it is **{Percent(best)}** a day", Page, StringComparison.Ordinal);
        Assert.Contains($"twice as much: **{Percent(2 * oneCode)}** and **{Percent(2 * best)}** a day", Page, StringComparison.Ordinal);
        Assert.Contains($"A number takes {Limits.WrongCodesPerDay} wrong codes in any 24 hours", Page, StringComparison.Ordinal);
        Assert.Contains($"requests for it, and {Limits.SendsPerDay} sends", Page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, 0, true)]
    [InlineData(5, 0, false)]
    [InlineData(3, 1, true)]
    [InlineData(4, 1, false)]
    [InlineData(0, 4, true)]
    [InlineData(0, 5, false)]
    public void A_guess_may_be_made_while_wrong_and_open_ones_leave_one(int wrong, int open, bool allowed)
    {
        var request = Request(1);
        for (var guess = 0; guess < wrong; guess++)
        {
            request = GuessTransitions.CountWrong(request, Sample.Start);
        }

        for (var guess = 0; guess < open; guess++)
        {
            request = GuessTransitions.Open(request, $"{guess}", Sample.Start);
        }

        Assert.Equal(allowed, GuessBudget.Allows(request));
    }

    [Theory]
    [InlineData(3, 1, true)]
    [InlineData(3, 2, false)]
    public void An_open_guess_weighs_what_is_live_when_it_is_made(int codes, int guesses, bool allowed)
    {
        var request = Enumerable.Range(0, guesses).Aggregate(
            Request(codes), (current, guess) => GuessTransitions.Open(current, $"{guess}", Sample.Start));

        Assert.Equal(allowed, GuessBudget.Allows(request));
    }

    [Fact]
    public void When_each_wrong_code_came_is_kept()
    {
        var once = GuessTransitions.CountWrong(Request(1), Sample.Start.AddSeconds(1));
        var twice = GuessTransitions.CountWrong(once, Sample.Start.AddSeconds(2));

        Assert.Equal([1_000L, 2_000L], twice.Verification!.WrongAt!);
    }

    [Fact]
    public void An_abandoned_guess_counts_after_a_minute_as_much_as_it_weighed()
    {
        var request = GuessTransitions.Open(Request(1), "one", Sample.Start);
        request = WithCode(GuessTransitions.Open(request, "two", Sample.Start.AddSeconds(1)));

        Assert.Same(request, GuessTransitions.CountAbandoned(request, Sample.Start.AddMinutes(1).AddTicks(-1)));
        var counted = GuessTransitions.CountAbandoned(request, Sample.Start.AddMinutes(1)).Verification!;
        Assert.Equal((1, 1), (counted.WrongCodes, counted.WrongWeight));
        Assert.Equal("two", Assert.Single(counted.OpenGuesses).Id);
        Assert.Same(request, GuessTransitions.Wrong(request, "three", Sample.Start));
        Assert.Same(request, GuessTransitions.Forget(request, "three"));
        Assert.Equal("one", Assert.Single(GuessTransitions.Forget(request, "two").Verification!.OpenGuesses).Id);
    }

    [Fact]
    public void What_is_undecided_at_the_end_counts_up_to_the_limit()
    {
        var state = Request(1).Verification! with
        {
            WrongCodes = 4,
            OpenGuesses = [new OpenGuess("a", Sample.Start, 1), new OpenGuess("b", Sample.Start, 1)],
        };

        var counted = GuessTransitions.CountUndecided(state);

        Assert.Equal((5, 0), (counted.WrongCodes, counted.OpenGuesses.Count));
        Assert.Same(counted, GuessTransitions.CountUndecided(counted));
    }

    [Fact]
    public void A_step_is_sent_only_where_its_code_leaves_a_guess()
    {
        RequestRecord Wrong(RequestRecord request, int weight) =>
            request with { Verification = request.Verification! with { WrongWeight = weight } };
        var carriesOurs = AttemptLife.Change(Request(1), 0, attempt => attempt with { CarriesOurCode = true, TailHash = null });

        Assert.True(GuessBudget.AllowsStep(Wrong(carriesOurs, 5), CodeSource.Ours));
        Assert.False(GuessBudget.AllowsStep(Wrong(carriesOurs, 6), CodeSource.Ours));
        Assert.True(GuessBudget.AllowsStep(Wrong(carriesOurs, 4), CodeSource.Provider));
        Assert.False(GuessBudget.AllowsStep(Wrong(carriesOurs, 5), CodeSource.Provider));
        Assert.True(GuessBudget.AllowsStep(Wrong(Request(0), 5), CodeSource.Ours));
        Assert.False(GuessBudget.AllowsStep(Wrong(Request(0), 6), CodeSource.Ours));
        Assert.True(GuessBudget.AllowsStep(Sample.Message(), CodeSource.Provider));
    }

    [Fact]
    public void Attempts_left_fall_when_a_step_with_a_code_of_its_own_is_placed()
    {
        var request = GuessTransitions.CountWrong(GuessTransitions.CountWrong(Request(1), Sample.Start), Sample.Start);

        Assert.Equal(
            (3, 2, 1), (GuessBudget.Left(request), GuessBudget.Left(WithCode(request)), GuessBudget.Left(WithCode(WithCode(request)))));
        Assert.Equal(3, GuessBudget.Left(AttemptLife.Add(request, request.Attempts[0] with { Step = 1 })));
    }

    [Fact]
    public void The_same_code_on_two_steps_is_one_code_and_what_was_not_sent_none()
    {
        var ours = Attempt(0) with { CarriesOurCode = true, TailHash = null };
        var request = Request(0) with
        {
            Attempts =
            [
                ours, ours with { Step = 1 }, Attempt(2) with { State = AttemptState.NotSent, TailHash = null },
                Attempt(3) with { TailHash = null, IsDelegated = true, State = AttemptState.Unclear }, Attempt(4), Attempt(4),
            ],
        };

        Assert.Equal(3, GuessBudget.LiveCodes(request));
    }

    /// <summary>Everything that guessing may make of a request: after each code and each guess, another code or another guess.</summary>
    private static HashSet<Outcome> Outcomes(RequestRecord request)
    {
        var outcomes = new HashSet<Outcome> { Of(request) };
        if (request.Attempts.Count < MostCodes)
        {
            outcomes.UnionWith(Outcomes(WithCode(request)));
        }

        if (request.Attempts.Count > 0 && GuessTransitions.FailIfUsedUp(request, Sample.Start) is { EndedAt: null } open)
        {
            var guessed = GuessTransitions.CountWrong(open, Sample.Start);
            outcomes.UnionWith(guessed.EndedAt is null ? Outcomes(guessed) : [Of(guessed)]);
        }

        return outcomes;
    }

    /// <summary>The greatest weight that a number's wrong codes and sends of a day allow, over any number of requests.</summary>
    private static int Day(IReadOnlyCollection<Outcome> requests)
    {
        var best = new int[Limits.WrongCodesPerDay + 1, Limits.SendsPerDay + 1];
        for (var wrong = 0; wrong <= Limits.WrongCodesPerDay; wrong++)
        {
            for (var sends = 0; sends <= Limits.SendsPerDay; sends++)
            {
                best[wrong, sends] = requests
                    .Where(request => request.Wrong > 0 && request.Wrong <= wrong && request.Codes <= sends)
                    .Select(request => request.Weight + best[wrong - request.Wrong, sends - request.Codes])
                    .DefaultIfEmpty(0)
                    .Max();
            }
        }

        return best[Limits.WrongCodesPerDay, Limits.SendsPerDay];
    }

    private static Outcome Of(RequestRecord request) =>
        new(request.Attempts.Count, request.Verification!.WrongCodes, request.Verification.WrongWeight);

    private static string Percent(int weight) => string.Create(CultureInfo.InvariantCulture, $"{weight * 100m / Space:0.00} %");

    private static RequestRecord WithCode(RequestRecord request) => AttemptLife.Add(request, Attempt(request.Attempts.Count));

    private static AttemptRecord Attempt(int step) => Sample.Attempt(AttemptState.Placed, step: step) with { TailHash = $"tail {step}" };

    private static RequestRecord Request(int codes) => Enumerable.Range(0, codes).Aggregate(
        Sample.Verification() with
        {
            Steps = [.. Enumerable.Repeat(new WorkflowStep(Core.Primitives.Channel.Call), MostCodes)],
            Verification = new VerificationState { CodeLength = 4, WrongLimit = Limits.WrongCodesPerRequest },
        },
        (request, _) => WithCode(request));

    private sealed record Outcome(int Codes, int Wrong, int Weight);
}
