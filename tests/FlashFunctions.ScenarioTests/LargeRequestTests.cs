using System.Text.Json;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Workflows;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>No request is so large that it could not be saved again, whatever its caller puts into it.</summary>
public sealed class LargeRequestTests : IAsyncLifetime
{
    private static readonly TimeSpan PastDue = TimeSpan.FromMinutes(20);
    private TestService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await TestService.StartAsync();
        await _service.SweepAsync();
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData('\u044F')]
    [InlineData('\u4E16')]
    [InlineData('\u0007')]
    public async Task A_flow_filled_with_what_nobody_reads_is_sent_without_it_and_ends_like_any_other(char letter)
    {
        var junk = new string(letter, letter < ' ' ? 9_000 : 19_000);
        var flow = JsonSerializer.Serialize(new[]
        {
            new
            {
                type = "sms",
                junk,
                message = new { text = "Hello", more = new { junk = "\ud83d\ude42" } },
                failover = new { wait = 60, condition = "delivered", junk = 1 },
            },
        }, Relaxed);
        var answer = await _service.PostAsync("/v1/messaging/failover", $$"""{"number":"{{Phones.Ordinary}}","flow":{{flow}}}""");
        var request = await _service.ReadAsync(answer.Text("requestId"));
        await _service.PassAsync(PastDue);
        await _service.SweepAsync();

        Assert.Equal(202, answer.Status);
        Assert.Equal(
            """[{"type":"sms","message":{"text":"Hello"},"failover":{"condition":"delivered","wait":60}}]""",
            Sorted(request.Json.GetProperty("payload").GetProperty("flow").GetString()!));
        Assert.NotNull((await _service.StoredAsync(answer.Text("requestId"))).EndedAt);
    }

    [Fact]
    public async Task A_workflow_is_echoed_as_what_was_read_of_it()
    {
        var id = await _service.VerifyAsync(
            Phones.Ordinary,
            """
            ,"workflow":[{"method":"call","junk":"x","wait":40},
              {"junk":[{}],"provider":"lanck","method":"sms","condition":"delivered"}]
            """);

        Assert.Equal(
            """[{"method":"call","wait":40},{"method":"sms","provider":"lanck","condition":"delivered"}]""",
            (await _service.ReadAsync(id)).Json.GetProperty("payload").GetProperty("workflow").GetString());
    }

    [Fact]
    public async Task The_largest_flow_in_any_alphabet_is_kept_and_saved_to_its_end()
    {
        var text = string.Concat(Enumerable.Repeat("\ud83d\ude42", 500));
        var rcs = string.Concat(Enumerable.Repeat("\"\u044F\u2028\ud83d\ude42", 500));
        var flow = JsonSerializer.Serialize(
            Enumerable.Range(0, 5).Select(_ => new { type = "rcs", message = new { text = rcs } }), Relaxed);
        var answer = await _service.PostAsync("/v1/messaging/failover", $$"""{"number":"{{Phones.Ordinary}}","flow":{{flow}}}""");
        var sms = await _service.PostAsync("/v1/messaging/viber", $$"""{"number":"{{Phones.Ordinary}}","text":"{{text}}"}""");
        await _service.PumpAsync();
        var kept = await _service.StoredAsync(answer.Text("requestId"));
        for (var minute = 0; minute < 20; minute++)
        {
            await _service.PassAsync(TimeSpan.FromMinutes(1));
            await _service.SweepAsync();
        }

        Assert.All(kept.Steps, step => Assert.Equal(rcs, step.Text));
        Assert.Equal(text, (await _service.StoredAsync(sms.Text("requestId"))).Steps[0].Text);
        Assert.NotNull((await _service.StoredAsync(answer.Text("requestId"))).EndedAt);
    }

    [Fact]
    public async Task What_would_not_fit_with_what_becomes_of_it_is_413_and_reserves_nothing()
    {
        var key = new IdempotencyKey("AAhash", "call");
        Assert.False((await AcceptAsync(key, payload: 450_000)).TryGet(out _, out var problem));
        Assert.True((await AcceptAsync(key, payload: 350_000)).TryGet(out var again, out _));

        Assert.Equal((413, 10), (problem.HttpStatus, problem.ErrorCode));
        Assert.Equal("body", Assert.Single(problem.Details!).Key);
        await _service.PassAsync(PastDue);
        await _service.SweepAsync();
        Assert.NotNull((await _service.StoredAsync(again.Stored.Value.Id.Text)).EndedAt);
    }

    private static JsonSerializerOptions Relaxed { get; } =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Sorted(string json)
    {
        var step = JsonElement.Parse(json)[0];
        return JsonSerializer.Serialize(new[]
        {
            new
            {
                type = step.GetProperty("type").GetString(),
                message = step.GetProperty("message"),
                failover = new
                {
                    condition = step.GetProperty("failover").GetProperty("condition").GetString(),
                    wait = step.GetProperty("failover").GetProperty("wait").GetInt32(),
                },
            },
        });
    }

    private async Task<Result<AcceptedRequest>> AcceptAsync(IdempotencyKey key, int payload)
    {
        var account = await _service.Service<AccountDirectory>().FindAsync(DevelopmentAccount.Id, CancellationToken.None);
        var number = Assert.IsType<NumberReading.Valid>(NumberPlan.Instance.Read(Phones.Ordinary, requireAssignedRange: false));
        var text = new Dictionary<string, string>(StringComparer.Ordinal) { ["text"] = new string('x', payload) };
        var asked = new NewRequest(
            new CallBasics(account!, key, number, Test: null, Reference: null, CallbackUrl: null, text),
            Products.Sms,
            [new WorkflowStep(FlashFunctions.Core.Primitives.Channel.Sms)],
            TimeSpan.FromMinutes(5));
        return await _service.Service<RequestAcceptor>().AcceptAsync(asked, CancellationToken.None);
    }
}
