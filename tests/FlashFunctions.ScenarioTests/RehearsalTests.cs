using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FlashFunctions.LocalHost.Service;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.ScenarioTests.Telemetry;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests;

/// <summary>What is under /rehearse in development, through HTTP. It listens to the process's spans, so it runs alone.</summary>
[Collection(TelemetryTests.Name)]
public sealed class RehearsalTests
{
    private static readonly string[] Stages = ["http", "tables", "queue", "provider", "phone", "webhook", "check", "report"];

    [Theory]
    [InlineData("GET", "/rehearse/state")]
    [InlineData("GET", "/rehearse/behaviours")]
    [InlineData("GET", "/rehearse/phones/37253000001")]
    [InlineData("GET", "/rehearse/verifications/anything")]
    [InlineData("POST", "/rehearse/verifications")]
    [InlineData("POST", "/rehearse/verifications/anything/check")]
    [InlineData("PUT", "/rehearse/providers/unibell")]
    [InlineData("PUT", "/rehearse/webhooks")]
    [InlineData("POST", "/rehearse/kill")]
    [InlineData("GET", "/rehearse/attack")]
    [InlineData("POST", "/rehearse/attack")]
    [InlineData("DELETE", "/rehearse/attack")]
    public async Task Every_call_asks_for_the_function_key_in_a_header(string method, string path)
    {
        await using var service = await TestService.StartAsync();
        using var nobody = service.NewClient(null, null);
        using var wrong = Operator(service, "not-the-key");

        Assert.Equal(401, (await SendAsync(nobody, method, path)).Status);
        Assert.Equal(401, (await SendAsync(nobody, method, $"{path}?code={ServiceHost.DevelopmentFunctionKey}")).Status);
        Assert.Equal(401, (await SendAsync(wrong, method, path)).Status);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/rehearse")]
    [InlineData("/rehearse/state")]
    public async Task Outside_development_there_is_no_rehearsal(string path)
    {
        await using var service = await TestService.StartInProductionAsync(("LocalHost:FunctionKey", "operators-key"));
        using var client = Operator(service, "operators-key");

        Assert.Equal(404, (await SendAsync(client, "GET", path)).Status);
    }

    [Fact]
    public async Task Without_the_simulator_there_is_no_rehearsal()
    {
        await using var host = ServiceHost.Create(new ServiceSettings
        {
            PublicAddress = "http://service.test",
            Manual = true,
            Embedded = new() { DataDirectory = Directory.CreateTempSubdirectory("flash-alone-").FullName },
        });
        await host.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        client.DefaultRequestHeaders.Add("x-functions-key", ServiceHost.DevelopmentFunctionKey);

        Assert.Equal(404, (await SendAsync(client, "GET", "/rehearse/state")).Status);
        Assert.Equal(404, (await SendAsync(client, "GET", "/")).Status);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/rehearse")]
    public async Task The_first_page_leads_to_the_rehearsal_which_is_a_page_of_the_console(string path)
    {
        await using var service = await TestService.StartAsync();
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = service.Host.Address };

        using var first = await client.GetAsync(new Uri(path, UriKind.Relative));
        var console = await client.GetStringAsync(new Uri("/console", UriKind.Relative));
        using var page = await client.GetAsync(new Uri("/console/any/pages/rehearse.js", UriKind.Relative));

        Assert.Equal((HttpStatusCode.Redirect, "/console#/rehearse"), (first.StatusCode, first.Headers.Location?.ToString()));
        Assert.Contains("\"rehearse\",\"key:development-function-key\"", console, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "text/javascript"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task A_key_that_the_configuration_names_is_asked_for_and_not_given()
    {
        await using var service = await TestService.StartAsync(new Settings { ["LocalHost:FunctionKey"] = "my-own-key" });

        var console = await service.Http.GetStringAsync(new Uri("/console", UriKind.Relative));

        Assert.Contains("\"rehearse\"", console, StringComparison.Ordinal);
        Assert.DoesNotContain("key:", console, StringComparison.Ordinal);
        Assert.DoesNotContain("my-own-key", console, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rehearsed_verification_lights_up_every_stage_with_its_milliseconds()
    {
        await using var service = await TestService.StartAsync();
        using var client = Operator(service);

        var started = await SendAsync(client, "POST", "/rehearse/verifications", $$"""{"number":"{{Phones.Ordinary}}","method":"call"}""");
        Assert.Equal(202, started.Status);
        var id = started.Text("requestId");
        var before = await FlowAsync(client, id);
        await service.PumpAsync();
        var ringing = await FlowAsync(client, id);
        var code = (await PhoneAsync(client)).GetProperty("ringing").GetString()![^4..];
        var check = await SendAsync(client, "POST", $"/rehearse/verifications/{id}/check", $$"""{"code":"{{code}}"}""");
        await service.PumpAsync();
        var after = await FlowAsync(client, id);

        Assert.Equal(Stages, before.GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("name").GetString()));
        Assert.Equal(["done", "done", "running", "waiting", "waiting", "waiting", "waiting", "waiting"], States(before));
        Assert.Equal(["done", "done", "done", "done", "done", "done", "waiting", "waiting"], States(ringing));
        Assert.Equal("VERIFIED", check.Text("status"));
        Assert.All(States(after), state => Assert.Equal("done", state));
        Assert.All(
            after.GetProperty("stages").EnumerateArray().Where(stage => stage.GetProperty("name").GetString() != "phone"),
            stage => Assert.True(stage.GetProperty("took").GetDouble() >= 0, stage.ToString()));
        Assert.Equal("verified", after.GetProperty("result").GetString());
        var events = after.GetProperty("events").EnumerateArray().Select(item => item.GetProperty("text").GetString()).ToList();
        var tables = after.GetProperty("stages")[1].GetProperty("text").GetString();
        Assert.Contains("Guard ×2", tables, StringComparison.Ordinal);
        Assert.Contains("Requests", tables, StringComparison.Ordinal);
        Assert.DoesNotContain("References", tables, StringComparison.Ordinal); // Those are the dispatch's.
        Assert.Contains("Requests insert", events);
        Assert.Contains("POST /v1/verify/check", events);
        Assert.Contains("rings", events);
    }

    [Fact]
    public async Task The_phone_shows_who_calls_and_what_a_message_says()
    {
        await using var service = await TestService.StartAsync();
        using var client = Operator(service);

        var silent = await PhoneAsync(client);
        await SendAsync(client, "POST", "/rehearse/verifications", $$"""{"number":"{{Phones.Ordinary}}","method":"sms"}""");
        await service.PumpAsync();
        var shown = await PhoneAsync(client);

        Assert.Empty(silent.GetProperty("events").EnumerateArray());
        var message = Assert.Single(shown.GetProperty("events").EnumerateArray());
        Assert.Equal("sms", message.GetProperty("kind").GetString());
        Assert.True(message.GetProperty("arrived").GetBoolean());
        Assert.Matches("[0-9]{4}", message.GetProperty("text").GetString());
        Assert.Equal(400, (await SendAsync(client, "GET", "/rehearse/phones/12")).Status);
    }

    [Fact]
    public async Task Neither_the_code_nor_the_caller_is_in_any_answer_but_the_phones()
    {
        await using var service = await TestService.StartAsync();
        using var client = Operator(service);

        var started = await SendAsync(client, "POST", "/rehearse/verifications", $$"""{"number":"{{Phones.Ordinary}}","method":"call"}""");
        await service.PumpAsync();
        var id = started.Text("requestId");
        var wrong = await SendAsync(
            client, "POST", $"/rehearse/verifications/{id}/check", $$"""{"code":"{{service.WrongCodeFor(Phones.Ordinary)}}"}""");
        var flow = await SendAsync(client, "GET", $"/rehearse/verifications/{id}");

        var caller = service.Simulator.Phone(Phones.Ordinary)!.LastCaller!;
        Assert.Equal("WRONG_CODE", wrong.Text("status"));
        Assert.All([started.Body, wrong.Body, flow.Body], body => Assert.DoesNotContain(caller, body, StringComparison.Ordinal));
        Assert.All(
            [started.Body, wrong.Body, flow.Body], body => Assert.DoesNotContain($"\"{caller[^4..]}\"", body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_provider_that_is_down_is_passed_over_and_the_flow_says_so()
    {
        await using var service = await TestService.StartAsync();
        using var client = Operator(service);

        var set = await SendAsync(client, "PUT", "/rehearse/providers/unibell", """{"mode":"down"}""");
        var state = await SendAsync(client, "GET", "/rehearse/state");
        var started = await SendAsync(client, "POST", "/rehearse/verifications", $$"""{"number":"{{Phones.Ordinary}}","method":"call"}""");
        await service.PumpAsync();
        var flow = await FlowAsync(client, started.Text("requestId"));

        Assert.Equal(204, set.Status);
        Assert.Equal("down", state.Json.GetProperty("providers")[0].GetProperty("mode").GetString());
        Assert.Equal("unibell not sent, revicom placed", flow.GetProperty("stages")[3].GetProperty("text").GetString());
        Assert.Equal("done", flow.GetProperty("stages")[4].GetProperty("state").GetString());
        Assert.Equal(400, (await SendAsync(client, "PUT", "/rehearse/providers/unibell", """{"mode":"sulking"}""")).Status);
        Assert.Equal(404, (await SendAsync(client, "PUT", "/rehearse/providers/nobody", """{"mode":"down"}""")).Status);
    }

    [Fact]
    public async Task A_webhook_that_comes_twice_is_taken_twice_and_rings_once()
    {
        await using var service = await TestService.StartAsync();
        using var client = Operator(service);

        await SendAsync(client, "PUT", "/rehearse/webhooks", """{"twice":true}""");
        var started = await SendAsync(client, "POST", "/rehearse/verifications", $$"""{"number":"{{Phones.Ordinary}}","method":"call"}""");
        await service.PumpAsync();

        Assert.True((await SendAsync(client, "GET", "/rehearse/state")).Json.GetProperty("webhooksTwice").GetBoolean());
        var sent = service.Simulator.SentCallbacks.Select(callback => callback.Body).ToList();
        Assert.Equal(sent.Count, 2 * sent.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(1, service.CallsTo(Phones.Ordinary));
        Assert.Contains(
            $"{sent.Count} taken in",
            (await FlowAsync(client, started.Text("requestId"))).GetProperty("stages")[5].GetProperty("text").GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_behaviour_comes_with_a_number_that_has_it()
    {
        await using var service = await TestService.StartAsync();
        using var client = Operator(service);

        var behaviours = (await SendAsync(client, "GET", "/rehearse/behaviours")).Json.GetProperty("behaviours").EnumerateArray().ToList();

        Assert.Equal(SimulatedBehaviours.All.Count + 1, behaviours.Count);
        Assert.All(behaviours, behaviour => Assert.Equal(
            behaviour.GetProperty("name").GetString(), SimulatedBehaviours.Of(behaviour.GetProperty("number").GetString()!).Name));
    }

    [Fact]
    public async Task A_process_that_nobody_would_start_again_is_not_killed()
    {
        await using var service = await TestService.StartAsync();
        using var client = Operator(service);

        Assert.False((await SendAsync(client, "GET", "/rehearse/state")).Json.GetProperty("canKill").GetBoolean());
        Assert.Equal(409, (await SendAsync(client, "POST", "/rehearse/kill")).Status);
    }

    [Fact]
    public async Task A_request_that_is_no_verification_or_not_there_is_not_found()
    {
        await using var service = await TestService.StartAsync();
        using var client = Operator(service);

        Assert.Equal(404, (await SendAsync(client, "GET", "/rehearse/verifications/nothing")).Status);
        Assert.Equal(400, (await SendAsync(client, "POST", "/rehearse/verifications", "[]")).Status);
        var refused = await SendAsync(client, "POST", "/rehearse/verifications", """{"number":"12","method":"call"}""");
        Assert.Equal((400, 11), (refused.Status, refused.ErrorCode));
    }

    [Fact]
    public async Task A_pumping_attack_is_bounded_counts_what_is_refused_and_ends_when_asked()
    {
        await using var service = await TestService.StartAsync();
        using var client = Operator(service);

        Assert.Equal(400, (await SendAsync(client, "POST", "/rehearse/attack", """{"mode":"hard"}""")).Status);
        var started = await SendAsync(client, "POST", "/rehearse/attack", """{"mode":"observe"}""");
        Answer state;
        do
        {
            state = await SendAsync(client, "GET", "/rehearse/attack");
        }
        while (state.Json.GetProperty("asked").GetInt32() < 10);

        var stopped = await SendAsync(client, "DELETE", "/rehearse/attack");

        Assert.Equal(200, started.Status);
        Assert.Equal("rehearsal-observe", started.Text("account"));
        Assert.False(stopped.Json.GetProperty("running").GetBoolean());
        Assert.Equal(300, stopped.Json.GetProperty("most").GetInt32());
        Assert.True(stopped.Json.GetProperty("accepted").GetInt32() >= 7, stopped.Body);
        Assert.Equal(0, stopped.Json.GetProperty("failed").GetInt32());
        Assert.Contains(stopped.Json.GetProperty("findings").EnumerateArray(), finding =>
            finding.GetProperty("reason").GetString() == "number_type" && finding.GetProperty("enforced").GetBoolean());
        var again = await SendAsync(client, "POST", "/rehearse/attack", """{"mode":"observe"}""");
        Assert.True(again.Json.GetProperty("running").GetBoolean(), again.Body);
    }

    private static HttpClient Operator(TestService service, string key = ServiceHost.DevelopmentFunctionKey)
    {
        var client = service.NewClient(null, null);
        client.DefaultRequestHeaders.Add("x-functions-key", key);
        return client;
    }

    private static async Task<Answer> SendAsync(HttpClient client, string method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var response = await client.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    private static async Task<JsonElement> FlowAsync(HttpClient client, string id)
    {
        var answer = await SendAsync(client, "GET", $"/rehearse/verifications/{id}");
        Assert.True(answer.Status == 200, answer.Body);
        return answer.Json;
    }

    private static async Task<JsonElement> PhoneAsync(HttpClient client) =>
        (await SendAsync(client, "GET", $"/rehearse/phones/{Phones.Ordinary[1..]}")).Json;

    private static IEnumerable<string> States(JsonElement flow) =>
        flow.GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("state").GetString()!);
}
