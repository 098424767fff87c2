using System.Text;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests.Idempotency;

public sealed class IdempotencyTests : IAsyncLifetime
{
    private const string Number = "+37253000001";
    private const string Call = $$"""{"number":"{{Number}}","method":"call"}""";
    private const string FlashCall = $$"""{"number":"{{Number}}"}""";
    private const string Enqueue = $"{QueueNames.Dispatch}.Send";
    private const string Insert = $"{TableNames.Requests}.Insert";
    private const string Place = "Place";
    private readonly Journal _journal = new();
    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync(services: _journal.Attach);

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    public static TheoryData<string, string> Creating => new()
    {
        { "/v1/verify", $$"""{"number":"{{Number}}"{{Steps.Of("call", "sms")}}}""" },
        { "/v1/calls/flash", FlashCall },
        { "/v1/calls/p2s", $$"""{"number":"{{Number}}","code":"1234"}""" },
        { "/v1/calls/t2s", $$"""{"number":"{{Number}}","text":"Hello"}""" },
        { "/v1/sms", $$"""{"number":"{{Number}}","text":"Hello"}""" },
        { "/v1/messaging/push", $$"""{"number":"{{Number}}","text":"Hello"}""" },
        { "/v1/messaging/viber", $$"""{"number":"{{Number}}","text":"Hello"}""" },
        { "/v1/messaging/rcs", $$"""{"number":"{{Number}}","text":"Hello"}""" },
        { "/v1/messaging/failover", """{"number":"+37253000001","flow":[{"type":"sms","message":{"text":"Hello"}}]}""" },
        { "/v1/insight/hlr", $$"""{"number":"{{Number}}"}""" },
        { "/v1/insight/fraudcheck", $$"""{"number":"{{Number}}"}""" },
    };

    [Theory]
    [MemberData(nameof(Creating))]
    public async Task A_repeat_gets_the_first_answer_and_sends_nothing(string path, string body)
    {
        var first = await PostAsync(path, body, "key 1");
        var early = await PostAsync(path, body, "key 1");
        await _service.PumpAsync();
        await _service.PassAsync(TimeSpan.FromSeconds(20));
        var sent = _journal.Operations.Count(operation => operation.ToString() == Insert);
        var late = await PostAsync(path, body, "key 1");

        Assert.InRange(first.Status, 200, 202);
        Assert.Equal((first.Status, first.Body), (early.Status, early.Body));
        Assert.Equal((first.Status, first.Body), (late.Status, late.Body));
        Assert.Equal(1, sent);
        Assert.Equal(1, _journal.Operations.Count(operation => operation.ToString() == Insert));
        Assert.InRange(_service.CallsTo(Number), 0, 1);
    }

    [Fact]
    public async Task A_repeat_gets_the_first_answer_whatever_became_of_the_request()
    {
        var first = await PostAsync("/v1/verify", Call, "key");
        await _service.PumpAsync();
        await _service.CheckAsync(first.Text("requestId"), _service.CodeOn(Number));
        await _service.PassAsync(TimeSpan.FromHours(23));

        Assert.Equal(first, await PostAsync("/v1/verify", Call, "key"));
        Assert.Equal(1, _service.CallsTo(Number));
    }

    [Theory]
    [InlineData("/v1/verify", """{"number":"+37253000001","method":"call","codeLength":5}""")]
    [InlineData("/v1/verify", """{"number":"+37253000002","method":"call"}""")]
    [InlineData("/v1/calls/flash", FlashCall)]
    [InlineData("/v1/calls/flash", Call)]
    public async Task A_key_with_another_call_is_refused(string path, string body)
    {
        await PostAsync("/v1/verify", Call, "key");

        var other = await PostAsync(path, body, "key");

        Assert.Equal((409, 31), (other.Status, other.ErrorCode));
    }

    [Fact]
    public async Task The_same_parameters_written_otherwise_are_the_same_call()
    {
        var first = await PostAsync("/v1/verify", Call, "key");
        var turned = await PostAsync("/v1/verify", $$"""{ "method" : "call", "from": null, "number" : "{{Number}}" }""", "key");
        var form = await SendAsync(
            "/v1/verify",
            new StringContent($"method=call&number=%2B{Number[1..]}", Encoding.UTF8, "application/x-www-form-urlencoded"),
            "key");

        Assert.Equal(first, turned);
        Assert.Equal(first, form);
    }

