using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Security;
using FlashFunctions.ScenarioTests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests.Callbacks;

public sealed class SignatureTests
{
    [Fact]
    public async Task A_library_for_the_specification_accepts_what_we_sign()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync();
        await service.VerifyAsync(receiver);
        await service.PumpAsync();
        var secret = await SecretAsync(service);
        var altered = receiver.All[0] with { Body = receiver.All[0].Body.Replace("SENT", "READ", StringComparison.Ordinal) };

        Assert.NotEmpty(receiver.All);
        Assert.All(receiver.All, callback => Assert.True(callback.IsSignedWith(secret)));
        Assert.False(altered.IsSignedWith(secret));
        Assert.False(receiver.All[0].IsSignedWith(WebhookSecret.Generate().Reveal()));
    }

    [Fact]
    public async Task While_one_secret_replaces_another_both_verify()
    {
        WebhookSecret[] secrets = [WebhookSecret.Generate(), WebhookSecret.Generate()];
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync();
        using var client = await NewAccountAsync(service, secrets);
        await service.SendAsync(client, HttpMethod.Post, "/v1/verify", new StringContent(
            $$"""{"number":"{{CallbackCalls.Number}}","method":"call","callbackUrl":"{{receiver.Address}}"}"""));
        await service.PumpAsync();

        Assert.All(secrets, secret => Assert.True(receiver.All[0].IsSignedWith(secret.Reveal())));
    }

    [Fact]
    public async Task Nothing_is_sent_unsigned()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync();
        using var client = await NewAccountAsync(service, []);

        await service.SendAsync(client, HttpMethod.Post, "/v1/verify", new StringContent(
            $$"""{"number":"{{CallbackCalls.Number}}","method":"call","callbackUrl":"{{receiver.Address}}"}"""));
        await service.PumpAsync();

        Assert.Empty(receiver.All);
    }

    private static async Task<string> SecretAsync(TestService service)
    {
        var account = await service.Host.Services.GetRequiredService<AccountDirectory>().FindAsync(DevelopmentAccount.Id, default);
        return account!.CallbackSecrets[0].Reveal();
    }

    private static async Task<HttpClient> NewAccountAsync(TestService service, WebhookSecret[] secrets)
    {
        var keyId = TestService.KeyIdOf("signs");
        var tokens = service.Host.Services.GetRequiredService<TokenStore>();
        await service.Host.Services.GetRequiredService<AccountStore>().AddAsync(
            new Account { Id = "signs", CallbackSecrets = secrets }, default);
        await tokens.AddAsync(new AccessToken { Account = "signs", KeyId = keyId, SecretHash = tokens.HashOf(keyId, "secret") }, default);
        return service.NewClient(keyId, "secret");
    }
}
