using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.ScenarioTests.Messages;

namespace FlashFunctions.ScenarioTests.Verifications;

/// <summary>Verifications by SMS and voice, and by one method after another.</summary>
public sealed class MixedWorkflowTests
{
    private const string Number = "+37253000001";

    [Fact]
    public async Task One_code_goes_by_two_calls_an_SMS_and_a_spoken_call()
    {
        await using var service = await TestService.StartAsync();
        var steps = Steps.Of(new("call", "unibell", Wait: 20), new("call", "lanck", Wait: 20), new("sms", Wait: 30), "voice");
        var answer = await service.PostAsync("/v1/verify", $$"""{"number":"{{Number}}"{{steps}}}""");
        Assert.Equal((202, "call", "call"), (answer.Status, answer.Text("method"), answer.Text("nextMethod")));
        await service.PumpAsync();
        var code = service.CodeOn(Number);
        await service.PassAsync(TimeSpan.FromSeconds(21));
        Assert.Equal(code, service.CodeOn(Number));
        await service.PassAsync(TimeSpan.FromSeconds(21));
        Assert.Contains(code, Upstream.OnlyForm(service, "sms")["text"], StringComparison.Ordinal);
        await service.PassAsync(TimeSpan.FromSeconds(31));
        Assert.Equal(code, Upstream.OnlyForm(service, "calls/p2s")["code"]);

        Assert.Equal("VERIFIED", (await service.CheckAsync(answer.Text("requestId"), code)).Text("status"));
    }

    [Theory]
    [InlineData(null, "Your Verification code: ", "en")]
    [InlineData("de", "Ihr Code für Verification: ", "de")]
    [InlineData("pt-BR", "Código ", "pt")]
    [InlineData("iw_IL", "קוד", "he")]
    public async Task The_language_of_an_SMS_and_of_a_spoken_code_falls_back_from_its_region(string? language, string words, string spoken)
    {
        await using var service = await TestService.StartAsync();
        var more = language is null ? "" : $",\"language\":\"{language}\"";
        await service.PostAsync("/v1/verify", $$"""{"number":"{{Number}}"{{Steps.Of(new("sms", Wait: 20), "voice")}}{{more}}}""");
        await service.PumpAsync();
        await service.PassAsync(TimeSpan.FromSeconds(21));

        Assert.Contains(words, Upstream.OnlyForm(service, "sms")["text"], StringComparison.Ordinal);
        Assert.Equal(spoken, Upstream.OnlyForm(service, "calls/p2s")["language"]);
    }

    [Fact]
    public async Task An_SMS_carries_the_brand_the_sender_and_the_lines_for_phone_and_browser()
    {
        await using var service = await TestService.StartAsync(new Settings { ["Verification:Brand"] = "Acme" });
        var answer = await service.PostAsync("/v1/verify", $$"""
            {"number":"{{Number}}","method":"sms","from":"Acme","codeLength":6,"appHash":"FA+9qCX9VSu","webOtpDomain":"acme.example"}
            """);
        Assert.Equal(202, answer.Status);
        await service.PumpAsync();

        var form = Upstream.OnlyForm(service, "sms");
        Assert.Equal("Acme", form["from"]);
        Assert.Matches("^Your Acme code: ([0-9]{6})[^\n]*\n@acme\\.example #\\1 FA\\+9qCX9VSu$", form["text"]);
    }

    [Theory]
    [InlineData("appHash", "short")]
    [InlineData("appHash", "FA+9qCX9VSu=")]
    [InlineData("webOtpDomain", "Acme.example")]
    [InlineData("webOtpDomain", "https://acme.example")]
    [InlineData("webOtpDomain", "localhost")]
    public async Task A_malformed_line_is_refused(string name, string value)
    {
        await using var service = await TestService.StartAsync();

        var answer = await service.PostAsync("/v1/verify", $$"""{"number":"{{Number}}","method":"sms","{{name}}":"{{value}}"}""");

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names(name), answer.Body);
    }

    [Theory]
    [InlineData(Number, "call", "call sms voice")]
    [InlineData(Number, "sms", "sms")]
    [InlineData("+358401234501", "call", "call voice")]
    public async Task A_methods_steps_come_from_the_configuration_of_its_country_or_of_all(string number, string method, string steps)
    {
        await using var service = await TestService.StartAsync(new Settings
        {
            ["Workflows:Default:call"] = """[{"method":"call","wait":10},{"method":"sms","wait":10},{"method":"voice"}]""",
            ["Workflows:Country:FI:call"] = """[{"method":"call","wait":10},{"method":"voice"}]""",
        });
        var answer = await service.PostAsync("/v1/verify", $$"""{"number":"{{number}}","method":"{{method}}"}""");
        await service.PumpAsync();
        for (var pass = 0; pass < 4; pass++)
        {
            await service.PassAsync(TimeSpan.FromSeconds(11));
        }

        var request = await service.ReadAsync(answer.Text("requestId"));
        Assert.Equal(steps, string.Join(' ', request.Attempts.Select(attempt => attempt.GetProperty("method").GetString())));
    }

    [Fact]
    public async Task An_explicit_workflow_counts_before_the_configured_one()
    {
        await using var service = await TestService.StartAsync(new Settings
        {
            ["Workflows:Default:call"] = """[{"method":"call"},{"method":"sms"}]""",
        });

        var answer = await service.PostAsync("/v1/verify", $$"""{"number":"{{Number}}","method":"call"{{Steps.Of("call")}}}""");

        Assert.Equal(System.Text.Json.JsonValueKind.Null, answer.Json.GetProperty("nextMethod").ValueKind);
    }

    [Theory]
    [InlineData("Workflows:Default:call", "call, sms")]
    [InlineData("Workflows:Default:call", """[{"method":"sms"}]""")]
    [InlineData("Workflows:Default:call", """[{"method":"call","wait":1}]""")]
    [InlineData("Workflows:Default:push", """[{"method":"call"}]""")]
    [InlineData("Workflows:Country:EE:call", """[{"method":"call"},{"method":"push"}]""")]
    [InlineData("Guard:BlockedPrefixes", "+372; +7")]
    [InlineData("Verification:Brand", "a brand that is far too long for an SMS")]
    public async Task A_setting_that_means_nothing_stops_the_start(string setting, string value)
    {
        var failure = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(
            () => TestService.StartAsync(new Settings { [setting] = value }));

        Assert.Contains(setting.Split(':')[^1], failure.Message, StringComparison.Ordinal);
    }
}
