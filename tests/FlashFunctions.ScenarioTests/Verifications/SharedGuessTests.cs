using System.Globalization;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests.Verifications;

/// <summary>Rule 2 where steps have codes of their own: the guesses at a request are shared among them.</summary>
public sealed class SharedGuessTests : IAsyncLifetime
{
    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData("bird", 1, 5)]
    [InlineData("bird", 2, 3)]
    [InlineData("bird", 3, 2)]
    [InlineData("bird", 4, 1)]
    [InlineData("bird", 5, 1)]
    [InlineData("lanck-verify", 1, 5)]
    [InlineData("lanck-verify", 2, 3)]
    [InlineData("lanck-verify", 5, 1)]
    [InlineData("lanck", 5, 5)]
    public async Task The_more_codes_are_live_the_fewer_guesses_there_are(string provider, int steps, int guesses)
    {
        var id = await StartAsync([.. Enumerable.Repeat(provider, steps)]);
        await PlaceAsync(steps - 1);

        var left = new List<int>();
        for (var guess = 0; guess < 40; guess++)
        {
            var answer = await _service.CheckAsync(id, WrongCode());
            if (answer.ErrorCode == 22)
            {
                break;
            }

            left.Add(answer.Json.GetProperty("attemptsLeft").GetInt32());
        }

        Assert.Equal(Enumerable.Range(0, guesses).Reverse(), left);
        Assert.Equal(22, (await _service.CheckAsync(id, _service.CodeOn(Phones.Ordinary))).ErrorCode);
        Assert.Equal("failed", await _service.ResultAsync(id));
    }

    [Fact]
    public async Task Attempts_left_fall_when_a_step_is_placed()
    {
        var id = await StartAsync("bird", "bird");
        var first = await _service.CheckAsync(id, WrongCode());
        var second = await _service.CheckAsync(id, WrongCode());
        await PlaceAsync(1);
        var third = await _service.CheckAsync(id, WrongCode());
        var right = await _service.CheckAsync(id, _service.CodeOn(Phones.Ordinary));

        Assert.Equal([4, 3, 1], new[] { first, second, third }.Select(answer => answer.Json.GetProperty("attemptsLeft").GetInt32()));
        Assert.Equal("VERIFIED", right.Text("status"));
    }

    [Fact]
    public async Task A_step_whose_code_nobody_could_guess_at_is_skipped_and_what_is_live_still_verifies()
    {
        var id = await StartAsync("bird", "bird", "bird");
        for (var guess = 0; guess < 4; guess++)
        {
            await _service.CheckAsync(id, WrongCode());
        }

        await PlaceAsync(2);
        var request = await _service.ReadAsync(id);

        Assert.Equal(2, _service.CallsTo(Phones.Ordinary));
        Assert.Contains("no guess", request.Attempts[2].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal("VERIFIED", (await _service.CheckAsync(id, _service.CodeOn(Phones.Ordinary))).Text("status"));
    }

    [Fact]
    public async Task Parallel_guesses_share_what_is_left_too()
    {
        var id = await StartAsync("bird", "lanck-verify", "bird");
        await PlaceAsync(2);

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(guess => _service.CheckAsync(id, Wrong(guess))));

        Assert.Equal(2, answers.Count(answer => answer.Status == 200));
        Assert.All(answers, answer => Assert.Contains(answer.ErrorCode, (int[])[0, 4, 22]));
    }

    private async Task<string> StartAsync(params string[] providers)
    {
        var steps = Steps.Of(providers.Select(provider => new Step("call", provider, Wait: 20)));
        var id = await _service.VerifyAsync(Phones.Ordinary, steps);
        await _service.PumpAsync();
        return id;
    }

    private async Task PlaceAsync(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            await _service.PassAsync(TimeSpan.FromSeconds(21));
        }
    }

    private string WrongCode() => Wrong(0);

    /// <summary>A code that no call carried.</summary>
    private string Wrong(int number)
    {
        var carried = _service.Simulator.Phone(
            Phones.Ordinary)!.History.Select(placed => placed.From![^4..]).ToHashSet(StringComparer.Ordinal);
        return Enumerable.Range(5_000 + (number * 50), 50)
            .Select(code => code.ToString(CultureInfo.InvariantCulture)).First(code => !carried.Contains(code));
    }
}
