using FlashFunctions.Core.Accounts;
using FlashFunctions.ScenarioTests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests;

/// <summary>What operators are refused. None of it changes anything: the only account is the one that was there before.</summary>
public sealed class AdminRefusalTests(AdminRefusalTests.OneAccount one) : IClassFixture<AdminRefusalTests.OneAccount>
{
    private readonly ManagedService _managed = one.Managed;

    [Theory]
    [InlineData("GET", "accounts")]
    [InlineData("POST", "accounts")]
    [InlineData("GET", "accounts/shop")]
    [InlineData("PATCH", "accounts/shop")]
    [InlineData("DELETE", "accounts/shop")]
    [InlineData("POST", "accounts/shop/secrets/rotate")]
    [InlineData("POST", "accounts/shop/secrets/retire")]
    [InlineData("GET", "accounts/shop/tokens")]
    [InlineData("POST", "accounts/shop/tokens")]
    [InlineData("POST", "accounts/shop/tokens/k/revoke")]
    [InlineData("POST", "accounts/shop/tokens/k/activate")]
    [InlineData("DELETE", "accounts/shop/tokens/k")]
    [InlineData("POST", "accounts/shop/verify")]
    [InlineData("GET", "requests/x")]
    [InlineData("GET", "dead-letters")]
    [InlineData("POST", "dead-letters/x/retry")]
    public async Task Nothing_is_managed_without_the_function_key(string method, string path)
    {
        using var wrong = _managed.Service.NewClient("dev", "dev-secret");
        wrong.DefaultRequestHeaders.Add("x-functions-key", "another");
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/manage/{path}");

        using var response = await wrong.SendAsync(request);

        Assert.Equal(401, (int)response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("""{}""", "id")]
    [InlineData("""{"id":"Shop"}""", "id")]
    [InlineData("""{"id":"-shop"}""", "id")]
    [InlineData("""{"id":"development"}""", "id")]
    [InlineData("""{"id":"taken"}""", "id")]
    [InlineData("""{"id":"a/b"}""", "id")]
    [InlineData("""{"id":"a","ratePerSecond":0}""", "ratePerSecond")]
    [InlineData("""{"id":"a","ratePerSecond":100001}""", "ratePerSecond")]
    [InlineData("""{"id":"a","active":"yes"}""", "active")]
    [InlineData("""{"id":"a","senders":"Shop"}""", "senders")]
    [InlineData("""{"id":"a","senders":["ok",7]}""", "senders[1]")]
    [InlineData("""{"id":"a","senders":[""]}""", "senders[0]")]
    [InlineData("""{"id":"a","dailyCap":5}""", "dailyCap")]
    [InlineData("""{"id":"a","dailyCap":{"currency":"EUR"}}""", "dailyCap.amount")]
    [InlineData("""{"id":"a","dailyCap":{"amount":-1,"currency":"EUR"}}""", "dailyCap.amount")]
    [InlineData("""{"id":"a","dailyCap":{"amount":0.0000001,"currency":"EUR"}}""", "dailyCap.amount")]
    [InlineData("""{"id":"a","dailyCap":{"amount":1e3,"currency":"EUR"}}""", "dailyCap.amount")]
    [InlineData("""{"id":"a","dailyCap":{"amount":1}}""", "dailyCap.currency")]
    [InlineData("""{"id":"a","dailyCap":{"amount":1,"currency":"eur"}}""", "dailyCap.currency")]
    [InlineData("""{"id":"a","dailyCap":{"amount":1,"currency":"USD"}}""", "dailyCap.currency")]
    [InlineData("""{"id":"a","workflow":[]}""", "workflow")]
    [InlineData("""{"id":"a","workflow":[{"method":"fax"}]}""", "workflow[0].method")]
    [InlineData("""{"id":"a","workflow":[{"method":"sms","provider":"unibell"}]}""", "workflow[0].provider")]
    [InlineData("""{"id":"a","numbers":["37253000001"]}""", "numbers[0]")]
    [InlineData("""{"id":"a","numbers":["+37253000009","+37253000001"]}""", "numbers[1]")]
    [InlineData("""{"id":"a","inboundSmsAddress":"http://10.0.0.1/"}""", "inboundSmsAddress")]
    [InlineData("""{"id":"a","dailycap":null}""", "dailycap")]
    [InlineData("""{"id":"a","callbackSecrets":1}""", "callbackSecrets")]
    [InlineData("""[1]""", "body")]
    public async Task What_is_wrong_with_an_account_is_named(string json, string field)
    {
        var refused = await _managed.PostAsync("accounts", json);

        Assert.Equal((400, 10), (refused.Status, refused.ErrorCode));
        Assert.True(refused.Names(field), refused.Body);
        Assert.Single((await _managed.GetAsync("accounts")).Json.GetProperty("accounts").EnumerateArray());
        Assert.Null(await _managed.Service.Host.Services.GetRequiredService<OwnedNumbers>().OwnerOfAsync("+37253000009", default));
    }

    [Theory]
    [InlineData("GET", "accounts/%2e%2e%2f")]
    [InlineData("DELETE", "accounts/a%23b")]
    [InlineData("GET", "accounts/a%5Cb/tokens")]
    [InlineData("POST", "accounts/nobody/tokens")]
    [InlineData("POST", "accounts/nobody/secrets/rotate")]
    [InlineData("POST", "accounts/nobody/verify")]
    [InlineData("POST", "accounts/taken/tokens/a%2Fb/revoke")]
    [InlineData("DELETE", "accounts/taken/tokens/nothing")]
    [InlineData("GET", "requests/nothing")]
    [InlineData("POST", "dead-letters/a%2Fb/retry")]
    public async Task What_does_not_exist_is_a_404_however_it_is_spelt(string method, string path)
    {
        var answer = await _managed.ManageAsync(new HttpMethod(method), path, method == "POST" ? """{}""" : null);

        Assert.Equal((404, 20), (answer.Status, answer.ErrorCode));
    }

    /// <summary>A service whose only account, “taken”, owns a number.</summary>
    public sealed class OneAccount : IAsyncLifetime
    {
        public ManagedService Managed { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Managed = await ManagedService.StartAsync();
            await Managed.CreateAccountAsync("taken", ""","numbers":["+37253000001"]""");
        }

        public ValueTask DisposeAsync() => Managed.DisposeAsync();
    }
}
