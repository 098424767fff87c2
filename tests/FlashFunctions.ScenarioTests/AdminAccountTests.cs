using System.Text.Json;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Security;
using FlashFunctions.ScenarioTests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests;

public sealed class AdminAccountTests
{
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
        await using var managed = await ManagedService.StartAsync();
        using var wrong = managed.Service.NewClient("dev", "dev-secret");
        wrong.DefaultRequestHeaders.Add("x-functions-key", "another");
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/manage/{path}");

        using var response = await wrong.SendAsync(request);

        Assert.Equal(401, (int)response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_account_is_created_shown_listed_changed_and_deleted()
    {
        await using var managed = await ManagedService.StartAsync();
        var created = await managed.CreateAccountAsync("shop", ""","name":"The shop","ratePerSecond":5,"senders":["Shop"],"dailyCap":{"amount":"12.5","currency":"EUR"},"workflow":[{"method":"call","provider":"bird","wait":20},{"method":"sms","condition":"delivered"}],"numbers":["+37253000001"],"inboundSmsAddress":"https://shop.example.com/sms" """);
        Assert.StartsWith("whsec_", created.Text("newCallbackSecret"), StringComparison.Ordinal);

        var shown = await managed.GetAsync("accounts/shop");
        Assert.Equal("The shop", shown.Text("name"));
        Assert.Equal(5, shown.Json.GetProperty("ratePerSecond").GetInt32());
        Assert.Equal(12.5m, shown.Json.GetProperty("dailyCap").GetProperty("amount").GetDecimal());
        Assert.Equal(0, shown.Json.GetProperty("spentToday").GetProperty("amount").GetDecimal());
        Assert.Equal(20, shown.Json.GetProperty("workflow")[0].GetProperty("wait").GetInt32());
        Assert.Equal("delivered", shown.Json.GetProperty("workflow")[1].GetProperty("condition").GetString());
        Assert.DoesNotContain("whsec_", shown.Body, StringComparison.Ordinal);

        var changed = await managed.PatchAsync("accounts/shop", """{"ratePerSecond":7,"dailyCap":null,"senders":[],"workflow":null}""");
        Assert.Equal(7, changed.Json.GetProperty("ratePerSecond").GetInt32());
        Assert.Equal(JsonValueKind.Null, changed.Json.GetProperty("dailyCap").ValueKind);
        Assert.Equal(0, changed.Json.GetProperty("senders").GetArrayLength());
        Assert.Equal(0, changed.Json.GetProperty("workflow").GetArrayLength());
        Assert.Equal("The shop", changed.Text("name"));
        Assert.Equal("https://shop.example.com/sms", changed.Text("inboundSmsAddress"));

        Assert.Equal("shop", Assert.Single((await managed.GetAsync("accounts")).Json.GetProperty("accounts").EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal(200, (await managed.DeleteAsync("accounts/shop")).Status);
        Assert.Equal(404, (await managed.GetAsync("accounts/shop")).Status);
        Assert.Equal(404, (await managed.DeleteAsync("accounts/shop")).Status);
        Assert.Equal(404, (await managed.PatchAsync("accounts/shop", "{}")).Status);
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
        await using var managed = await ManagedService.StartAsync();
        await managed.CreateAccountAsync("taken", ""","numbers":["+37253000001"]""");

        var refused = await managed.PostAsync("accounts", json);

        Assert.Equal((400, 10), (refused.Status, refused.ErrorCode));
        Assert.True(refused.Names(field), refused.Body);
        Assert.Single((await managed.GetAsync("accounts")).Json.GetProperty("accounts").EnumerateArray());
        Assert.Null(await managed.Service.Host.Services.GetRequiredService<OwnedNumbers>().OwnerOfAsync("+37253000009", default));
    }

    [Fact]
    public async Task As_many_senders_and_numbers_as_an_account_may_have_are_kept_and_more_are_refused_by_name()
    {
        await using var managed = await ManagedService.StartAsync();
        string List(int count, Func<int, string> item) => $"[{string.Join(',', Enumerable.Range(0, count).Select(index => $"\"{item(index)}\""))}]";
        var senders = List(100, index => $"{index:D3}{new string('ж', 29)}");
        var numbers = List(500, index => $"+3725300{index:D4}");
        var longest = List(100, index => $"{index:D2}{string.Concat(Enumerable.Repeat("😀", 15))}");

        Assert.Equal(201, (await managed.PostAsync("accounts", $$"""{"id":"shop","senders":{{senders}},"numbers":{{numbers}}}""")).Status);
        for (var token = 0; token < 20; token++)
        {
            Assert.Equal(201, (await managed.PostAsync("accounts/shop/tokens")).Status);
        }

        var more = await managed.PatchAsync("accounts/shop", $$"""{"senders":{{List(101, index => $"{index}")}}}""");
        var most = await managed.PatchAsync("accounts/shop", $$"""{"senders":{{longest}},"name":"{{string.Concat(Enumerable.Repeat("😀", 50))}}"}""");
        var read = (await managed.GetAsync("accounts/shop")).Json;

