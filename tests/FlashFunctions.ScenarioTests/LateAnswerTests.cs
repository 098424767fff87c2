using FlashFunctions.ScenarioTests.Callbacks;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>
/// A flash call whose provider answers late is answered without the number that rings; that comes by GET and by callback.
/// </summary>
public sealed class LateAnswerTests
{
    private const int Slow = 92;

    [Fact]
    public async Task The_number_that_rings_comes_by_GET_and_callback_when_the_provider_answers_after_ten_and_a_half_seconds()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync(slowAnswer: TimeSpan.FromSeconds(10.5));
        var number = Phones.With(Slow);

        var answer = await service.PostAsync("/v1/calls/flash", $$"""{"number":"{{number}}","callbackUrl":"{{receiver.Address}}"}""");
        var id = answer.Text("requestId");
        service.Clock.Advance(TimeSpan.FromSeconds(1));
        await service.UnstickAsync(UntilAsync(async () => (await service.StoredAsync(id)).Attempts[0].Caller is not null));
        await service.PumpAsync();
        var request = await service.ReadAsync(id);

        Assert.Equal(202, answer.Status);
        Assert.False(answer.Json.TryGetProperty("from", out _));
        Assert.Equal(service.Simulator.Phone(number)!.LastCaller, request.Text("from"));
        Assert.Equal("placed", Assert.Single(request.Attempts).GetProperty("state").GetString());
        Assert.Equal(1, service.CallsTo(number));
        Assert.Contains(receiver.All, callback => callback.Has("from") && callback.Text("from") == request.Text("from"));
    }

    private static async Task UntilAsync(Func<Task<bool>> happened)
    {
        while (!await happened())
        {
            await Task.Yield();
        }
    }
}
