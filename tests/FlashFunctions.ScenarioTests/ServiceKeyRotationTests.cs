using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Security;
using FlashFunctions.LocalHost.Service;
using FlashFunctions.ScenarioTests.Harness;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FlashFunctions.ScenarioTests;

/// <summary>
/// Security:ServiceKey is replaced, and the one before is still accepted: nothing that was hashed, sealed or signed is lost.
/// </summary>
public sealed class ServiceKeyRotationTests : IAsyncLifetime
{
    private static readonly string Old = Convert.ToBase64String([.. Enumerable.Repeat((byte)1, 32)]);
    private static readonly string New = Convert.ToBase64String([.. Enumerable.Repeat((byte)2, 32)]);
    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync(Keys(Old));

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task A_token_is_accepted_and_renewed_by_its_use()
    {
        using var before = await _service.AddAccountAsync("shop");
        using var unused = await _service.AddAccountAsync("idle");

        await _service.RestartAsync(Keys(New, Old));
        Assert.Equal(404, await ReadAsync("shop"));
        await _service.RestartAsync(Keys(New));

        Assert.Equal((404, 401), (await ReadAsync("shop"), await ReadAsync("idle")));
    }

    [Fact]
    public async Task Callback_secrets_stay_readable_and_are_sealed_anew_when_they_are_read()
    {
        var secret = WebhookSecret.Generate();
        await _service.Service<AccountStore>().AddAsync(new Account { Id = "shop", CallbackSecrets = [secret] }, default);

        await _service.RestartAsync(Keys(New, Old));
        Assert.Equal(secret.Reveal(), await SecretAsync());
        await _service.RestartAsync(Keys(New));

        Assert.Equal(secret.Reveal(), await SecretAsync());
    }

    [Fact]
    public async Task A_numbers_limits_hold()
    {
        for (var send = 0; send < 4; send++)
        {
            await FlashCallAsync();
        }

        var id = await _service.VerifyAsync(Phones.Ordinary);
        await _service.RestartAsync(Keys(New, Old));

        var verify = await _service.PostAsync("/v1/verify", $$"""{"number":"{{Phones.Ordinary}}","method":"call"}""");
        Assert.Equal((429, 4, 429), (verify.Status, verify.ErrorCode, (await FlashCallAsync()).Status));
        await _service.CancelAsync(id);
        Assert.Equal((200, 429), ((await FlashCallAsync()).Status, (await FlashCallAsync()).Status));
    }

    [Theory]
    [InlineData("unibell")]
    [InlineData("revicom")]
    [InlineData("bird")]
    [InlineData("lanck")]
    public async Task Calls_in_flight_keep_their_webhooks(string provider)
    {
        var id = await _service.VerifyByAsync(Phones.Ordinary, provider);
        await _service.Host.PumpQueuesAsync();
        Assert.Equal("SENT", (await _service.ReadAsync(id)).Text("status"));

        await _service.RestartAsync(Keys(New, Old));
        await _service.PumpAsync();

        Assert.Equal("DELIVERED", (await _service.ReadAsync(id)).Text("status"));
        Assert.Equal("VERIFIED", (await _service.CheckAsync(id, _service.CodeOn(Phones.Ordinary))).Text("status"));
    }

    [Fact]
    public async Task An_idempotency_key_that_is_in_use_stays_in_use()
    {
        var body = $$"""{"number":"{{Phones.Ordinary}}","method":"call"}""";
        var first = await KeyedAsync(body);

        await _service.RestartAsync(Keys(New, Old));

        Assert.Equal((first.Status, first.Body), ((await KeyedAsync(body)) is var again ? again.Status : 0, again.Body));
        Assert.Equal(31, (await KeyedAsync(body.Replace("call", "sms", StringComparison.Ordinal))).ErrorCode);
        await _service.PumpAsync();
        Assert.Equal(1, _service.CallsTo(Phones.Ordinary));
    }

    [Fact]
    public async Task A_number_keeps_its_owner_and_an_inbound_message_is_known()
    {
        await _service.Service<AccountStore>().AddAsync(new Account { Id = "shop", Numbers = ["+447700900000"] }, default);
        Assert.True(await _service.Service<OwnedNumbers>().ClaimAsync("shop", "+447700900000", default));
        Assert.Equal(200, await InboundAsync());

        await _service.RestartAsync(Keys(New, Old));
        Assert.Equal(200, await InboundAsync());
        Assert.False(await _service.Service<OwnedNumbers>().ClaimAsync("other", "+447700900000", default));
        Assert.Single(await StoredMessagesAsync());
        Assert.Equal("shop", await _service.Service<OwnedNumbers>().OwnerOfAsync("447700900000", default));
        await _service.RestartAsync(Keys(New));

        Assert.Equal("shop", await _service.Service<OwnedNumbers>().OwnerOfAsync("447700900000", default));
    }

    [Theory]
    [InlineData("short")]
    [InlineData("AAAA")]
    public async Task A_previous_key_that_is_none_is_refused_at_the_start(string key)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(async () =>
        {
            await using var service = await TestService.StartAsync(Keys(New, key));
        });

        Assert.Contains("Security:PreviousServiceKeys:0", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, refused.Message, StringComparison.Ordinal);
    }

    private static Settings Keys(string key, string? before = null) => new()
    {
        ["Security:ServiceKey"] = key,
        ["Security:PreviousServiceKeys:0"] = before ?? "",
    };

    private async Task<int> ReadAsync(string account)
    {
        using var client = _service.NewClient(TestService.KeyIdOf(account), "its-own-secret");
        var nowhere = $"/v1/requests/{RequestId.New(_service.Clock.GetUtcNow()).Text}";
        return (await _service.SendAsync(client, HttpMethod.Get, nowhere, null)).Status;
    }

    private async Task<string> SecretAsync() =>
        (await _service.Service<AccountStore>().ReadAsync("shop", default))!.CallbackSecrets.Single().Reveal();

    private Task<Answer> FlashCallAsync() => _service.PostAsync("/v1/calls/flash", $$"""{"number":"{{Phones.Ordinary}}"}""");

    private async Task<Answer> KeyedAsync(string body)
    {
        using var content = new StringContent(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/verify") { Content = content };
        request.Headers.Add("Idempotency-Key", "key");
        using var response = await _service.UnstickAsync(_service.Http.SendAsync(request));
        return await Answer.ReadAsync(response);
    }

    private Task<int> InboundAsync() => _service.PostWebhookAsync(
        new Uri($"http://service.test/webhooks/lanck/inbound-sms/{ServiceHost.InboundSmsToken}"),
        """{"from":"447700900001","to":"447700900000","messageId":"m1","text":"Hello"}""");

    private async Task<IEnumerable<string>> StoredMessagesAsync()
    {
        var table = _service.Host.Services.GetRequiredKeyedService<Core.Storage.ITable>(Core.Storage.TableNames.InboundMessages);
        var day = DateOnly.FromDateTime(_service.Clock.GetUtcNow().UtcDateTime);
        return (await table.QueryAfterAsync(Core.Storage.TableKeys.InboundPartition(day), null, 10, default)).Select(row => row.RowKey);
    }
}
