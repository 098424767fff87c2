using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>Rule 7: what an account is not allowed any more is not sent by a later step either.</summary>
public sealed class SendPermissionTests : IAsyncLifetime
{
    private const string Number = "+37253000001";
    private static readonly string CallThenSms = Steps.Of(new("call", Wait: 10), "sms", new("call", "lanck"));
    private readonly Journal _journal = new();
    private ManagedService _managed = null!;

    public async ValueTask InitializeAsync() => _managed = await ManagedService.StartAsync(_journal.Attach, ("Prices:1:Product", "sms"));

    public ValueTask DisposeAsync() => _managed.DisposeAsync();

    public static TheoryData<string, string> Withdrawals => new()
    {
        { "inactive", "inactive" },
        { "revoked", "revoked" },
        { "token deleted", "revoked" },
        { "account deleted", "deleted" },
        { "capped", "daily spend cap" },
    };

    [Theory]
    [MemberData(nameof(Withdrawals))]
    public async Task A_later_step_is_skipped_with_the_reason_and_what_was_placed_before_lives_to_its_expiry(string what, string reason)
    {
        using var client = await ClientAsync();
        var id = await VerifyAsync(client);
        await _managed.Service.PumpAsync();
        await WithdrawAsync(what);

        await _managed.Service.PassAsync(TimeSpan.FromSeconds(11));
        await _managed.Service.PassAsync(TimeSpan.FromSeconds(100));

        var request = await _managed.GetAsync($"requests/{id}");
        var states = request.Attempts.Select(attempt => attempt.GetProperty("state").GetString()).ToArray();
        Assert.Equal("placed", states[0]);
        Assert.All(states.Skip(1), state => Assert.Equal("skipped", state));
        Assert.Contains(reason, request.Attempts[1].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal("pending", request.Text("result"));
        Assert.Equal(1, Sent());
        _managed.Service.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("expired", (await _managed.GetAsync($"requests/{id}")).Text("result"));
    }

    [Theory]
    [MemberData(nameof(Withdrawals))]
    public async Task Before_the_first_step_the_request_ends_undeliverable_and_gives_back_what_was_counted(string what, string reason)
    {
        using var client = await ClientAsync();
        var id = await VerifyAsync(client);
        await WithdrawAsync(what);
        await _managed.Service.PumpAsync();

        var request = await _managed.GetAsync($"requests/{id}");
        Assert.Equal(("undeliverable", 0), (request.Text("result"), Sent()));
        Assert.Contains(reason, request.Text("reason"), StringComparison.Ordinal);
        Assert.Equal(0, (await _managed.Service.Service<Core.Limits.SpendMeter>().ReadAsync("shop", "EUR", default)).Units);
        Assert.All((await _managed.Service.StoredAsync(id)).Attempts, attempt => Assert.Equal(AttemptState.Skipped, attempt.State));
    }

    [Theory]
    [MemberData(nameof(Withdrawals))]
    public async Task A_flow_that_we_step_ourselves_stops_and_is_undelivered_with_the_reason(string what, string reason)
    {
        using var client = await ClientAsync();
        var answer = await _managed.Service.PostAsync(
            "/v1/messaging/failover",
            $$"""
            {"number":"{{Phones.With(Phones.Unfinished)}}","flow":[{"type":"sms","message":{"text":"One"},"failover":{"wait":86400} },
             {"type":"sms","message":{"text":"Two"} }]}
            """,
            client);
        Assert.True(answer.Status == 202, answer.Body);
        await _managed.Service.PumpAsync();
        await WithdrawAsync(what);
        await _managed.Service.PassAsync(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));

        var request = await _managed.GetAsync($"requests/{answer.Text("requestId")}");
        Assert.Equal(1, Sent());
        Assert.True(request.Json.TryGetProperty("endedAt", out _) || what == "capped", request.Body);
        Assert.Contains(reason, request.Body, StringComparison.Ordinal);
        Assert.Equal(what == "capped" ? "SENT" : "UNDELIVERED", request.Text("status"));
    }

