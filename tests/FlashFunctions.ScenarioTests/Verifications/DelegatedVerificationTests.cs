using FlashFunctions.Core.Providers;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.ScenarioTests.Messages;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests.Verifications;

/// <summary>The provider makes the code and checks it.</summary>
public sealed class DelegatedVerificationTests : IAsyncLifetime
{
    private const string Number = "+37253000001";

    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData("call", "from=37282329823")]
    [InlineData("sms", "from=Hello")]
    [InlineData("voice", "language=de")]
    public async Task A_parameter_reaches_the_provider(string method, string more)
    {
        using var form = new FormUrlEncodedContent(
            [new("number", Number), new("method", method), new("ip", "203.0.113.9"), new("codeLength", "5")]);
        var workflow = Uri.EscapeDataString($$"""[{"method":"{{method}}","provider":"lanck-verify"}]""");
        var body = await form.ReadAsStringAsync(TestContext.Current.CancellationToken);

        var answer = await _service.PostFormAsync("/v1/verify", $"{body}&{more}&workflow={workflow}");

        Assert.Equal(202, answer.Status);
        await _service.PumpAsync();
        var sent = Upstream.OnlyForm(_service, "verify");
        Assert.Equal((Number, method, "5", "203.0.113.9"), (sent["number"], sent["method"], sent["codeLength"], sent["ip"]));
        Assert.Equal(method == "sms" ? "Hello" : null, sent.GetValueOrDefault("from"));
        Assert.Equal(method == "voice" ? "de" : null, sent.GetValueOrDefault("language"));
        Assert.DoesNotContain("code", sent.Keys);
    }

    [Theory]
    [InlineData("call")]
    [InlineData("sms")]
    [InlineData("voice")]
    public async Task The_providers_verdict_verifies_once(string method)
    {
        var id = await StartAsync(method);
        var code = CodeOn(method);

        var check = await _service.CheckAsync(id, code);

        Assert.Equal("VERIFIED", check.Text("status"));
        Assert.Equal(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["requestId"] = Placed.Reference, ["code"] = code }, OnlyCheck());
        Assert.Equal(23, (await _service.CheckAsync(id, code)).ErrorCode);
        Assert.Single(Upstream.To(_service, "verify/check"));
        Assert.Equal("verified", (await _service.ReadAsync(id)).Text("result"));
    }

    [Fact]
    public async Task A_wrong_code_is_counted_and_the_fifth_fails()
    {
        var id = await StartAsync("sms");
        var wrong = CodeOn("sms") == "5555" ? "5556" : "5555";

        for (var left = 4; left >= 0; left--)
        {
            var check = await _service.CheckAsync(id, wrong);
            Assert.Equal(("WRONG_CODE", left), (check.Text("status"), check.Json.GetProperty("attemptsLeft").GetInt32()));
        }

        Assert.Equal(22, (await _service.CheckAsync(id, CodeOn("sms"))).ErrorCode);
        Assert.Equal(5, Upstream.To(_service, "verify/check").Count);
        Assert.Equal("failed", (await _service.ReadAsync(id)).Text("result"));
    }

    [Fact]
    public async Task Wrong_codes_count_against_the_numbers_limit_too()
    {
        for (var round = 0; round < 2; round++)
        {
            var id = await StartAsync("sms");
            for (var guess = 0; guess < 5; guess++)
            {
                await _service.CheckAsync(id, CodeOn("sms") == "5555" ? "5556" : "5555");
            }

            _service.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        var answer = await _service.PostAsync("/v1/verify", $$"""{"number":"{{Number}}","method":"sms"}""");

        Assert.Equal((429, 22), (answer.Status, answer.ErrorCode));
    }

    [Fact]
    public async Task Parallel_guesses_never_ask_the_provider_more_often_than_codes_are_left()
    {
        var id = await StartAsync("sms");
        var guesses = Enumerable.Range(0, 40).Select(guess => $"{1000 + guess}").Where(code => code != CodeOn("sms"));

        var answers = await Task.WhenAll(guesses.Select(code => _service.CheckAsync(id, code)));

        Assert.InRange(Upstream.To(_service, "verify/check").Count, 1, 5);
        Assert.All(answers, answer => Assert.Contains(answer.ErrorCode, (int[])[0, 4, 22]));
        Assert.InRange(answers.Count(answer => answer.Status == 200), 1, 5);
    }

    [Fact]
    public async Task A_right_code_among_parallel_ones_is_accepted_once()
    {
        var id = await StartAsync("sms");

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _service.CheckAsync(id, CodeOn("sms"))));

        Assert.Single(answers, answer => answer.Status == 200);
        Assert.All(answers.Where(answer => answer.Status != 200), answer => Assert.Contains(answer.ErrorCode, (int[])[4, 23]));
    }

    [Fact]
    public async Task Silence_costs_a_guess_where_the_guess_could_find_a_code_of_ours()
    {
        var id = await StartAsync(
            "call", """{"method":"call","provider":"unibell","wait":20},{"method":"sms","provider":"lanck-verify"}""");
        await _service.PassAsync(TimeSpan.FromSeconds(21));
        var ours = _service.CodeOn(Number);
        await _service.Simulator.SetProviderModeAsync(
            SimulatedProviders.Lanck, SimulatedMode.Unavailable, TestContext.Current.CancellationToken);

        // Two codes are live, so that each guess weighs two.
        for (var check = 0; check < 3; check++)
        {
            Assert.Equal(50, (await _service.CheckAsync(id, ours == "5555" ? "5556" : "5555")).ErrorCode);
        }

        Assert.Equal(22, (await _service.CheckAsync(id, ours)).ErrorCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_attempts_code_is_accepted_until_the_end(bool ours)
    {
        var id = await StartAsync(
            "call", """{"method":"call","provider":"unibell","wait":20},{"method":"sms","provider":"lanck-verify"}""");
        await _service.PassAsync(TimeSpan.FromSeconds(21));

        var check = await _service.CheckAsync(id, ours ? _service.CodeOn(Number) : CodeOn("sms"));

        Assert.Equal("VERIFIED", check.Text("status"));
        Assert.Equal(ours ? 0 : 1, Upstream.To(_service, "verify/check").Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Phones.RingsWithServerError)]
    public async Task A_webhook_never_gives_an_attempt_the_reference_that_its_codes_are_checked_by(int behaviour)
    {
        var id = await _service.VerifyAsync(Phones.With(behaviour), Steps.CallsBy("lanck-verify"));
        await _service.Host.PumpQueuesAsync();
        var address = new Uri(_service.Service<CallbackAddresses>().For("lanck", new AttemptKey(id, 0)));

        await _service.PostWebhookAsync(
            address, """{"requestId":"of-another-number","number":"+37253000001","status":"DELIVERED","timestamp":1790000000}""");
        await _service.CheckAsync(id, "1234");

        Assert.DoesNotContain(
            Upstream.To(_service, "verify/check"), check => check.Body.Contains("of-another-number", StringComparison.Ordinal));
        Assert.NotEqual("of-another-number", (await _service.StoredAsync(id)).Attempts[0].Reference);
    }

    [Fact]
    public async Task The_tail_of_the_number_that_rang_is_checked_by_the_provider()
    {
        var id = await StartAsync("call");
        var caller = _service.Simulator.Phone(Number)!.LastCaller!;

        var check = await _service.PostAsync("/v1/verify/check", $$"""{"requestId":"{{id}}","cli":"+{{caller}}"}""");

        Assert.Equal("VERIFIED", check.Text("status"));
        Assert.Equal(caller[^4..], OnlyCheck()["code"]);
    }

    [Fact]
    public async Task Two_delegated_steps_each_have_a_code_of_their_own()
    {
        var id = await StartAsync(
            "call", """{"method":"call","provider":"lanck-verify","wait":20},{"method":"sms","provider":"lanck-verify"}""");
        var first = _service.CodeOn(Number);
        await _service.PassAsync(TimeSpan.FromSeconds(21));
        Assert.Equal(2, Upstream.To(_service, "verify").Count);

        Assert.Equal("VERIFIED", (await _service.CheckAsync(id, first)).Text("status"));
    }

    private SimulatedCall Placed => _service.Simulator.Phone(Number)!.History[^1];

    private async Task<string> StartAsync(string method, string? steps = null)
    {
        steps ??= $$"""{"method":"{{method}}","provider":"lanck-verify"}""";
        var answer = await _service.PostAsync("/v1/verify", $$"""{"number":"{{Number}}","method":"{{method}}","workflow":[{{steps}}]}""");
        Assert.Equal(202, answer.Status);
        await _service.PumpAsync();
        return answer.Text("requestId");
    }

    private Dictionary<string, string> OnlyCheck() => Upstream.Form(Assert.Single(Upstream.To(_service, "verify/check")));

    private string CodeOn(string method) => method == "call"
        ? _service.CodeOn(Number)
        : new string([.. Placed.Text!.Where(char.IsAsciiDigit)]);
}
