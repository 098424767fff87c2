using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

public sealed class ConcurrencyTests : IAsyncLifetime
{
    private const int Callers = 200;
    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData("lanck")]
    [InlineData("bird")]
    public async Task Of_200_wrong_codes_at_once_exactly_five_are_evaluated(string provider)
    {
        var id = await StartAsync(provider);
        var wrong = _service.WrongCodeFor(Phones.Ordinary);

        var answers = await AtOnceAsync(Callers, () => _service.CheckAsync(id, wrong));

        var evaluated = answers.Where(answer => answer.Status == 200).ToArray();
        Assert.Equal([0, 1, 2, 3, 4], evaluated.Select(answer => answer.Json.GetProperty("attemptsLeft").GetInt32()).Order());
        Assert.All(answers.Except(evaluated), answer => Assert.Equal((429, 22), (answer.Status, answer.ErrorCode)));
        Assert.Equal("failed", await _service.ResultAsync(id));
    }

    [Theory]
    [InlineData("lanck")]
    [InlineData("bird")]
    public async Task Of_200_right_codes_at_once_exactly_one_is_accepted(string provider)
    {
        var id = await StartAsync(provider);
        var code = _service.CodeOn(Phones.Ordinary);

        var answers = await AtOnceAsync(Callers, () => _service.CheckAsync(id, code));

        var verified = Assert.Single(answers, answer => answer.Status == 200);
        Assert.Equal("VERIFIED", verified.Text("status"));
        Assert.All(answers.Where(answer => answer != verified), answer => Assert.Equal((409, 23), (answer.Status, answer.ErrorCode)));
    }

    [Fact]
    public async Task Right_and_wrong_codes_at_once_never_exceed_either_limit()
    {
        var id = await StartAsync("lanck");
        var (code, wrong) = (_service.CodeOn(Phones.Ordinary), _service.WrongCodeFor(Phones.Ordinary));
        var turn = 0;

        var answers = await AtOnceAsync(Callers, () => _service.CheckAsync(id, Interlocked.Increment(ref turn) % 20 == 0 ? code : wrong));

        var statuses = answers.Where(answer => answer.Status == 200).Select(answer => answer.Text("status")).ToArray();
        Assert.InRange(statuses.Count(status => status == "WRONG_CODE"), 0, 5);
        Assert.InRange(statuses.Count(status => status == "VERIFIED"), 0, 1);
        Assert.Contains(await _service.ResultAsync(id), (string[])["verified", "failed"]);
    }

    [Fact]
    public async Task Of_many_verifications_of_one_number_at_once_exactly_one_is_accepted()
    {
        var answers = await AtOnceAsync(
            100, () => _service.PostAsync("/v1/verify", $$"""{"number":"{{Phones.Ordinary}}","method":"call"}"""));
        await _service.PumpAsync();

        Assert.Single(answers, answer => answer.Status == 202);
        Assert.All(answers.Where(answer => answer.Status != 202), answer => Assert.Equal((429, 4), (answer.Status, answer.ErrorCode)));
        Assert.Equal(1, _service.CallsTo(Phones.Ordinary));
    }

    [Fact]
    public async Task Of_many_calls_for_the_next_step_at_once_exactly_one_is_accepted()
    {
        var id = await StartAsync("revicom", "lanck", "bird");
        _service.Clock.Advance(TimeSpan.FromSeconds(31));

        var answers = await AtOnceAsync(50, () => _service.NextAsync(id));
        await _service.PumpAsync();

        Assert.Single(answers, answer => answer.Status == 202);
        Assert.Equal(2, _service.CallsTo(Phones.Ordinary));
    }

    [Fact]
    public async Task Flash_calls_at_once_stay_within_the_send_budget()
    {
        var answers = await AtOnceAsync(50, () => _service.PostAsync("/v1/calls/flash", $$"""{"number":"{{Phones.Ordinary}}"}"""));

        Assert.Equal(5, answers.Count(answer => answer.Status == 200));
        Assert.All(answers.Where(answer => answer.Status != 200), answer => Assert.Equal((429, 4), (answer.Status, answer.ErrorCode)));
        Assert.Equal(5, _service.CallsTo(Phones.Ordinary));
    }

    [Fact]
    public async Task A_cancel_and_a_right_code_at_once_end_it_one_way()
    {
        for (var round = 0; round < 10; round++)
        {
            var number = Phones.Of(200 + round);
            var id = await _service.VerifyByAsync(number, "lanck");
            await _service.PumpAsync();
            var code = _service.CodeOn(number);

            var answers = await Task.WhenAll(_service.CheckAsync(id, code), _service.CancelAsync(id));

            Assert.Single(answers, answer => answer.Status == 200);
            Assert.Single(answers, answer => (answer.Status, answer.ErrorCode) == (409, 23));
            Assert.Equal(answers[0].Status == 200 ? "verified" : "canceled", await _service.ResultAsync(id));
        }
    }

    private static Task<Answer[]> AtOnceAsync(int callers, Func<Task<Answer>> call) =>
        Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(call)));

    private async Task<string> StartAsync(params string[] providers)
    {
        var id = await _service.VerifyByAsync(Phones.Ordinary, providers);
        await _service.PumpAsync();
        return id;
    }
}