    [Fact]
    public async Task A_number_that_was_blocked_meanwhile_is_sent_nothing_further()
    {
        var id = await _managed.Service.VerifyAsync(Number, CallThenSms);
        await _managed.Service.PumpAsync();
        await _managed.Service.RestartAsync(new Settings { ["Guard:BlockedPrefixes"] = "+372530" });

        await _managed.Service.PassAsync(TimeSpan.FromSeconds(11));

        var request = await _managed.Service.StoredAsync(id);
        Assert.Equal([AttemptState.Placed, AttemptState.Skipped], request.Attempts.Select(attempt => attempt.State));
        Assert.Equal("Blocked by the fraud guard: list.", request.Attempts[1].Reason);
        Assert.Equal("pending", await _managed.Service.ResultAsync(id));
    }

    [Fact]
    public async Task Another_instance_sees_a_revoked_token_within_a_minute_and_looks_cost_no_round_trip_until_then()
    {
        using var client = await ClientAsync();
        var first = await VerifyAsync(client);
        var keyId = (await _managed.Service.StoredAsync(first)).KeyId!;
        _journal.Clear();
        await _managed.Service.Service<TokenStore>().SetActiveAsync(keyId, false, default);
        await _managed.Service.PumpAsync();

        Assert.Equal(1, Sent());
        Assert.DoesNotContain(_journal.Operations, operation => operation.ToString() is $"{TableNames.Accounts}.Read");
        Assert.Equal(1, _journal.Operations.Count(operation => operation.ToString() is $"{TableNames.Tokens}.Read"));

        await _managed.Service.PassAsync(TimeSpan.FromSeconds(61));
        Assert.Equal(1, Sent());
        Assert.Contains("revoked", (await _managed.Service.StoredAsync(first)).Attempts[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cap_that_was_raised_or_taken_off_holds_for_later_steps()
    {
        using var client = await _managed.ClientOfAsync("shop", ""","dailyCap":{"amount":0.01,"currency":"EUR"}""");
        var id = await VerifyAsync(client);
        await _managed.Service.PumpAsync();
        await _managed.PatchAsync("accounts/shop", """{"dailyCap":{"amount":0.06,"currency":"EUR"}}""");
        await _managed.Service.PassAsync(TimeSpan.FromSeconds(11));

        Assert.Equal(0.06m, await _managed.SpentAsync("shop"));
        var attempts = (await _managed.GetAsync($"requests/{id}")).Attempts;
        Assert.Equal(["placed", "placed"], attempts.Select(attempt => attempt.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task A_verification_that_an_operator_started_needs_no_token()
    {
        await _managed.CreateAccountAsync("shop");
        var answer = await _managed.PostAsync("accounts/shop/verify", $$"""{"number":"{{Number}}","method":"call"}""");
        Assert.Equal(202, answer.Status);
        await _managed.Service.PumpAsync();

        Assert.Equal(1, _managed.Service.CallsTo(Number));
    }

    private Task<HttpClient> ClientAsync() => _managed.ClientOfAsync("shop", ""","dailyCap":{"amount":10,"currency":"EUR"}""");

    private async Task<string> VerifyAsync(HttpClient client)
    {
        var answer = await _managed.VerifyAsync(client, Number, CallThenSms);
        Assert.True(answer.Status == 202, answer.Body);
        return answer.Text("requestId");
    }

    private async Task WithdrawAsync(string what)
    {
        var keyId = (await _managed.Service.Service<AccountStore>().ReadAsync("shop", default))!.KeyIds[0];
        var answer = await (what switch
        {
            "inactive" => _managed.PatchAsync("accounts/shop", """{"active":false}"""),
            "revoked" => _managed.PostAsync($"accounts/shop/tokens/{keyId}/revoke"),
            "token deleted" => _managed.DeleteAsync($"accounts/shop/tokens/{keyId}"),
            "account deleted" => _managed.DeleteAsync("accounts/shop"),
            _ => _managed.PatchAsync("accounts/shop", """{"dailyCap":{"amount":0,"currency":"EUR"}}"""),
        });
        Assert.Equal(200, answer.Status);
    }

    /// <summary>How often a provider was asked to place something.</summary>
    private int Sent() => _journal.Operations.Count(operation => operation.Verb == "Place");
}
