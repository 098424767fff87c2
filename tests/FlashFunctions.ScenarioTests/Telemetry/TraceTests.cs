using System.Diagnostics;
using System.Text;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Callbacks;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests.Telemetry;

[Collection(TelemetryTests.Name)]
public sealed class TraceTests
{
    [Theory]
    [InlineData("unibell")]
    [InlineData("revicom")]
    [InlineData("bird")]
    [InlineData("lanck")]
    public async Task One_verification_is_one_trace_from_the_call_to_the_report(string provider)
    {
        using var spans = new SpanRecording();
        await using var service = await TestService.StartAsync();
        var trace = ActivityTraceId.CreateRandom();

        var id = await VerifyAsync(service, trace, Steps.CallsBy(provider));
        await service.PumpAsync();
        await service.CheckAsync(id, service.CodeOn(Phones.Ordinary));
        await service.PumpAsync();

        var names = spans.NamesIn(trace);
        Assert.Equal("verify", names[0]);
        Assert.Single(names, "dispatch");
        Assert.Single(names, "place");
        Assert.Contains("webhook", names);
        Assert.Single(names, "check");
        Assert.Single(names, "report");
        Assert.All(
            spans.All.Where(span => span.TraceId == trace && span.OperationName is "webhook" or "check"),
            span => Assert.True(span.Kind == ActivityKind.Server || span.GetTagItem("flashfunctions.request") as string == id));
    }

    [Fact]
    public async Task Every_later_step_and_the_callbacks_belong_to_the_trace()
    {
        using var spans = new SpanRecording();
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync();
        var trace = ActivityTraceId.CreateRandom();

        var id = await VerifyAsync(
            service, trace, Steps.CallsBy("unibell", "bird", "lanck") + $$""","callbackUrl":"{{receiver.Address}}" """);
        await service.PumpAsync();
        await service.PassAsync(TimeSpan.FromSeconds(31));
        await service.NextAsync(id);
        await service.PumpAsync();

        Assert.Equal(3, service.CallsTo(Phones.Ordinary));
        var names = spans.NamesIn(trace);
        Assert.Equal(3, names.Count(name => name == "place"));
        Assert.Single(names, "next");
        Assert.Contains("callback", names);
        Assert.DoesNotContain(
            spans.All, span => span.TraceId != trace && span.OperationName is "dispatch" or "place" or "callback" or "report");
    }

    [Fact]
    public async Task A_step_that_a_webhook_starts_belongs_to_the_trace()
    {
        using var spans = new SpanRecording();
        await using var service = await TestService.StartAsync();
        var trace = ActivityTraceId.CreateRandom();
        var number = Phones.With(Phones.Rejected);

        await VerifyAsync(service, trace, Steps.CallsBy("bird", "lanck"), number);
        await service.PumpAsync();

        Assert.Equal(2, spans.NamesIn(trace).Count(name => name == "place"));
    }

    [Fact]
    public async Task A_call_without_a_trace_begins_one()
    {
        using var spans = new SpanRecording();
        await using var service = await TestService.StartAsync();

        var id = await service.VerifyAsync(Phones.Ordinary);
        await service.PumpAsync();

        var verify = Assert.Single(spans.All, span => span.OperationName == "verify");
        Assert.Equal(default, verify.ParentSpanId);
        Assert.Contains("webhook", spans.NamesIn(verify.TraceId));
        Assert.Equal(id, verify.GetTagItem("flashfunctions.request"));
    }

    [Fact]
    public async Task A_call_without_credentials_writes_into_no_trace_of_others()
    {
        using var spans = new SpanRecording();
        await using var service = await TestService.StartAsync();
        var trace = ActivityTraceId.CreateRandom();
        using var stranger = service.NewClient("dev", "not-the-secret");
        foreach (var path in (string[])["/v1/verify", "/webhooks/bird/calls"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("{}") };
            request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
            using var response = await stranger.SendAsync(request);
            Assert.Equal(401, (int)response.StatusCode);
        }

        Assert.Empty(spans.NamesIn(trace));
        Assert.Contains(spans.All, span => span.OperationName == "webhook");
    }

    [Fact]
    public async Task What_a_newer_verification_ends_is_reported_in_its_own_trace()
    {
        using var spans = new SpanRecording();
        await using var service = await TestService.StartAsync();
        var (older, newer) = (ActivityTraceId.CreateRandom(), ActivityTraceId.CreateRandom());
        await VerifyAsync(service, older, Steps.CallsBy("bird"));
        await service.PumpAsync();
        service.Clock.Advance(TimeSpan.FromMinutes(1));

        await VerifyAsync(service, newer, Steps.CallsBy("bird"));
        await service.PumpAsync();

        Assert.Contains("report", spans.NamesIn(older));
        Assert.DoesNotContain("report", spans.NamesIn(newer));
    }

    [Fact]
    public async Task While_nobody_listens_nothing_is_carried_along()
    {
        var journal = new Journal();
        await using var service = await TestService.StartAsync(services: journal.Attach);

        var id = await VerifyAsync(service, ActivityTraceId.CreateRandom(), "");

        Assert.Null((await service.StoredAsync(id)).Trace);
        var job = journal.Operations.Single(operation => operation.Port == QueueNames.Dispatch);
        Assert.DoesNotContain("trace", (string)job.Arguments[0]!, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task No_span_holds_a_number_a_code_or_an_account()
    {
        using var spans = new SpanRecording();
        await using var service = await TestService.StartAsync();
        var id = await service.VerifyAsync(Phones.Ordinary, Steps.CallsBy("bird"));
        await service.PumpAsync();
        await service.CheckAsync(id, service.WrongCodeFor(Phones.Ordinary));
        await service.CheckAsync(id, service.CodeOn(Phones.Ordinary));
        await service.PumpAsync();

        var texts = spans.All.SelectMany(span => span.TagObjects.Select(tag => $"{tag.Value}").Append(span.DisplayName))
            .Where(text => text != id)
            .ToList();
        Assert.NotEmpty(texts);
        string[] secrets = [Phones.Ordinary[1..], service.CodeOn(Phones.Ordinary, 7), service.CodeOn(Phones.Ordinary), "dev"];
        Assert.All(texts, text => Assert.DoesNotContain(secrets, secret => text.Contains(secret, StringComparison.Ordinal)));
    }

    private static async Task<string> VerifyAsync(TestService service, ActivityTraceId trace, string more, string number = Phones.Ordinary)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/verify");
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        request.Content = new StringContent($$"""{"number":"{{number}}","method":"call"{{more}}}""", Encoding.UTF8, "application/json");
        using var response = await service.Http.SendAsync(request);
        var answer = await Answer.ReadAsync(response);
        Assert.Equal(202, answer.Status);
        return answer.Text("requestId");
    }
}
