using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>What is shown of the number that rings for a verification never says more of its code than how many digits it has.</summary>
public sealed class ShownCallerTests
{
    private const string Hidden = "+***********";

    [Theory]
    [InlineData("+37282320000-+37282329999", "+3728232****")]
    [InlineData("+37282320000-+37282329998", Hidden)]
    [InlineData("+37282321234,+37283335678,+37284449012", Hidden)]
    [InlineData("+37282320000-+37282329999,+37255550000", "+3728232****|" + Hidden)]
    [InlineData("", Hidden)]
    public async Task A_prefix_under_which_the_pool_lacks_numbers_is_not_shown(string pool, string shown)
    {
        await using var service = await TestService.StartAsync(
            new Settings { ["Providers:Bird:CallerNumbers"] = pool });
        var id = await service.VerifyByAsync(Phones.Ordinary, "bird");
        await service.PumpAsync();

        var request = await service.ReadAsync(id);

        Assert.Contains(request.Text("from"), shown.Split('|'));
        Assert.Equal(request.Text("from"), request.Attempts[0].GetProperty("from").GetString());
    }

    [Fact]
    public async Task A_longer_code_needs_a_larger_pool_for_its_prefix()
    {
        await using var service = await TestService.StartAsync(
            new Settings { ["Providers:Bird:CallerNumbers"] = "+37282300000-+37282399999" });
        var five = await service.VerifyAsync(Phones.Of(5), ""","codeLength":5""" + Steps.CallsBy("bird"));
        await service.PumpAsync();

        Assert.Equal("+372823*****", (await service.ReadAsync(five)).Text("from"));
    }

    [Theory]
    [InlineData("unibell")]
    [InlineData("lanck")]
    public async Task The_prefix_of_a_number_that_carries_our_code_is_shown(string provider)
    {
        await using var service = await TestService.StartAsync();
        var id = await service.VerifyByAsync(Phones.Ordinary, provider);
        await service.PumpAsync();

        Assert.Matches(@"^\+\d{6,}\*{4}$", (await service.ReadAsync(id)).Text("from"));
    }
}
