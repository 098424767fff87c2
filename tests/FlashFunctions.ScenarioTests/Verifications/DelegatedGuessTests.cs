using System.Net;
using FlashFunctions.ScenarioTests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests.Verifications;

/// <summary>
/// Rule 2 where the provider checks the code: 40 guesses against whatever its check may answer. What may have reached the provider counts,
/// for the request and for the number; what certainly did not is given back.
/// </summary>
public sealed class DelegatedGuessTests
{
    private const string Number = "+37253000001";
    private const string Refused = "refused";
    private const string Lost = "lost";
    private const string Delegated = """{"method":"sms","provider":"lanck-verify"}""";
    private const string TwoDelegated = """{"method":"voice","provider":"lanck-verify","wait":20},""" + Delegated;

    [Theory]
    [InlineData("200 {}")]
    [InlineData("200 not json")]
    [InlineData("200 {\"status\":\"OK\"}")]
    [InlineData("200 {\"status\":\"SUCCESS\"}")]
    [InlineData("200 {\"status\":\"OK\",\"result\":\"WRONG\"}")]
    [InlineData("200 {\"status\":\"VERIFIED\",\"verified\":false}")]
    [InlineData("200 {\"status\":\"PENDING\"}")]
    [InlineData("302 ")]
    [InlineData("401 {\"errorCode\":1}")]
    [InlineData("403 ")]
    [InlineData("404 ")]
    [InlineData("429 {\"errorCode\":4}")]
    [InlineData("500 ")]
    [InlineData("503 ")]
    [InlineData(Lost)]
    public async Task A_guess_that_may_have_reached_the_provider_counts(string behaviour)
    {
        var lanck = new CheckAnswers();
        await using var service = await StartAsync(lanck);
        lanck.Answer = _ => behaviour;
        var reached = 0;
        for (var request = 0; request < 4; request++)
        {
            if (await StartAsync(service, Delegated) is not { } id)
            {
                break;
            }

            for (var guess = 0; guess < 10; guess++)
            {
                Assert.Contains((await service.CheckAsync(id, WrongCode(service))).ErrorCode, (int[])[0, 22, 50]);
            }

            reached++;
            lanck.Answer = null;
            Assert.Equal((429, 22), await OutcomeAsync(service, id, CodeIn(service)));
            lanck.Answer = _ => behaviour;
            Assert.Equal("failed", await service.ResultAsync(id));
        }

        Assert.Equal(2, reached);
        Assert.Equal(10, lanck.Asked);
        Assert.Equal((429, 22), await VerifyAsync(service));
    }

    [Fact]
    public async Task A_guess_that_finds_no_connection_is_given_back()
    {
        var lanck = new CheckAnswers();
        await using var service = await StartAsync(lanck);
        var id = (await StartAsync(service, Delegated))!;
        lanck.Answer = _ => Refused;

        await AssertGivenBackAsync(service, lanck, id);
    }

    [Fact]
    public async Task A_guess_that_our_own_rate_limit_holds_up_is_given_back()
    {
        var lanck = new CheckAnswers();
        await using var service = await StartAsync(lanck, ("Providers:Lanck:RequestsPerSecond", "0.1"));
        var id = (await StartAsync(service, Delegated))!;
        service.HoldClock();
        lanck.Answer = _ => "200 {\"status\":\"WRONG_CODE\"}";

        await AssertGivenBackAsync(service, lanck, id);
    }

    [Theory]
    [InlineData(Lost, true)]
    [InlineData("500 ", true)]
    [InlineData(Refused, true)]
    [InlineData(Lost, false)]
    [InlineData("500 ", false)]
    [InlineData(Refused, false)]
    public async Task The_silence_of_one_attempt_masks_no_wrong_of_another(string silence, bool first)
    {
        var lanck = new CheckAnswers();
        await using var service = await StartAsync(lanck);
        var id = (await StartAsync(service, TwoDelegated))!;
        await service.PassAsync(TimeSpan.FromSeconds(21));

        // The latest attempt is asked about first, then the one before it.
        lanck.Answer = call => call % 2 == (first ? 0 : 1) ? silence : "200 {\"status\":\"WRONG_CODE\"}";

        var answers = new List<Answer>();
        for (var guess = 0; guess < 40; guess++)
        {
            answers.Add(await service.CheckAsync(id, WrongCode(service)));
        }

        var counted = answers.TakeWhile(answer => answer.ErrorCode == 0).ToArray();
        Assert.All(counted, answer => Assert.Equal("WRONG_CODE", answer.Text("status")));
        Assert.InRange(counted.Length, 1, 5);
        Assert.All(answers.Skip(counted.Length), answer => Assert.Equal(22, answer.ErrorCode));
        lanck.Answer = null;
        Assert.Equal((429, 22), await OutcomeAsync(service, id, CodeIn(service)));
    }

