using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests;

public sealed class AdminOperatorTests
{
    private const string Number = "+37253000001";

    [Fact]
    public async Task An_operator_sees_any_accounts_request_and_whose_it_is_without_its_code()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop");
        var id = (await managed.VerifyAsync(client, Number)).Text("requestId");
        await managed.Service.PumpAsync();

        var shown = await managed.GetAsync($"requests/{id}");

        Assert.Equal(("shop", Number, "DELIVERED"), (shown.Text("account"), shown.Text("number"), shown.Text("status")));
        Assert.Single(shown.Attempts);
        Assert.DoesNotContain($"{managed.Service.CodeOn(Number)}\"", shown.Body, StringComparison.Ordinal);
        Assert.Equal(404, (await managed.Service.ReadAsync(id)).Status);
    }

    [Fact]
    public async Task An_account_does_not_see_what_only_operators_see()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop", ""","dailyCap":{"amount":1,"currency":"EUR"}""");
        var id = (await managed.VerifyAsync(client, Number)).Text("requestId");
        await managed.Service.PumpAsync();

        var own = await managed.Service.SendAsync(client, HttpMethod.Get, $"/v1/requests/{id}", null);

        Assert.Equal(200, own.Status);
        Assert.False(own.Json.TryGetProperty("account", out _));
        Assert.False(own.Attempts[0].TryGetProperty("charge", out _));
        Assert.True((await managed.GetAsync($"requests/{id}")).Attempts[0].TryGetProperty("charge", out _));
    }

    [Fact]
    public async Task A_test_verification_is_sent_in_the_name_of_an_account()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop");

        var accepted = await managed.PostAsync("accounts/shop/verify", $$"""{"number":"{{Number}}","method":"call"}""");
        await managed.Service.PumpAsync();

        Assert.Equal(202, accepted.Status);
        Assert.Equal(1, managed.Service.CallsTo(Number));
        Assert.Equal(
            200, (await managed.Service.SendAsync(client, HttpMethod.Get, $"/v1/requests/{accepted.Text("requestId")}", null)).Status);
        Assert.True((await managed.PostAsync("accounts/shop/verify", """{"number":"","method":"call"}""")).Names("number"));
    }

    [Fact]
    public async Task Dead_letters_are_listed_a_page_at_a_time_and_retried()
    {
        await using var managed = await ManagedService.StartAsync();
        var letters = managed.Service.Host.Services.GetRequiredService<DeadLetters>();
        for (var number = 0; number < 3; number++)
        {
            await letters.AddAsync(
                new DeadLetter
                {
                    Account = number == 0 ? "other" : "shop",
                    Kind = "report",
                    Reason = $"Reason {number}",
                    Queue = QueueNames.Reports,
                    Message = """{"request":"00000000000000000000000000"}""",
                },
                default);
            managed.Service.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var first = await managed.GetAsync("dead-letters?limit=2");
        Assert.Equal(["Reason 2", "Reason 1"], Reasons(first));
        var second = await managed.GetAsync($"dead-letters?limit=2&after={Uri.EscapeDataString(first.Text("next"))}");
        Assert.Equal(["Reason 0"], Reasons(second));
        Assert.Equal(["Reason 0"], Reasons(await managed.GetAsync("dead-letters?account=other")));
        var id = second.Json.GetProperty("deadLetters")[0].GetProperty("id").GetString();

        Assert.Equal(200, (await managed.PostAsync($"dead-letters/{id}/retry")).Status);
        Assert.Equal(404, (await managed.PostAsync($"dead-letters/{id}/retry")).Status);

        Assert.Equal(1, await managed.Service.Host.PumpQueuesAsync(QueueNames.Reports));
        Assert.Equal(["Reason 2", "Reason 1"], Reasons(await managed.GetAsync("dead-letters")));
        Assert.True((await managed.GetAsync("dead-letters?after=forged")).Names("after"));
        Assert.True((await managed.GetAsync("dead-letters?limit=0")).Names("limit"));
        Assert.True((await managed.GetAsync("dead-letters?account=A%20shop")).Names("account"));
        Assert.True((await managed.GetAsync("fraud/blocks?account=A%20shop")).Names("account"));
    }

    private static IEnumerable<string?> Reasons(Answer page) =>
        page.Json.GetProperty("deadLetters").EnumerateArray().Select(letter => letter.GetProperty("reason").GetString());
}
