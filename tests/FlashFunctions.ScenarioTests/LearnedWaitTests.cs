using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers.Learning;
using FlashFunctions.Core.Statistics;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>How long a step without a wait of its own waits where routing learns.</summary>
public sealed class LearnedWaitTests
{
    private static readonly (string, string)[] Learned = [("Routing:Mode", "learned"), ("Routing:Exploration", "0")];

    [Fact]
    public async Task A_step_without_a_wait_waits_as_long_as_verified_numbers_took_there_but_a_tenth_keeps_the_default()
    {
        await using var managed = await ManagedService.StartAsync(settings: Learned);
        var service = managed.Service;
        await TeachWaitAsync(service, TimeSpan.FromSeconds(14));

        var waits = new List<(bool KeepsDefault, double Seconds, double Told)>();
        for (var phone = 0; phone < 40; phone++)
        {
            var at = service.Clock.GetUtcNow();
            var answer = await service.PostAsync(
                "/v1/verify", $$"""{"number":"{{Phones.Of(150 + phone)}}","workflow":[{"method":"call"},{"method":"sms"}]}""");
            await service.PumpAsync();
            var attempt = (await service.StoredAsync(answer.Text("requestId"))).Attempts[0];
            Assert.Equal("unibell", attempt.Provider);
            waits.Add((
                LearnedWaits.KeepsDefault(answer.Text("requestId")),
                attempt.Wait.TotalSeconds,
                (answer.Json.GetProperty("nextAfter").GetInt64() - at.ToUnixTimeMilliseconds()) / 1_000.0));
        }

        var own = await service.VerifyAsync(Phones.Of(195), Steps.Of(new("call", Wait: 25), "sms"));
        await service.PumpAsync();
        Assert.All(waits, wait => Assert.InRange(wait.Seconds, wait.KeepsDefault ? 30 : 14, wait.KeepsDefault ? 30 : 17));
        Assert.InRange(waits.Count(wait => wait.KeepsDefault), 0, 14);
        Assert.All(waits.Skip(1), wait => Assert.InRange(wait.Told, wait.Seconds - 0.1, wait.Seconds + 2));
        Assert.Equal(25, (await service.StoredAsync(own)).Attempts[0].Wait.TotalSeconds);
    }

    [Theory]
    [InlineData(3, 10)]
    [InlineData(200, 30)]
    public async Task A_learned_wait_is_10_seconds_at_least_and_the_default_at_most(int took, int waits)
    {
        await using var managed = await ManagedService.StartAsync(settings: Learned);
        await TeachWaitAsync(managed.Service, TimeSpan.FromSeconds(took));

        var learned = 0;
        for (var phone = 0; phone < 8; phone++)
        {
            var id = await StartAsync(managed.Service, Phones.Of(150 + phone));
            if (!LearnedWaits.KeepsDefault(id))
            {
                learned++;
                Assert.Equal(waits, (await managed.Service.StoredAsync(id)).Attempts[0].Wait.TotalSeconds);
            }
        }

        Assert.True(learned > 0);
    }

    /// <summary>Teaches, as a sweep would, that every code by Unibell was entered after so long.</summary>
    private static async Task TeachWaitAsync(TestService service, TimeSpan took)
    {
        var lessons = new RouteLessons();
        var network = FlashFunctions.Core.Numbers.NumberPlan.Instance.OperatorOf(PhoneNumber.Parse(Phones.Of(150), null)) ?? "";
        var lesson = lessons.Of(new RouteKey("unibell", "call", "EE", network));
        (lesson.Known, lesson.Verified) = (100, 90);
        for (var count = 0; count < 90; count++)
        {
            lesson.Seconds.Add(took);
        }

        var minutes = new Dictionary<long, RouteLessons> { [TableKeys.Minute(service.Clock.GetUtcNow())] = lessons };
        await service.Service<RouteBook>().LearnAsync(minutes, CancellationToken.None);
    }

    private static async Task<string> StartAsync(TestService service, string number, string more = "")
    {
        var id = await service.VerifyAsync(number, more);
        await service.PumpAsync();
        return id;
    }
}