        Assert.Equal((400, 10), (more.Status, more.ErrorCode));
        Assert.True(more.Names("senders"), more.Body);
        Assert.True(most.Status is 200, most.Body);
        Assert.Equal((100, 500), (read.GetProperty("senders").GetArrayLength(), read.GetProperty("numbers").GetArrayLength()));
    }

    [Theory]
    [InlineData("GET", "accounts/%2e%2e%2f")]
    [InlineData("DELETE", "accounts/a%23b")]
    [InlineData("GET", "accounts/a%5Cb/tokens")]
    [InlineData("POST", "accounts/nobody/tokens")]
    [InlineData("POST", "accounts/nobody/secrets/rotate")]
    [InlineData("POST", "accounts/nobody/verify")]
    [InlineData("POST", "accounts/shop/tokens/a%2Fb/revoke")]
    [InlineData("DELETE", "accounts/shop/tokens/nothing")]
    [InlineData("GET", "requests/nothing")]
    [InlineData("POST", "dead-letters/a%2Fb/retry")]
    public async Task What_does_not_exist_is_a_404_however_it_is_spelt(string method, string path)
    {
        await using var managed = await ManagedService.StartAsync();
        await managed.CreateAccountAsync("shop");

        var answer = await managed.ManageAsync(new HttpMethod(method), path, method == "POST" ? """{}""" : null);

        Assert.Equal((404, 20), (answer.Status, answer.ErrorCode));
    }

    [Fact]
    public async Task A_number_moves_to_another_account_when_its_owner_gives_it_up()
    {
        await using var managed = await ManagedService.StartAsync();
        await managed.CreateAccountAsync("one", ""","numbers":["+37253000001","+37253000002"]""");
        await managed.CreateAccountAsync("two");
        var owners = managed.Service.Host.Services.GetRequiredService<OwnedNumbers>();
        Assert.True((await managed.PatchAsync("accounts/two", """{"numbers":["+37253000001"]}""")).Names("numbers[0]"));

        Assert.Equal(200, (await managed.PatchAsync("accounts/one", """{"numbers":["+37253000002"]}""")).Status);
        Assert.Equal(200, (await managed.PatchAsync("accounts/two", """{"numbers":["+37253000001"]}""")).Status);

        Assert.Equal("two", await owners.OwnerOfAsync("37253000001", default));
        Assert.Equal("one", await owners.OwnerOfAsync("+37253000002", default));
        await managed.DeleteAsync("accounts/one");
        Assert.Null(await owners.OwnerOfAsync("+37253000002", default));
    }

    [Fact]
    public async Task A_rotated_secret_lives_beside_the_one_before_until_that_is_retired()
    {
        await using var managed = await ManagedService.StartAsync();
        var first = (await managed.CreateAccountAsync("shop")).Text("newCallbackSecret");

        var second = (await managed.PostAsync("accounts/shop/secrets/rotate")).Text("newCallbackSecret");
        Assert.Equal([second, first], await SecretsAsync());
        var third = (await managed.PostAsync("accounts/shop/secrets/rotate")).Text("newCallbackSecret");
        Assert.Equal([third, second], await SecretsAsync());
        Assert.Equal(1, (await managed.PostAsync("accounts/shop/secrets/retire")).Json.GetProperty("callbackSecrets").GetInt32());
        Assert.Equal([third], await SecretsAsync());
        await managed.PostAsync("accounts/shop/secrets/rotate");
        var leaked = (await managed.PostAsync("accounts/shop/secrets/rotate", """{"atOnce":true}""")).Text("newCallbackSecret");
        Assert.Equal([leaked], await SecretsAsync());
        Assert.True((await managed.PostAsync("accounts/shop/secrets/rotate", """{"atOnce":1}""")).Names("atOnce"));
        Assert.True(WebhookSecret.TryParse(leaked, null, out _));

        async Task<IEnumerable<string>> SecretsAsync() =>
            (await managed.Service.Host.Services.GetRequiredService<AccountDirectory>().FindAsync("shop", default))!
            .CallbackSecrets.Select(secret => secret.Reveal());
    }

    [Fact]
    public async Task A_verification_that_names_nothing_takes_the_accounts_default_workflow()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop", ""","workflow":[{"method":"sms","wait":90},{"method":"call","provider":"bird"}]""");

        var accepted = await managed.VerifyAsync(client, "+37253000001", "");
        Assert.Equal(202, accepted.Status);
        Assert.Equal(("sms", "call"), (accepted.Text("method"), accepted.Text("nextMethod")));
        Assert.Equal("voice", (await managed.VerifyAsync(client, "+37253000002", ""","method":"voice" """)).Text("method"));

        Assert.True((await managed.VerifyAsync(managed.Service.Http, "+37253000003", "")).Names("method"));
        Assert.True((await managed.VerifyAsync(client, "+37253000003", ""","method":"fax" """)).Names("method"));
    }
}
