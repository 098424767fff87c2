using FlashFunctions.LocalHost.Service;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

public sealed class AuthenticationTests : IAsyncLifetime
{
    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Both_schemes_let_the_owner_of_a_secret_in()
    {
        using var basic = _service.NewClient(ServiceHost.KeyId, ServiceHost.Secret);
        using var accessKey = WithAccessKey($"{ServiceHost.KeyId}:{ServiceHost.Secret}");

        Assert.Equal(404, (await ReadAsync(basic)).Status);
        Assert.Equal(404, (await ReadAsync(accessKey)).Status);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("dev", "wrong")]
    [InlineData("dev", "dev-secret ")]
    [InlineData("DEV", "dev-secret")]
    [InlineData("nobody", "dev-secret")]
    public async Task Anybody_else_is_401_with_error_1(string? keyId, string? secret)
    {
        using var client = _service.NewClient(keyId, secret);

        var answer = await ReadAsync(client);

        Assert.Equal((401, 1), (answer.Status, answer.ErrorCode));
    }

    [Theory]
    [InlineData("dev:wrong")]
    [InlineData("dev")]
    [InlineData(":")]
    [InlineData("a/b#c:secret")]
    public async Task A_wrong_access_key_is_401_with_error_1(string credentials)
    {
        using var client = WithAccessKey(credentials);

        var answer = await ReadAsync(client);

        Assert.Equal((401, 1), (answer.Status, answer.ErrorCode));
    }

    [Theory]
    [InlineData(false, true, 400, 2)]
    [InlineData(true, false, 401, 5)]
    public async Task An_inactive_account_is_error_2_and_an_inactive_token_error_5(bool account, bool token, int status, int errorCode)
    {
        using var client = await _service.AddAccountAsync("asleep", active: account, tokenActive: token);

        var answer = await ReadAsync(client);

        Assert.Equal((status, errorCode), (answer.Status, answer.ErrorCode));
    }

    [Fact]
    public async Task Without_credentials_nothing_is_looked_at_or_done()
    {
        using var nobody = _service.NewClient(null, null);
        using var body = new StringContent("""{"number":"+37253000001","method":"call"}""");

        var answer = await _service.SendAsync(nobody, HttpMethod.Post, "/v1/verify", body);
        await _service.PumpAsync();

        Assert.Equal((401, 1), (answer.Status, answer.ErrorCode));
        Assert.Equal(0, _service.CallsTo(Phones.Ordinary));
    }

    [Fact]
    public async Task The_request_of_another_account_does_not_exist()
    {
        using var stranger = await _service.AddAccountAsync("stranger");
        var id = await _service.VerifyAsync(Phones.Ordinary);
        await _service.PumpAsync();
        var code = _service.CodeOn(Phones.Ordinary);

        Answer[] answers =
        [
            await PostAsync(stranger, "/v1/verify/check", $$"""{"requestId":"{{id}}","code":"{{code}}"}"""),
            await PostAsync(stranger, $"/v1/verify/{id}/next", "{}"),
            await PostAsync(stranger, $"/v1/verify/{id}/cancel", "{}"),
            await PostAsync(stranger, $"/v1/requests/{id}", """{"goal":"NUMBER_VERIFIED"}"""),
            await _service.SendAsync(stranger, HttpMethod.Get, $"/v1/requests/{id}", null),
        ];

        Assert.All(answers, answer => Assert.Equal((404, 20), (answer.Status, answer.ErrorCode)));
        Assert.Equal("VERIFIED", (await _service.CheckAsync(id, code)).Text("status"));
    }

    [Fact]
    public async Task One_accounts_users_do_not_exhaust_anothers()
    {
        using var other = await _service.AddAccountAsync("other");
        await _service.VerifyAsync(Phones.Ordinary);

        var own = await _service.PostAsync("/v1/verify", $$"""{"number":"{{Phones.Ordinary}}","method":"call"}""");
        var others = await PostAsync(other, "/v1/verify", $$"""{"number":"{{Phones.Ordinary}}","method":"call"}""");

        Assert.Equal(429, own.Status);
        Assert.Equal(202, others.Status);
    }

    [Fact]
    public async Task Beyond_the_accounts_rate_every_call_is_429_with_error_4_until_it_has_recovered()
    {
        using var slow = await _service.AddAccountAsync("slow", ratePerSecond: 3);
        for (var call = 0; call < 3; call++)
        {
            Assert.Equal(404, (await ReadAsync(slow)).Status);
        }

        var refused = await ReadAsync(slow);
        var verify = await PostAsync(slow, "/v1/verify", """{"number":"+37253000001","method":"call"}""");
        _service.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((429, 4), (refused.Status, refused.ErrorCode));
        Assert.Equal(TimeSpan.FromSeconds(1), refused.RetryAfter);
        Assert.Equal((429, 4), (verify.Status, verify.ErrorCode));
        Assert.Equal(404, (await ReadAsync(slow)).Status);
    }

    private HttpClient WithAccessKey(string credentials)
    {
        var client = _service.NewClient(null, null);
        client.DefaultRequestHeaders.TryAddWithoutValidation("X-Authorization", $"AccessKey {credentials}");
        return client;
    }

    private Task<Answer> ReadAsync(HttpClient client) => _service.SendAsync(client, HttpMethod.Get, "/v1/requests/none", null);

    private async Task<Answer> PostAsync(HttpClient client, string path, string json)
    {
        using var content = new StringContent(json);
        return await _service.SendAsync(client, HttpMethod.Post, path, content);
    }
}