    [Fact]
    public async Task After_24_hours_a_key_is_free_again()
    {
        var first = await PostAsync("/v1/verify", Call, "key");
        await _service.PassAsync(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.Equal(first, await PostAsync("/v1/verify", Call, "key"));

        await _service.PassAsync(TimeSpan.FromSeconds(1));
        var other = await PostAsync("/v1/verify", """{"number":"+37253000002","method":"call"}""", "key");

        Assert.Equal(202, other.Status);
        Assert.NotEqual(first.Text("requestId"), other.Text("requestId"));
    }

    [Fact]
    public async Task Another_accounts_key_is_another_key()
    {
        var first = await PostAsync("/v1/verify", Call, "key");
        using var stranger = await NewAccountAsync();

        var other = await SendAsync("/v1/verify", Json(Call), "key", stranger);

        Assert.Equal(202, other.Status);
        Assert.NotEqual(first.Text("requestId"), other.Text("requestId"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\u007f")]
    [InlineData("tab\tin it")]
    [InlineData("longer than 255")]
    public async Task A_key_that_is_none_is_refused_by_its_name(string key)
    {
        var answer = await PostAsync("/v1/verify", Call, key.StartsWith("longer", StringComparison.Ordinal) ? new string('k', 256) : key);

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names("Idempotency-Key"));
    }

    [Fact]
    public async Task A_refusal_frees_the_key()
    {
        await PostAsync("/v1/verify", Call, "first");
        var refused = await PostAsync("/v1/verify", Call, "second");
        Assert.Equal((429, 4), (refused.Status, refused.ErrorCode));

        await _service.PassAsync(TimeSpan.FromSeconds(31));

        Assert.Equal(202, (await PostAsync("/v1/verify", Call, "second")).Status);
    }

    [Fact]
    public async Task A_key_costs_one_round_trip()
    {
        await PostAsync("/v1/verify", Call, "warm");
        await _service.PassAsync(TimeSpan.FromMinutes(10));
        _journal.Clear();
        await PostAsync("/v1/verify", """{"number":"+37253000007","method":"call"}""", "key");

        Assert.Equal(
            [
                $"{TableNames.Idempotency}.Insert", $"{TableNames.Guard}.Read", $"{TableNames.Guard}.Insert", Insert,
                $"{TableNames.Index}.Insert", $"{TableNames.Index}.Insert", Enqueue,
            ],
            WithoutTheReadsOfEachMinute());
    }

    [Theory]
    [InlineData("/v1/verify", Call, Insert)]
    [InlineData("/v1/verify", Call, Enqueue)]
    [InlineData("/v1/verify", Call, $"{TableNames.Guard}.Read")]
    [InlineData("/v1/calls/flash", FlashCall, Insert)]
    [InlineData("/v1/calls/flash", FlashCall, Enqueue)]
    [InlineData("/v1/calls/flash", FlashCall, Place)]
    public async Task Two_at_once_are_one_send_and_one_answer(string path, string body, string pausedBefore)
    {
        var reached = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        var paused = 0;
        _journal.Before = operation =>
        {
            if ((operation.ToString() == pausedBefore || operation.Verb == pausedBefore) && Interlocked.Increment(ref paused) == 1)
            {
                reached.SetResult();
                return goOn.Task;
            }

            return Task.CompletedTask;
        };

        var first = PostAsync(path, body, "key");
        await reached.Task;
        var second = PostAsync(path, body, "key");
        await Task.WhenAny(second, Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System));
        goOn.SetResult();
        var answers = new[] { await first, await second };
        await _service.PumpAsync();
        await _service.PassAsync(TimeSpan.FromSeconds(35));

        Assert.InRange(answers[0].Status, 200, 202);
        Assert.Equal(answers[0], answers[1]);
        Assert.Equal(1, _service.CallsTo(Number));
    }

    [Fact]
    public async Task Ten_at_once_are_one_send_and_one_answer()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => PostAsync("/v1/verify", Call, "key")));
        await _service.PumpAsync();
        await _service.PassAsync(TimeSpan.FromSeconds(35));

