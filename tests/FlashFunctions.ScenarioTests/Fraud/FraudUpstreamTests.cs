using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.ScenarioTests.Messages;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests.Fraud;

/// <summary>A provider's fraud check as a rule of the fraud guard: what it says of a number, and what its silence means.</summary>
public sealed class FraudUpstreamTests : IAsyncLifetime
{
    private const string Enforced = """{"fraud":{"upstream":{"mode":"enforce"}}}""";
    private static readonly string Fraudulent = Phones.With(Phones.Forbidden);
    private static readonly string Suspicious = Phones.With(Phones.Rejected);

    private ManagedService _managed = null!;

    private TestService Service => _managed.Service;

    public async ValueTask InitializeAsync() => _managed = await ManagedService.StartAsync();

    public ValueTask DisposeAsync() => _managed.DisposeAsync();

    [Theory]
    [InlineData("verify", """ "method":"call" """)]
    [InlineData("sms", """ "text":"x" """)]
    public async Task A_fraudulent_number_is_refused_and_a_suspicious_one_is_recorded(string path, string more)
    {
        using var client = await AccountAsync("checking", Enforced);

        var refused = await AskAsync(client, path, Fraudulent, more);
        var recorded = await AskAsync(client, path, Suspicious, more);

        Assert.Equal((403, 30), (refused.Status, refused.ErrorCode));
        Assert.Equal(
            ("upstream", "number", "FRAUDULENT", "not FRAUDULENT"),
            (Detail(refused, "reason"), Detail(refused, "scope"), Detail(refused, "seen"), Detail(refused, "limit")));
        Assert.Equal(202, recorded.Status);
        Assert.Equal(("upstream", "observe", "SUSPICIOUS"), await FindingAsync(recorded));
    }

    [Fact]
    public async Task Where_the_check_observes_a_fraudulent_number_is_recorded_and_not_refused()
    {
        using var client = await AccountAsync("watching", """{"fraud":{"upstream":{"mode":"observe"}}}""");

        var recorded = await AskAsync(client, "verify", Fraudulent, """ "method":"call" """);

        Assert.Equal(("upstream", "observe", "FRAUDULENT"), await FindingAsync(recorded));
    }

    [Fact]
    public async Task An_outage_is_recorded_and_whenUnavailable_says_whether_it_refuses()
    {
        using var patient = await AccountAsync("patient", Enforced);
        using var strict = await AccountAsync("strict", """{"fraud":{"upstream":{"mode":"enforce","whenUnavailable":"refuse"}}}""");
        await Service.Simulator.SetProviderModeAsync(
            SimulatedProviders.Lanck, SimulatedMode.Unavailable, TestContext.Current.CancellationToken);

        var recorded = await AskAsync(patient, "verify", Fraudulent, """ "method":"call" """);
        var refused = await AskAsync(strict, "verify", Fraudulent, """ "method":"call" """);

        Assert.Equal(("upstream", "observe", "no answer"), await FindingAsync(recorded));
        Assert.Equal((403, 30, "no answer"), (refused.Status, refused.ErrorCode, Detail(refused, "seen")));
    }

    [Fact]
    public async Task CallOnly_lets_a_fraudulent_number_have_its_flash_call_alone()
    {
        using var client = await AccountAsync("sparing", """{"fraud":{"upstream":{"mode":"enforce","action":"callOnly"}}}""");

        var message = await AskAsync(client, "sms", Fraudulent, """ "text":"x" """);
        var verify = await AskAsync(client, "verify", Fraudulent, """ "workflow":[{"method":"sms"},{"method":"call"}] """);
        await Service.PumpAsync();

        Assert.Equal((403, 30, "upstream"), (message.Status, message.ErrorCode, Detail(message, "reason")));
        var attempts = (await _managed.GetAsync($"requests/{verify.Text("requestId")}")).Json.GetProperty("attempts");
        Assert.Equal("Blocked by the fraud guard: upstream.", attempts[0].GetProperty("reason").GetString());
        Assert.Equal("call", attempts[1].GetProperty("method").GetString());
        Assert.Equal(1, Service.CallsTo(Fraudulent));
    }

    [Fact]
    public async Task An_allow_list_wins_over_the_check_and_nobody_is_asked()
    {
        using var client = await AccountAsync("trusting", Enforced);
        var entry = await _managed.PostAsync("fraud/lists/allow", $$"""{"scope":"number","value":"{{Fraudulent}}","note":"a customer"}""");

        var answer = await AskAsync(client, "verify", Fraudulent, """ "method":"call" """);

        Assert.Equal((201, 202), (entry.Status, answer.Status));
        Assert.Empty(Upstream.To(Service, "insight/fraudcheck"));
    }

    private static string? Detail(Answer answer, string name) =>
        Assert.Single(answer.Json.GetProperty("details").GetProperty(name).EnumerateArray()).GetString();

    private Task<Answer> AskAsync(HttpClient client, string path, string number, string more) =>
        Service.PostAsync($"/v1/{path}", $$"""{"number":"{{number}}",{{more}}}""", client);

    /// <summary>Reason, mode and what was seen of the only finding of a request.</summary>
    private async Task<(string?, string?, string?)> FindingAsync(Answer accepted)
    {
        var request = await _managed.GetAsync($"requests/{accepted.Text("requestId")}");
        var finding = Assert.Single(request.Json.GetProperty("fraud").EnumerateArray());
        string? Text(string name) => finding.GetProperty(name).GetString();
        return (Text("reason"), Text("mode"), Text("seen"));
    }

    /// <summary>A client of an account of its own.</summary>
    private async Task<HttpClient> AccountAsync(string id, string settings)
    {
        await _managed.CreateAccountAsync(id);
        Assert.Equal(200, (await _managed.PatchAsync($"accounts/{id}", settings)).Status);
        var token = await _managed.PostAsync($"accounts/{id}/tokens");
        return Service.NewClient(token.Text("keyId"), token.Text("secret"));
    }
}
