using System.Text.Json;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests;

public sealed class CliTests
{
    private const string Number = "+37253000001";

    [Fact]
    public async Task An_account_is_created_shown_changed_and_deleted()
    {
        await using var managed = await ManagedService.StartAsync();

        var created = await CliRun.OfAsync(
            managed,
            ["accounts", "create", "shop", "--name", "The shop", "--rate", "5", "--sender", "Shop", "--sender", "Store", "--cap", "12.5EUR",
             "--workflow", "call@bird/20,sms", "--number", Number, "--inbound-sms", "https://shop.example.com/sms"]);
        Assert.Equal((0, ""), (created.ExitCode, created.Error));
        Assert.Contains("whsec_", created.Out, StringComparison.Ordinal);

        var shown = await CliRun.OfAsync(managed, "accounts", "show", "shop");
        foreach (var text
            in (string[])["The shop", "Shop, Store", "12.5 EUR", "0 EUR", "call@bird/20, sms", Number, "https://shop.example.com/sms"])
        {
            Assert.Contains(text, shown.Out, StringComparison.Ordinal);
        }

        var updated = await CliRun.OfAsync(
            managed, "accounts", "update", "shop", "--active", "false", "--no-cap", "--any-sender", "--json");
        Assert.False(updated.Json.GetProperty("active").GetBoolean());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, updated.Json.GetProperty("dailyCap").ValueKind);
        Assert.Equal(5, updated.Json.GetProperty("ratePerSecond").GetInt32());
        Assert.Contains("The shop", (await CliRun.OfAsync(managed, "accounts", "list")).Out, StringComparison.Ordinal);