        Assert.Single(answers.Distinct());
        Assert.Equal(202, answers[0].Status);
        Assert.Equal(1, _service.CallsTo(Number));
    }

    [Theory]
    [InlineData("/v1/verify", Call, $"{TableNames.Idempotency}.Insert", false)]
    [InlineData("/v1/verify", Call, $"{TableNames.Guard}.Insert", false)]
    [InlineData("/v1/verify", Call, Insert, true)]
    [InlineData("/v1/verify", Call, Insert, false)]
    [InlineData("/v1/verify", Call, Enqueue, true)]
    [InlineData("/v1/verify", Call, Enqueue, false)]
    [InlineData("/v1/calls/flash", FlashCall, $"{TableNames.Idempotency}.Insert", false)]
    [InlineData("/v1/calls/flash", FlashCall, Insert, true)]
    [InlineData("/v1/calls/flash", FlashCall, Insert, false)]
    [InlineData("/v1/calls/flash", FlashCall, Enqueue, false)]
    [InlineData("/v1/sms", $$"""{"number":"{{Number}}","text":"Hello"}""", Insert, true)]
    [InlineData("/v1/sms", $$"""{"number":"{{Number}}","text":"Hello"}""", Enqueue, true)]
    public async Task A_repeat_takes_up_what_died_in_between_and_sends_once(string path, string body, string operation, bool before)
    {
        await DieAsync(path, body, operation, before);
        _service.Clock.Advance(IdempotencyKeys.FirstTry);
        var repeated = await PostAsync(path, body, "key");
        var again = await PostAsync(path, body, "key");
        await _service.PumpAsync();
        await _service.PassAsync(TimeSpan.FromSeconds(35));

        Assert.InRange(repeated.Status, 200, 202);
        Assert.Equal(repeated, again);
        Assert.Equal(1, _journal.Operations.Count(one => one.Verb == Place));
        Assert.Equal(202, (await PostAsync("/v1/verify", """{"number":"+37253000002","method":"call"}""", "other")).Status);
    }

    [Fact]
    public async Task A_repeat_that_comes_at_once_waits_until_the_first_try_is_surely_dead()
    {
        await DieAsync("/v1/verify", Call, Insert, before: true);
        var since = _service.Clock.GetUtcNow();
        var repeated = await PostAsync("/v1/verify", Call, "key");
        await _service.PumpAsync();

        Assert.Equal(202, repeated.Status);
        Assert.InRange(_service.Clock.GetUtcNow() - since, IdempotencyKeys.FirstTry, IdempotencyKeys.FirstTry + TimeSpan.FromSeconds(2));
        Assert.InRange(WithoutTheReadsOfEachMinute().Count(), 10, 45);
        Assert.Equal(1, _service.CallsTo(Number));
    }

    [Fact]
    public async Task A_flash_call_that_died_once_it_was_claimed_is_never_placed_again()
    {
        await DieAsync("/v1/calls/flash", FlashCall, $"{TableNames.Requests}.Replace", before: false);
        _service.Clock.Advance(IdempotencyKeys.FirstTry);
        var repeated = await PostAsync("/v1/calls/flash", FlashCall, "key");
        await _service.PassAsync(TimeSpan.FromSeconds(35));

        Assert.Equal(202, repeated.Status);
        Assert.DoesNotContain(_journal.Operations, one => one.Verb == Place);
    }

    [Theory]
    [InlineData("/v1/verify", Call)]
    [InlineData("/v1/calls/flash", FlashCall)]
    public async Task A_repeat_after_a_503_is_a_new_try(string path, string body)
    {
        _journal.Before = operation => operation.ToString() == Enqueue ? throw new StorageUnavailableException() : Task.CompletedTask;
        var refused = await PostAsync(path, body, "key");
        _journal.Before = null;

        var repeated = await PostAsync(path, body, "key");
        await _service.PumpAsync();

        Assert.Equal((503, 50), (refused.Status, refused.ErrorCode));
        Assert.InRange(repeated.Status, 200, 202);
        Assert.Equal(repeated, await PostAsync(path, body, "key"));
        Assert.Equal(1, _service.CallsTo(Number));
    }

    [Fact]
    public async Task A_dead_first_try_whose_time_is_over_is_begun_anew()
    {
        await DieAsync("/v1/verify", Call, Insert, before: true);
        await _service.PassAsync(TimeSpan.FromMinutes(10));

        var repeated = await PostAsync("/v1/verify", Call, "key");
        await _service.PumpAsync();

        Assert.Equal(202, repeated.Status);
        Assert.Equal("VERIFIED", (await _service.CheckAsync(repeated.Text("requestId"), _service.CodeOn(Number))).Text("status"));
    }

    /// <summary>
    /// The storage calls but for the operators' lists and test numbers, which an instance reads once a minute whatever it does.
    /// </summary>
    private IEnumerable<string> WithoutTheReadsOfEachMinute() =>
        _journal.Storage.Where(operation => operation is not ($"{TableNames.Fraud}.Query" or $"{TableNames.TestNumbers}.Query"));

    /// <summary>A call whose process dies before or after an operation.</summary>
    private async Task DieAsync(string path, string body, string operation, bool before)
    {
        bool IsMeant(Operation one) => one.ToString() == operation;
        if (before)
        {
            _journal.KillBefore(IsMeant);
        }
        else
        {
            _journal.KillAfter(IsMeant);
        }

        var answer = await PostAsync(path, body, "key");
        Assert.Equal(500, answer.Status);
        _journal.Revive();
    }

    private async Task<HttpClient> NewAccountAsync()
    {
        await _service.Host.Services.GetRequiredService<AccountStore>().AddAsync(new Account { Id = "stranger" }, default);
        var keyId = TestService.KeyIdOf("stranger");
        var tokens = _service.Host.Services.GetRequiredService<TokenStore>();
        await tokens.AddAsync(
            new AccessToken { Account = "stranger", KeyId = keyId, SecretHash = tokens.HashOf(keyId, "stranger-secret") }, default);
        return _service.NewClient(keyId, "stranger-secret");
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private Task<Answer> PostAsync(string path, string body, string key) => SendAsync(path, Json(body), key);

    private async Task<Answer> SendAsync(string path, HttpContent content, string key, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var response = await _service.UnstickAsync((client ?? _service.Http).SendAsync(request));
        return await Answer.ReadAsync(response);
    }
}
