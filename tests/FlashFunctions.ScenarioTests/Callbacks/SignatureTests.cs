using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.ScenarioTests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests.Callbacks;

public sealed class SignatureTests
{
    private const string Taken = "taken";

    [Fact]
    public async Task The_official_library_takes_what_we_sign()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync();
        await service.VerifyAsync(receiver);
        await service.PumpAsync();
        var secret = await SecretAsync(service);
        var altered = receiver.All[0] with { Body = receiver.All[0].Body.Replace("SENT", "READ", StringComparison.Ordinal) };

        var verdicts = await NpmVerifier.VerifyAsync(
            [.. receiver.All.Select(one => (secret, one)), (secret, altered), (WebhookSecret.Generate().Reveal(), receiver.All[0])]);

        Assert.NotEmpty(receiver.All);
        Assert.All(verdicts.SkipLast(2), verdict => Assert.Equal(Taken, verdict));
        Assert.All(verdicts.TakeLast(2), verdict => Assert.StartsWith("refused", verdict, StringComparison.Ordinal));
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

        var verdicts = await NpmVerifier.VerifyAsync(secrets.Select(secret => (secret.Reveal(), receiver.All[0])));

        Assert.Equal([Taken, Taken], verdicts);
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
        var tokens = service.Host.Services.GetRequiredService<TokenStore>();
        await service.Host.Services.GetRequiredService<AccountStore>().AddAsync(new Account { Id = "signs", CallbackSecrets = secrets }, default);
        await tokens.AddAsync(new AccessToken { Account = "signs", KeyId = "signs-key", SecretHash = tokens.HashOf("signs-key", "secret") }, default);
        return service.NewClient("signs-key", "secret");
    }
}
