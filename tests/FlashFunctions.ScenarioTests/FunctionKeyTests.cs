using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>The host takes a function key in the address as well, where logs would keep it; the service does not.</summary>
public sealed class FunctionKeyTests
{
    [Theory]
    [InlineData("GET", "manage/accounts")]
    [InlineData("GET", "manage/health")]
    [InlineData("GET", "manage/dead-letters")]
    [InlineData("POST", "manage/accounts")]
    public async Task A_function_key_in_the_address_is_refused(string method, string path)
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = managed.Service.NewClient(null, null);
        var content = method == "POST" ? new StringContent("""{"id":"shop"}""") : null;

        var answer = await managed.Service.SendAsync(client, new HttpMethod(method), $"/{path}?code={ManagedService.Key}", content);

        Assert.Equal(401, answer.Status);
        Assert.DoesNotContain("shop", (await managed.GetAsync("accounts")).Body, StringComparison.Ordinal);
    }
}
