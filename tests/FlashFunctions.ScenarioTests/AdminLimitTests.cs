using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

public sealed class AdminLimitTests
{
    private const string Number = "+37253000001";

    [Fact]
    public async Task A_token_works_until_it_is_revoked_and_again_when_it_is_activated()
    {
        await using var managed = await ManagedService.StartAsync();
        await managed.CreateAccountAsync("shop");
        var token = await managed.PostAsync("accounts/shop/tokens", """{"label":"backend"}""");
        Assert.Equal(201, token.Status);
        Assert.Equal((32, 43), (token.Text("keyId").Length, token.Text("secret").Length));
        using var client = managed.Service.NewClient(token.Text("keyId"), token.Text("secret"));
        Assert.Equal(202, (await managed.VerifyAsync(client, Number)).Status);

        Assert.Equal(200, (await managed.PostAsync($"accounts/shop/tokens/{token.Text("keyId")}/revoke")).Status);
        var revoked = await managed.VerifyAsync(client, Number);
        Assert.Equal((401, 5), (revoked.Status, revoked.ErrorCode));

        Assert.Equal(200, (await managed.PostAsync($"accounts/shop/tokens/{token.Text("keyId")}/activate")).Status);
        Assert.Equal(202, (await managed.VerifyAsync(client, "+37253000002")).Status);

        var listed = await managed.GetAsync("accounts/shop/tokens");
        Assert.Equal("backend", Assert.Single(listed.Json.GetProperty("tokens").EnumerateArray()).GetProperty("label").GetString());
        Assert.DoesNotContain(token.Text("secret"), listed.Body, StringComparison.Ordinal);
        Assert.Equal(200, (await managed.DeleteAsync($"accounts/shop/tokens/{token.Text("keyId")}")).Status);
        var deleted = await managed.VerifyAsync(client, "+37253000003");
        Assert.Equal((401, 1), (deleted.Status, deleted.ErrorCode));
        Assert.Equal(0, (await managed.GetAsync("accounts/shop")).Json.GetProperty("tokens").GetInt32());
    }

    [Fact]
    public async Task A_token_is_managed_through_its_own_account_only()
    {
        await using var managed = await ManagedService.StartAsync();
        await managed.CreateAccountAsync("one");
        await managed.CreateAccountAsync("two");
        var keyId = (await managed.PostAsync("accounts/one/tokens")).Text("keyId");

        Assert.Equal(404, (await managed.PostAsync($"accounts/two/tokens/{keyId}/revoke")).Status);
        Assert.Equal(404, (await managed.DeleteAsync($"accounts/two/tokens/{keyId}")).Status);
        Assert.True((await managed.GetAsync("accounts/one/tokens")).Json.GetProperty("tokens")[0].GetProperty("active").GetBoolean());
    }

    [Fact]
    public async Task An_account_has_at_most_20_tokens()
    {
        await using var managed = await ManagedService.StartAsync();
        await managed.CreateAccountAsync("shop");
        for (var number = 0; number < 20; number++)
        {
            Assert.Equal(201, (await managed.PostAsync("accounts/shop/tokens")).Status);
        }

        Assert.True((await managed.PostAsync("accounts/shop/tokens")).Names("account"));
        Assert.Equal(20, (await managed.GetAsync("accounts/shop/tokens")).Json.GetProperty("tokens").GetArrayLength());
    }

    [Fact]
    public async Task An_inactive_account_is_refused_with_its_tokens_still_good()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop");
        await managed.PatchAsync("accounts/shop", """{"active":false}""");

        var refused = await managed.VerifyAsync(client, Number);
        Assert.Equal((400, 2), (refused.Status, refused.ErrorCode));
        Assert.Equal(2, (await managed.PostAsync("accounts/shop/verify", $$"""{"number":"{{Number}}","method":"call"}""")).ErrorCode);

        await managed.PatchAsync("accounts/shop", """{"active":true}""");
        Assert.Equal(202, (await managed.VerifyAsync(client, Number)).Status);
    }

    [Fact]
    public async Task Tokens_of_a_deleted_account_are_dead_at_once()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop");
        Assert.Equal(202, (await managed.VerifyAsync(client, Number)).Status);

        await managed.DeleteAsync("accounts/shop");

        var refused = await managed.VerifyAsync(client, "+37253000002");
        Assert.Equal((401, 1), (refused.Status, refused.ErrorCode));
    }

    [Fact]
    public async Task Calls_beyond_the_accounts_rate_are_refused_and_say_when_to_come_back()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop", ""","ratePerSecond":2""");
        using var other = await managed.ClientOfAsync("other", ""","ratePerSecond":2""");
        for (var call = 0; call < 2; call++)
        {
            Assert.Equal(404, (await ReadAsync(client)).Status);
        }

        var refused = await ReadAsync(client);
        Assert.Equal((429, 4), (refused.Status, refused.ErrorCode));
        Assert.Equal(TimeSpan.FromSeconds(1), refused.RetryAfter);
        Assert.Equal(404, (await ReadAsync(other)).Status);
        managed.Service.Clock.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(404, (await ReadAsync(client)).Status);
        Assert.Equal(429, (await ReadAsync(client)).Status);

        Task<Answer> ReadAsync(HttpClient from) => managed.Service.SendAsync(from, HttpMethod.Get, "/v1/requests/nothing", null);
    }

    [Fact]
    public async Task A_sender_that_is_not_the_accounts_is_refused_and_nothing_is_sent()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop", ""","senders":["Shop","+37253000099"]""");

        var refused = await managed.VerifyAsync(client, Number, ""","method":"sms","from":"Bank" """);
        Assert.Equal((400, 16), (refused.Status, refused.ErrorCode));
        Assert.True(refused.Names("from"));
        var call = await managed.Service.SendAsync(
            client, HttpMethod.Post, "/v1/calls/flash", new StringContent($$"""{"number":"{{Number}}","from":"37253000098"}"""));
        Assert.Equal((400, 16), (call.Status, call.ErrorCode));
        await managed.Service.PumpAsync();
        Assert.Null(managed.Service.Simulator.Phone(Number));

        Assert.Equal(202, (await managed.VerifyAsync(client, Number, ""","method":"sms","from":"Shop" """)).Status);
        Assert.Equal(202, (await managed.VerifyAsync(client, "+37253000002", ""","method":"sms" """)).Status);
    }
}
