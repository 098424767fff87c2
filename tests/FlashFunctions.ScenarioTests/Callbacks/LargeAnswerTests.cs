using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests.Callbacks;

/// <summary>What is allocated is counted for the whole process, so this runs while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MemoryTests
{
    public const string Name = "Memory";
}

[Collection(MemoryTests.Name)]
public sealed class LargeAnswerTests
{
    [Fact]
    public async Task An_answer_of_a_hundred_megabytes_is_not_read()
    {
        using var chatterbox = new Chatterbox(megabytes: 100);
        await using var service = await TestService.StartAsync();
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var id = await service.VerifyAsync(CallbackCalls.Number, $$""","callbackUrl":"{{chatterbox.Address}}" """);
        await service.PumpAsync();

        Assert.Equal("delivered", (await service.CallbacksAsync(id))[0].State());
        Assert.InRange(await chatterbox.EndAsync(), 1, 20);
        Assert.True(GC.GetTotalAllocatedBytes(precise: true) - before < 50 << 20);
    }
}
