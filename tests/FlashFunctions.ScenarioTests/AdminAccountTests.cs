using System.Text.Json;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Security;
using FlashFunctions.ScenarioTests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests;

public sealed class AdminAccountTests
{
    [Fact]
    public async Task An_account_is_created_shown_listed_changed_and_deleted()
    {
        await using var managed = await ManagedService.StartAsync();
        var created = await managed.CreateAccountAsync("shop", """
            ,"name":"The shop","ratePerSecond":5,"senders":["Shop"],"dailyCap":{"amount":"12.5","currency":"EUR"},
            "workflow":[{"method":"call","provider":"bird","wait":20},{"method":"sms","condition":"delivered"}],
            "numbers":["+37253000001"],"inboundSmsAddress":"https://shop.example.com/sms"
            """);
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

        Assert.Equal(
            "shop",
            Assert.Single((await managed.GetAsync("accounts")).Json.GetProperty("accounts").EnumerateArray())
                .GetProperty("id")
                .GetString());
        Assert.Equal(200, (await managed.DeleteAsync("accounts/shop")).Status);
        Assert.Equal(404, (await managed.GetAsync("accounts/shop")).Status);
        Assert.Equal(404, (await managed.DeleteAsync("accounts/shop")).Status);
        Assert.Equal(404, (await managed.PatchAsync("accounts/shop", "{}")).Status);
    }

    [Fact]
    public async Task A_value_left_empty_changes_nothing_of_an_account()
    {
        await using var managed = await ManagedService.StartAsync();
        await managed.CreateAccountAsync("shop", ""","active":false,"ratePerSecond":7,"dailyCap":{"amount":9,"currency":"EUR"}""");

        var left = await managed.PatchAsync(
            "accounts/shop", """{"active":"","ratePerSecond":"","dailyCap":"","senders":"","workflow":"","numbers":"","fraud":""}""");

        Assert.Equal(200, left.Status);
        Assert.False(left.Json.GetProperty("active").GetBoolean());
        Assert.Equal(7, left.Json.GetProperty("ratePerSecond").GetInt32());
        Assert.Equal(9, left.Json.GetProperty("dailyCap").GetProperty("amount").GetDecimal());
    }

    [Fact]
    public async Task Accounts_and_tokens_are_listed_in_pages()
    {
        await using var managed = await ManagedService.StartAsync();
        foreach (var id in new[] { "shop-b", "shop-a", "shop-c" })
        {
            await managed.CreateAccountAsync(id);
            await managed.PostAsync("accounts/shop-a/tokens");
        }

        foreach (var (path, list, key) in new[] { ("accounts", "accounts", "id"), ("accounts/shop-a/tokens", "tokens", "keyId") })
        {
            var all = (await managed.GetAsync(path)).Json;
            var first = (await managed.GetAsync($"{path}?limit=1")).Json;
            var rest = (await managed.GetAsync($"{path}?limit=5&after={first.GetProperty("next").GetString()}")).Json;

            Assert.Equal(JsonValueKind.Null, all.GetProperty("next").ValueKind);
            Assert.Equal(JsonValueKind.Null, rest.GetProperty("next").ValueKind);
            Assert.Equal(Keys(all), Keys(first).Concat(Keys(rest)));
            Assert.Single(Keys(first));
            foreach (var wrong in new[] { "limit=0", "limit=x", "limit=1001", "after=!" })
            {
                var refused = await managed.GetAsync($"{path}?{wrong}");
                Assert.Equal((400, 10), (refused.Status, refused.ErrorCode));
                Assert.True(refused.Names(wrong[..5]), refused.Body);
            }

            IEnumerable<string?> Keys(JsonElement page) =>
                page.GetProperty(list).EnumerateArray().Select(item => item.GetProperty(key).GetString());
        }
    }

    [Fact]
    public async Task As_many_senders_and_numbers_as_an_account_may_have_are_kept_and_more_are_refused_by_name()
    {
        await using var managed = await ManagedService.StartAsync();
        string List(int count, Func<int, string> item) =>
            $"[{string.Join(',', Enumerable.Range(0, count).Select(index => $"\"{item(index)}\""))}]";
        var senders = List(100, index => $"{index:D3}{new string('ж', 29)}");
        var numbers = List(500, index => $"+3725300{index:D4}");
        var longest = List(100, index => $"{index:D2}{string.Concat(Enumerable.Repeat("😀", 15))}");

        Assert.Equal(201, (await managed.PostAsync("accounts", $$"""{"id":"shop","senders":{{senders}},"numbers":{{numbers}}}""")).Status);
        for (var token = 0; token < 20; token++)
        {
            Assert.Equal(201, (await managed.PostAsync("accounts/shop/tokens")).Status);
        }

        var more = await managed.PatchAsync("accounts/shop", $$"""{"senders":{{List(101, index => $"{index}")}}}""");
        var most = await managed.PatchAsync(
            "accounts/shop", $$"""{"senders":{{longest}},"name":"{{string.Concat(Enumerable.Repeat("😀", 50))}}"}""");
        var read = (await managed.GetAsync("accounts/shop")).Json;

        Assert.Equal((400, 10), (more.Status, more.ErrorCode));
        Assert.True(more.Names("senders"), more.Body);
        Assert.True(most.Status is 200, most.Body);
        Assert.Equal((100, 500), (read.GetProperty("senders").GetArrayLength(), read.GetProperty("numbers").GetArrayLength()));
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
        using var client = await managed.ClientOfAsync("shop", Steps.Of(new("sms", Wait: 90), new("call", "bird")));

        var accepted = await managed.VerifyAsync(client, "+37253000001", "");
        Assert.Equal(202, accepted.Status);
        Assert.Equal(("sms", "call"), (accepted.Text("method"), accepted.Text("nextMethod")));
        Assert.Equal("voice", (await managed.VerifyAsync(client, "+37253000002", ""","method":"voice" """)).Text("method"));

        Assert.True((await managed.VerifyAsync(managed.Service.Http, "+37253000003", "")).Names("method"));
        Assert.True((await managed.VerifyAsync(client, "+37253000003", ""","method":"fax" """)).Names("method"));
    }
}
