using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests.Verifications;

/// <summary>The owner is not locked out: what a backend that knows the person asks for has limits of its own.</summary>
public sealed class TrustedTests : IAsyncLifetime
{
    private const string Number = "+37253000001";

    private ManagedService _managed = null!;

    public async ValueTask InitializeAsync() => _managed = await ManagedService.StartAsync();

    public ValueTask DisposeAsync() => _managed.DisposeAsync();

    [Fact]
    public async Task Trusted_from_a_token_without_the_permission_is_refused_by_field()
    {
        using var client = await _managed.ClientOfAsync("shop");

        var refused = await VerifyAsync(trusted: true, client);

        Assert.Equal((400, 10), (refused.Status, refused.ErrorCode));
        Assert.True(refused.Names("trusted"), refused.Body);
        Assert.Equal(202, (await VerifyAsync(trusted: false, client)).Status);
    }

    [Fact]
    public async Task A_token_is_created_with_the_permission_and_shows_it()
    {
        await _managed.CreateAccountAsync("shop");
        var token = await _managed.PostAsync("accounts/shop/tokens", """{"trusted":true,"label":"app"}""");
        using var client = _managed.Service.NewClient(token.Text("keyId"), token.Text("secret"));

        Assert.True(token.Json.GetProperty("trusted").GetBoolean());
        var listed = (await _managed.GetAsync("accounts/shop/tokens")).Json.GetProperty("tokens")[0];
        Assert.True(listed.GetProperty("trusted").GetBoolean());
        var accepted = await VerifyAsync(trusted: true, client);
        Assert.Equal(202, accepted.Status);
        var payload = (await _managed.GetAsync($"requests/{accepted.Text("requestId")}")).Json.GetProperty("payload");
        Assert.Equal("true", payload.GetProperty("trusted").ToString());
        Assert.True((await _managed.PostAsync("accounts/shop/tokens", """{"trusted":"yes"}""")).Names("trusted"));
    }

    [Theory]
    [InlineData("true", 202)]
    [InlineData("false", 202)]
    [InlineData("\"true\"", 400)]
    [InlineData("1", 400)]
    [InlineData("null", 202)]
    public async Task Trusted_is_true_or_false(string value, int status) =>
        Assert.Equal(
            status,
            (await _managed.Service.PostAsync("/v1/verify", $$"""{"number":"{{Number}}","method":"call","trusted":{{value}}}""")).Status);

    [Fact]
    public async Task Trusted_may_come_in_a_form() =>
        Assert.Equal(202, (await _managed.Service.PostFormAsync("/v1/verify", $"number=%2B{Number[1..]}&method=call&trusted=true")).Status);

    [Fact]
    public async Task Neither_class_supersedes_the_other_nor_waits_for_its_cool_down()
    {
        var strangers = (await VerifyAsync(trusted: false)).Text("requestId");
        var owners = (await VerifyAsync(trusted: true)).Text("requestId");
        await _managed.Service.PumpAsync();

        Assert.Equal((429, 4), StatusOf(await VerifyAsync(trusted: true)));
        Assert.Equal((429, 4), StatusOf(await VerifyAsync(trusted: false)));
        Assert.Equal("pending", await _managed.Service.ResultAsync(strangers));
        Assert.Equal("pending", await _managed.Service.ResultAsync(owners));
        _managed.Service.Clock.Advance(TimeSpan.FromSeconds(31));
        await VerifyAsync(trusted: true);
        Assert.Equal("pending", await _managed.Service.ResultAsync(strangers));
        Assert.Equal("superseded", await _managed.Service.ResultAsync(owners));
    }

    [Fact]
    public async Task Sends_of_strangers_do_not_use_up_the_owners()
    {
        for (var send = 0; send < 5; send++)
        {
            Assert.Equal(202, (await VerifyAsync(trusted: false)).Status);
            await _managed.Service.PassAsync(TimeSpan.FromSeconds(31));
        }

        Assert.Equal((429, 4), StatusOf(await VerifyAsync(trusted: false)));
        for (var send = 0; send < 5; send++)
        {
            Assert.Equal(202, (await VerifyAsync(trusted: true)).Status);
            await _managed.Service.PassAsync(TimeSpan.FromSeconds(31));
        }

        Assert.Equal((429, 4), StatusOf(await VerifyAsync(trusted: true)));
    }

    [Fact]
    public async Task Wrong_codes_of_strangers_do_not_use_up_the_owners()
    {
        await UseUpAsync(trusted: false);

        Assert.Equal((429, 22), StatusOf(await VerifyAsync(trusted: false)));
        await UseUpAsync(trusted: true);
        Assert.Equal((429, 22), StatusOf(await VerifyAsync(trusted: true)));
    }

    [Fact]
    public async Task Next_of_a_trusted_verification_meets_the_owners_cool_down()
    {
        var owners = (await VerifyAsync(trusted: true)).Text("requestId");
        await _managed.Service.PumpAsync();
        await _managed.Service.PassAsync(TimeSpan.FromSeconds(31));
        await VerifyAsync(trusted: false);

        Assert.Equal(202, (await _managed.Service.NextAsync(owners)).Status);
        Assert.Equal((429, 4), StatusOf(await VerifyAsync(trusted: true)));
    }

    private static (int Status, int ErrorCode) StatusOf(Answer answer) => (answer.Status, answer.ErrorCode);

    private async Task UseUpAsync(bool trusted)
    {
        for (var request = 0; request < 2; request++)
        {
            var id = (await VerifyAsync(trusted)).Text("requestId");
            await _managed.Service.PumpAsync();
            for (var guess = 0; guess < 5; guess++)
            {
                await _managed.Service.CheckAsync(id, _managed.Service.WrongCodeFor(Number));
            }

            await _managed.Service.PassAsync(TimeSpan.FromSeconds(31));
        }
    }

    private Task<Answer> VerifyAsync(bool trusted, HttpClient? client = null) => _managed.Service.PostAsync(
        "/v1/verify",
        $$"""
        {"number":"{{Number}}","trusted":{{(trusted ? "true" : "false")}},"workflow":[{"method":"call","wait":120},{"method":"call"}]}
        """,
        client);
}
