using System.Collections.Concurrent;
using System.Net.Http.Headers;
using FlashFunctions.ScenarioTests.Harness;
using FsCheck;
using FsCheck.Fluent;

namespace FlashFunctions.ScenarioTests;

public sealed class MalformedInputTests(ITestOutputHelper output)
{
    private const int Bodies = 10_000;
    private const int AtOnce = 8;
    private const ulong Seed = 20_260_723;

    [Fact]
    public async Task No_body_causes_a_500_and_every_refusal_has_an_error_code()
    {
        output.WriteLine($"seed {Seed}");
        await using var service = await TestService.StartAsync();
        var faults = new ConcurrentQueue<string>();
        var statuses = new ConcurrentDictionary<int, int>();
        foreach (var bodies in Gen.Sample(MalformedBodies.All, Bodies, new Rnd(Seed, 1), size: 30).Chunk(1_000))
        {
            var sending = Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (body, _) =>
            {
                var answer = await SendAsync(service, body);
                statuses.AddOrUpdate(answer.Status, 1, (_, count) => count + 1);
                if (Fault(answer) is { } fault)
                {
                    faults.Enqueue($"{fault} {body}");
                }
            });
            await service.UnstickAsync(sending);
            service.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        output.WriteLine(string.Join(", ", statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} × {pair.Key}")));
        Assert.Empty(faults);
        Assert.Equal(Bodies, statuses.Values.Sum());
        Assert.InRange(statuses.GetValueOrDefault(400), Bodies / 2, Bodies);
        Assert.All((int[])[200, 202, 404, 413], status => Assert.True(statuses.ContainsKey(status), $"no {status}"));
    }

    private static string? Fault(Answer answer) => answer switch
    {
        { Status: >= 200 and <= 299 } => null,
        { Status: 500 } => "500",
        _ => HasErrorCode(answer) ? null : $"{answer.Status} without an errorCode: {answer.Body}",
    };

    private static bool HasErrorCode(Answer answer)
    {
        try
        {
            return answer.ErrorCode > 0 && answer.Text("errorReason").Length > 0;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    private static async Task<Answer> SendAsync(TestService service, MalformedBody body)
    {
        using var content = new ByteArrayContent(body.Bytes);
        if (body.ContentType is { } type)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, body.Path) { Content = content };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var response = await service.Http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }
}