        Assert.Equal(2, (await CliRun.OfAsync(managed, "accounts", "delete", "shop")).ExitCode);
        Assert.Equal(0, (await CliRun.OfAsync(managed, "accounts", "delete", "shop", "--yes")).ExitCode);
        Assert.Equal("No accounts.", (await CliRun.OfAsync(managed, "accounts", "list")).Out.Trim());
    }

    [Fact]
    public async Task A_new_account_is_asked_for_its_countries()
    {
        await using var managed = await ManagedService.StartAsync();

        var everywhere = await CliRun.OfAsync(managed, "accounts", "create", "everywhere");
        var baltic = await CliRun.OfAsync(managed, "accounts", "create", "baltic", "--countries", "ee,LV");
        var asked = await CliRun.AnsweredAsync(managed, "call:EE,LV sms:EE", "accounts", "create", "asked");
        var open = await CliRun.AnsweredAsync(managed, "", "accounts", "create", "open");
        var wrong = await CliRun.OfAsync(managed, "accounts", "create", "wrong", "--countries", "fax:EE");

        Assert.Contains("every one, at your cost", everywhere.Out, StringComparison.Ordinal);
        Assert.Matches("Countries +EE, LV", baltic.Out);
        Assert.Matches("Countries +call: EE, LV; sms: EE", asked.Out);
        Assert.Contains("Countries that it may send to", asked.Error, StringComparison.Ordinal);
        Assert.Contains("every one, at your cost", open.Out, StringComparison.Ordinal);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("not fax:EE", wrong.Error, StringComparison.Ordinal);
        var countries = (await managed.GetAsync("accounts/baltic")).Json.GetProperty("fraud").GetProperty("countries");
        Assert.Equal(7, countries.EnumerateObject().Count());
    }

    [Fact]
    public async Task An_account_is_stopped_once_it_is_confirmed()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop");
        var id = (await managed.VerifyAsync(client, Number)).Text("requestId");

        Assert.Equal(2, (await CliRun.OfAsync(managed, "accounts", "stop", "shop")).ExitCode);
        var stopped = await CliRun.OfAsync(managed, "accounts", "stop", "shop", "--yes");

        Assert.Equal((0, ""), (stopped.ExitCode, stopped.Error));
        Assert.Contains("Verifications", stopped.Out, StringComparison.Ordinal);
        Assert.Equal("canceled", (await managed.GetAsync($"requests/{id}")).Text("result"));
        Assert.Contains("Stopped", (await CliRun.OfAsync(managed, "accounts", "show", "shop")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_is_exported_and_erased_once_it_is_confirmed()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop");
        var id = (await managed.VerifyAsync(client, Number)).Text("requestId");

        Assert.Contains(id, (await CliRun.OfAsync(managed, "export", Number)).Out, StringComparison.Ordinal);
        Assert.Equal(Number, (await CliRun.OfAsync(managed, "export", Number, "--json")).Json.GetProperty("number").GetString());
        Assert.Equal(2, (await CliRun.OfAsync(managed, "erase", Number)).ExitCode);
        var erased = await CliRun.OfAsync(managed, "erase", Number, "--yes");

        Assert.Equal((0, ""), (erased.ExitCode, erased.Error));
        Assert.Contains("Inbound messages", erased.Out, StringComparison.Ordinal);
        Assert.Equal(404, (await managed.GetAsync($"requests/{id}")).Status);
    }

    [Fact]
    public async Task A_token_made_here_works_until_it_is_revoked_here()
    {
        await using var managed = await ManagedService.StartAsync();
        await managed.CreateAccountAsync("shop");
        var token = (await CliRun.OfAsync(managed, "tokens", "create", "shop", "--label", "backend", "--json")).Json;
        var keyId = token.GetProperty("keyId").GetString()!;
        var credentials = $"{keyId}:{token.GetProperty("secret").GetString()}";

        var accepted = await CliRun.OfAsync(managed, "verify", Number, "--token", credentials, "--method", "sms");
        Assert.Equal((0, ""), (accepted.ExitCode, accepted.Error));
        Assert.Contains("sms", accepted.Out, StringComparison.Ordinal);
        Assert.Contains("backend", (await CliRun.OfAsync(managed, "tokens", "list", "shop")).Out, StringComparison.Ordinal);

        Assert.Equal(0, (await CliRun.OfAsync(managed, "tokens", "revoke", "shop", keyId)).ExitCode);
        var refused = await CliRun.OfAsync(managed, "verify", "+37253000002", "--token", credentials);
        Assert.Equal((1, "", "Inactive token (errorCode 5)"), (refused.ExitCode, refused.Out, refused.Error.Trim()));
        Assert.Equal(0, (await CliRun.OfAsync(managed, "tokens", "activate", "shop", keyId)).ExitCode);
        Assert.Equal(0, (await CliRun.OfAsync(managed, "tokens", "delete", "shop", keyId)).ExitCode);
        Assert.Equal("No tokens.", (await CliRun.OfAsync(managed, "tokens", "list", "shop")).Out.Trim());
    }

    [Fact]
    public async Task A_secret_is_rotated_and_the_one_before_retired()
    {
        await using var managed = await ManagedService.StartAsync();
        await managed.CreateAccountAsync("shop");

        Assert.Equal(
            2, (await CliRun.OfAsync(managed, "secrets", "rotate", "shop", "--json")).Json.GetProperty("callbackSecrets").GetInt32());
        Assert.Equal(
            1, (await CliRun.OfAsync(managed, "secrets", "retire", "shop", "--json")).Json.GetProperty("callbackSecrets").GetInt32());
        Assert.Contains("whsec_", (await CliRun.OfAsync(managed, "secrets", "rotate", "shop", "--at-once")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_is_shown_as_a_timeline()
    {
        await using var managed = await ManagedService.StartAsync();
        await managed.CreateAccountAsync("shop");
        var id =
            (await managed.PostAsync("accounts/shop/verify", $$"""{"number":"{{Number}}"{{Steps.Of(new("call", Wait: 10), "sms")}}}"""))
            .Text("requestId");
        managed.Service.Clock.Advance(TimeSpan.FromMilliseconds(250));
        await managed.Service.PumpAsync();
        await managed.Service.PassAsync(TimeSpan.FromSeconds(11));

        var shown = await CliRun.OfAsync(managed, "requests", "show", id);

        Assert.Equal(0, shown.ExitCode);
        var lines = shown.Out.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToList();
        Assert.Contains("+0 ms accepted", lines);
        var request = await managed.GetAsync($"requests/{id}");
        Assert.Contains($"+{After(0)} ms 1 call unibell asked", lines);
        Assert.Contains(lines, line => line.StartsWith($"+{After(1)} ms 2 sms", StringComparison.Ordinal));
        Assert.InRange(After(0), 250, 10_000);
        Assert.Equal(id, (await CliRun.OfAsync(managed, "requests", "show", id, "--json")).Json.GetProperty("id").GetString());
        Assert.Equal("Request not found (errorCode 20)", (await CliRun.OfAsync(managed, "requests", "show", "nothing")).Error.Trim());

        long After(int attempt) =>
            request.Attempts[attempt].GetProperty("startedAt").GetInt64() - request.Json.GetProperty("createdAt").GetInt64();
    }

    [Fact]
    public async Task Dead_letters_are_listed_and_retried()
    {
        await using var managed = await ManagedService.StartAsync();
        var letters = managed.Service.Host.Services.GetRequiredService<DeadLetters>();
        var id = await letters.AddAsync(
            new DeadLetter
            {
                Account = "shop",
                Kind = "report",
                Reason = "[Given] up",
                Queue = QueueNames.Reports,
                Message = """{"request":"x"}""",
            },
            default);

        Assert.Contains("[Given] up", (await CliRun.OfAsync(managed, "dead-letters", "list")).Out, StringComparison.Ordinal);
        Assert.Equal("No dead letters.", (await CliRun.OfAsync(managed, "dead-letters", "list", "--account", "other")).Out.Trim());
        var retried = await CliRun.OfAsync(managed, "dead-letters", "retry", id, "20260101-none");
        Assert.Equal(1, retried.ExitCode);
        Assert.Contains($"{id} was queued.", retried.Out, StringComparison.Ordinal);
        Assert.Equal("Dead letter not found (errorCode 20)", retried.Error.Trim());
        Assert.Empty((await CliRun.OfAsync(managed, "dead-letters", "list", "--json")).Json.GetProperty("deadLetters").EnumerateArray());
    }

    [Fact]
    public async Task A_watched_verification_says_what_happens_and_ends_well_when_it_is_verified()
    {
        await using var managed = await ManagedService.StartAsync();
        using var client = await managed.ClientOfAsync("shop");
        using var live = new CliWatch(managed, "verify", Number, "--account", "shop", "--watch");
        var id = (await live.WaitForAsync("Request "))["Request ".Length..];
        await managed.Service.PumpAsync();
        await live.WaitForAsync("placed");

        var check = await managed.Service.SendAsync(
            client, HttpMethod.Post, "/v1/verify/check",
            new StringContent($$"""{"requestId":"{{id}}","code":"{{managed.Service.CodeOn(Number)}}"}"""));

        Assert.Equal("VERIFIED", check.Text("status"));
        Assert.Equal(0, await live.EndAsync());
        Assert.Contains("verified", live.Out, StringComparison.Ordinal);
        Assert.Single(live.Out.Split('\n'), line => line.Contains("placed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_watched_verification_in_json_prints_one_document_and_fails_when_it_is_not_verified()
    {
        await using var managed = await ManagedService.StartAsync();
        await managed.CreateAccountAsync("shop");
        using var live = new CliWatch(managed, "verify", "+37253000077", "--account", "shop", "--watch", "--json");
        while (await managed.Service.Host.PumpQueuesAsync() == 0)
        {
            await Task.Yield();
        }

        Assert.Equal(1, await live.EndAsync());
        Assert.Equal("undeliverable", System.Text.Json.JsonElement.Parse(live.Out).GetProperty("result").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("accounts")]
    [InlineData("accounts show")]
    [InlineData("accounts update shop")]
    [InlineData("accounts create shop --cap much")]
    [InlineData("accounts create shop --workflow call/x")]
    [InlineData("accounts create shop --rate fast")]
    [InlineData("accounts list --address nowhere")]
    [InlineData("verify +37253000001")]
    [InlineData("verify +37253000001 --account a --token b:c")]
    [InlineData("dead-letters retry")]
    [InlineData("nonsense")]
    public async Task A_command_line_that_makes_no_sense_is_answered_in_one_line_and_2(string line)
    {
        await using var managed = await ManagedService.StartAsync();

        var run = await CliRun.OfAsync(managed, line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task What_the_service_refuses_is_one_line_that_names_the_field()
    {
        await using var managed = await ManagedService.StartAsync();

        var run = await CliRun.OfAsync(managed, "accounts", "create", "Shop", "--rate", "0");

        Assert.Equal((1, ""), (run.ExitCode, run.Out));
        var line = Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.Contains("id must be lower-case letters", line, StringComparison.Ordinal);
        Assert.Contains("ratePerSecond must be", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_refused_is_json_too_where_json_is_asked_for()
    {
        await using var managed = await ManagedService.StartAsync();

        var refused = await CliRun.OfAsync(managed, "accounts", "create", "Shop", "--json");
        var gone = await CliRun.OfAsync(
            managed.Service, _ => null, "accounts", "list", "--address", "http://127.0.0.1:1", "--key", "k", "--json");

        Assert.Equal((1, ""), (refused.ExitCode, refused.Out));
        Assert.Equal(10, JsonElement.Parse(refused.Error).GetProperty("errorCode").GetInt32());
        Assert.Equal((1, ""), (gone.ExitCode, gone.Out));
        Assert.Contains(
            "cannot be reached", JsonElement.Parse(gone.Error).GetProperty("errorReason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_or_wrong_key_and_a_service_that_is_not_there_are_said_plainly()
    {
        await using var managed = await ManagedService.StartAsync();
        var address = managed.Service.Host.Address.ToString();

        var missing = await CliRun.OfAsync(managed.Service, _ => null, "accounts", "list", "--address", address);
        var wrong = await CliRun.OfAsync(managed.Service, _ => null, "accounts", "list", "--address", address, "--key", "wrong");
        var gone = await CliRun.OfAsync(managed.Service, _ => null, "accounts", "list", "--address", "http://127.0.0.1:1", "--key", "k");
        var odd = await CliRun.OfAsync(
            managed.Service, _ => null, "accounts", "list", "--address", $"{address}v1/requests/x", "--key", "k");

        Assert.Equal((1, "A function key is needed: --key or FLASHFUNCTIONS_KEY."), (missing.ExitCode, missing.Error.Trim()));
        Assert.Equal((1, "The function key was refused."), (wrong.ExitCode, wrong.Error.Trim()));
        Assert.Equal(1, gone.ExitCode);
        Assert.StartsWith("http://127.0.0.1:1/ cannot be reached: ", gone.Error, StringComparison.Ordinal);
        Assert.Equal(1, odd.ExitCode);
        Assert.Contains("answered 404", odd.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task For_a_service_on_this_machine_the_development_key_needs_no_saying()
    {
        await using var service = await TestService.StartAsync();
        var address = service.Host.Address;

        var byNumber = await CliRun.OfAsync(service, _ => null, "accounts", "list", "--address", $"{address}");
        var byName = await CliRun.OfAsync(service, _ => null, "accounts", "list", "--address", $"http://localhost:{address.Port}");
        var wrong = await CliRun.OfAsync(service, _ => null, "accounts", "list", "--address", $"{address}", "--key", "wrong");

        Assert.Equal((0, "No accounts."), (byNumber.ExitCode, byNumber.Out.Trim()));
        Assert.Equal((0, "No accounts."), (byName.ExitCode, byName.Out.Trim()));
        Assert.Equal((1, "The function key was refused."), (wrong.ExitCode, wrong.Error.Trim()));
    }

    [Fact]
    public async Task Help_explains_itself_and_is_no_failure()
    {
        await using var managed = await ManagedService.StartAsync();

        var help = await CliRun.OfAsync(managed, "accounts", "create", "--help");

        Assert.Equal((0, ""), (help.ExitCode, help.Error));
        Assert.Contains("--workflow", help.Out, StringComparison.Ordinal);
    }
}