    private static Task<TestService> StartAsync(CheckAnswers lanck, params (string Key, string Value)[] settings) =>
        TestService.StartAsync(
            settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value, StringComparer.Ordinal),
            all => all.AddHttpClient("LanckClient").AddHttpMessageHandler(() => lanck));

    /// <summary>Starts a verification and gives its id; null where the number has no guesses left.</summary>
    private static async Task<string?> StartAsync(TestService service, string steps)
    {
        service.Clock.Advance(TimeSpan.FromSeconds(31));
        var answer = await service.PostAsync("/v1/verify", $$"""{"number":"{{Number}}","workflow":[{{steps}}]}""");
        if (answer.ErrorCode == 22)
        {
            return null;
        }

        Assert.Equal(202, answer.Status);
        await service.PumpAsync();
        return answer.Text("requestId");
    }

    private static async Task<(int Status, int ErrorCode)> VerifyAsync(TestService service)
    {
        service.Clock.Advance(TimeSpan.FromSeconds(31));
        var answer = await service.PostAsync("/v1/verify", $$"""{"number":"{{Number}}","method":"call"}""");
        return (answer.Status, answer.ErrorCode);
    }

    private static async Task<(int Status, int ErrorCode)> OutcomeAsync(TestService service, string id, string code)
    {
        var answer = await service.CheckAsync(id, code);
        return (answer.Status, answer.ErrorCode);
    }

    private static string CodeIn(TestService service) =>
        new([.. service.Simulator.Phone(Number)!.History[^1].Text!.Where(char.IsAsciiDigit)]);

    private static string WrongCode(TestService service) => CodeIn(service) == "5555" ? "5556" : "5555";

    private static async Task AssertGivenBackAsync(TestService service, CheckAnswers lanck, string id)
    {
        for (var guess = 0; guess < 40; guess++)
        {
            var answer = await service.CheckAsync(id, WrongCode(service));
            Assert.Equal((503, 50), (answer.Status, answer.ErrorCode));
            Assert.NotNull(answer.RetryAfter);
        }

        Assert.Equal(0, lanck.Asked);
        lanck.Answer = null;
        service.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("VERIFIED", (await service.CheckAsync(id, CodeIn(service))).Text("status"));
    }

    /// <summary>Between the service and Lanck's check: answers in its place as it is told, or not at all.</summary>
    private sealed class CheckAnswers : DelegatingHandler
    {
        private int _calls;

        /// <summary>
        /// By the number of the call: “status body”, <see cref="Refused"/> or <see cref="Lost"/>; null leaves it to Lanck.
        /// </summary>
        public Func<int, string>? Answer { get; set; }

        /// <summary>How many guesses left for the provider while it was answered for.</summary>
        public int Asked { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Answer is null || !request.RequestUri!.AbsolutePath.EndsWith("/verify/check", StringComparison.Ordinal))
            {
                return await base.SendAsync(request, cancellationToken);
            }

            var behaviour = Answer(_calls++);
            if (behaviour == Refused)
            {
                throw new HttpRequestException(HttpRequestError.ConnectionError);
            }

            Asked++;
            await request.Content!.LoadIntoBufferAsync(cancellationToken);
            return behaviour == Lost
                ? throw new HttpRequestException(HttpRequestError.ResponseEnded)
                : new HttpResponseMessage(Enum.Parse<HttpStatusCode>(behaviour[..3])) { Content = new StringContent(behaviour[4..]) };
        }
    }
}
