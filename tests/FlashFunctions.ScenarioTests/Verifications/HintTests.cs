using FlashFunctions.LocalHost.Service;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests.Verifications;

/// <summary>The sentence for the person with the phone, and the parameters that it and the fraud guard go by.</summary>
public sealed class HintTests(SharedService shared) : IClassFixture<SharedService>
{
    private const string English = "You will get a call. Do not answer. Enter the last 4 digits of the number that calls.";

    private static int _last = 37_000;

    private readonly TestService _service = shared.Service;
    private readonly string _number = $"+3725{Interlocked.Increment(ref _last)}01";

    [Fact]
    public async Task Verify_and_next_have_the_hint_of_the_step_that_starts()
    {
        var first = await VerifyAsync(Steps.Of("call", "sms", "voice"));
        await _service.PassAsync(TimeSpan.FromSeconds(31));
        var second = await _service.NextAsync(first.Text("requestId"));

        Assert.Equal(English, first.Text("hint"));
        Assert.Equal("You will get a text message. Enter the 4 digits that it contains.", second.Text("hint"));
    }

    [Fact]
    public async Task It_is_in_the_requests_language_and_names_its_length() => Assert.Equal(
        "Sie erhalten einen Anruf. Nehmen Sie ihn nicht an. Geben Sie die letzten 6 Ziffern der Nummer ein, die anruft.",
        (await VerifyAsync(""","method":"call","language":"de-AT","codeLength":6""")).Text("hint"));

    [Theory]
    [InlineData("ios", true)]
    [InlineData("android", false)]
    [InlineData("web", false)]
    public async Task Only_an_iPhone_is_told_where_silenced_calls_are(string platform, bool isTold) => Assert.Equal(
        isTold ? $"{English} If your phone does not ring, look under Recents: silenced calls are listed there." : English,
        (await VerifyAsync($""","method":"call","platform":"{platform}" """)).Text("hint"));

    [Fact]
    public async Task A_repeated_answer_has_the_same_hint()
    {
        using var client = _service.NewClient(ServiceHost.KeyId, ServiceHost.Secret);
        client.DefaultRequestHeaders.Add("Idempotency-Key", $"hint-{_number}");
        var json = $$"""{"number":"{{_number}}","method":"call","platform":"ios","language":"sv"}""";

        var first = await _service.PostAsync("/v1/verify", json, client);
        var repeated = await _service.PostAsync("/v1/verify", json, client);

        Assert.Equal((first.Text("requestId"), first.Text("hint")), (repeated.Text("requestId"), repeated.Text("hint")));
    }

    [Fact]
    public async Task An_unknown_platform_is_refused_by_name()
    {
        var answer = await VerifyAsync(""","method":"call","platform":"symbian" """);

        Assert.Equal((400, 10), (answer.Status, answer.Json.GetProperty("errorCode").GetInt32()));
        Assert.Contains("platform", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_id_is_kept_as_a_keyed_hash_and_shown_as_stars()
    {
        const string Device = "device-4711-of-somebody";
        var id = (await VerifyAsync($""","method":"call","deviceId":"{Device}" """)).Text("requestId");
        var read = await _service.ReadAsync(id);
        var stored = await _service.StoredAsync(id);

        Assert.Contains("\"deviceId\":\"****\"", read.Body, StringComparison.Ordinal);
        Assert.Equal(43, stored.Content.Device?.Length);
        Assert.DoesNotContain(Device, System.Text.Json.JsonSerializer.Serialize(stored.Payload), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_id_of_more_than_128_characters_is_refused_by_name()
    {
        var answer = await VerifyAsync($""","method":"call","deviceId":"{new string('d', 129)}" """);

        Assert.Equal((400, 10), (answer.Status, answer.Json.GetProperty("errorCode").GetInt32()));
        Assert.Contains("deviceId", answer.Body, StringComparison.Ordinal);
    }

    private Task<Answer> VerifyAsync(string more) => _service.PostAsync("/v1/verify", $$"""{"number":"{{_number}}"{{more}}}""");
}
