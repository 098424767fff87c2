using FlashFunctions.LocalHost.Service;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>Rule 3: the answers of verify and next say when either may be called again for the number.</summary>
public sealed class NextAllowedTests : IAsyncLifetime
{
    private static readonly string TwoSteps = Steps.Of("call", "call");

    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Verify_says_when_the_cool_down_is_over()
    {
        var answer = await VerifyAsync();

        Assert.Equal(TimeSpan.FromSeconds(30), WaitAfter(answer));
        await AssertFreesAsync(answer, VerifyAsync);
    }

    [Fact]
    public async Task Next_says_it_too()
    {
        var id = (await VerifyAsync(TwoSteps)).Text("requestId");
        await _service.PassAsync(TimeSpan.FromSeconds(31));
        var next = await _service.NextAsync(id);

        Assert.Equal((202, TimeSpan.FromSeconds(30)), (next.Status, WaitAfter(next)));
        await AssertFreesAsync(next, VerifyAsync);
    }

    [Theory]
    [InlineData("Guard:SendsPerTenMinutes", 3, 600)]
    [InlineData("Guard:SendsPerDay", 3, 86_400)]
    public async Task A_used_up_send_budget_counts_where_it_is_longer(string setting, int sends, int window)
    {
        await _service.RestartAsync(new Settings { [setting] = $"{sends}" });
        Answer last;
        var began = _service.Clock.Now;
        do
        {
            last = await VerifyAsync();
            await _service.PumpAsync();
            _service.Clock.Advance(TimeSpan.FromSeconds(--sends > 0 ? 40 : 0));
        }
        while (sends > 0);

        Assert.InRange(At(last) - began - TimeSpan.FromSeconds(window), TimeSpan.FromMilliseconds(-1), TimeSpan.FromSeconds(1));
        await AssertFreesAsync(last, VerifyAsync);
    }

    [Fact]
    public async Task A_repeated_answer_says_the_same()
    {
        using var client = _service.NewClient(ServiceHost.KeyId, ServiceHost.Secret);
        client.DefaultRequestHeaders.Add("Idempotency-Key", "next-allowed");
        var first = await VerifyAsync(client);
        await _service.PassAsync(TimeSpan.FromSeconds(45));
        var repeated = await VerifyAsync(client);

        Assert.Equal(first.Body, repeated.Body);
    }

    [Fact]
    public async Task For_a_test_number_it_is_now()
    {
        var verify = await _service.PostAsync("/v1/verify", $$"""{"number":"{{Phones.Test}}"{{TwoSteps}}}""");
        var waited = WaitAfter(verify);
        var next = await _service.NextAsync(verify.Text("requestId"));

        Assert.Equal((202, TimeSpan.Zero, TimeSpan.Zero), (next.Status, waited, WaitAfter(next)));
    }

    private Task<Answer> VerifyAsync() => VerifyAsync("");

    private Task<Answer> VerifyAsync(string more) =>
        _service.PostAsync("/v1/verify", $$"""{"number":"{{Phones.Ordinary}}","method":"call"{{more}}}""");

    private Task<Answer> VerifyAsync(HttpClient client) => _service.SendAsync(
        client, HttpMethod.Post, "/v1/verify", new StringContent($$"""{"number":"{{Phones.Ordinary}}","method":"call"}"""));

    private static DateTimeOffset At(Answer answer) =>
        DateTimeOffset.FromUnixTimeMilliseconds(answer.Json.GetProperty("nextAllowedAt").GetInt64());

    /// <summary>From now, to the millisecond.</summary>
    private TimeSpan WaitAfter(Answer answer) =>
        At(answer) - DateTimeOffset.FromUnixTimeMilliseconds(_service.Clock.Now.ToUnixTimeMilliseconds());

    /// <summary>A second earlier it is refused, at that time it is not.</summary>
    private async Task AssertFreesAsync(Answer answer, Func<Task<Answer>> call)
    {
        _service.Clock.Advance(At(answer) - _service.Clock.Now - TimeSpan.FromSeconds(1));
        var early = await call();
        _service.Clock.Advance(TimeSpan.FromSeconds(1));
        var inTime = await call();

        Assert.Equal((429, 4), (early.Status, early.ErrorCode));
        Assert.Equal(202, inTime.Status);
    }
}
