using System.Text;
using FlashFunctions.Core.Requests;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>
/// What a message says is sealed while it is kept, and its length alone is left a day after nothing can be sent of it any more.
/// </summary>
public sealed class KeptTextTests : IAsyncLifetime
{
    private const string Text = "Ваш код 471193, keep it to yourself";
    private const string Shortened = "35 characters";

    private TestService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await TestService.StartAsync();
        await _service.SweepAsync();
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData("sms", """ "text":"TEXT" """)]
    [InlineData("calls/t2s", """ "text":"TEXT" """)]
    [InlineData("messaging/push", """ "text":"TEXT","title":"TEXT" """)]
    [InlineData("messaging/viber", """ "text":"TEXT" """)]
    [InlineData("messaging/rcs", """ "text":"TEXT" """)]
    [InlineData(
        "messaging/failover",
        """ "flow":[{"type":"push","message":{"text":"TEXT","title":"TEXT"} },{"type":"sms","message":{"text":"TEXT"} }] """)]
    [InlineData("messaging/failover", """ "provider":"lanck","flow":[{"type":"sms","message":{"text":"TEXT"} }] """)]
    public async Task No_text_stands_in_the_store_and_it_arrives_and_is_shown_all_the_same(string path, string fields)
    {
        var id = await SendAsync(path, Phones.Ordinary, fields);
        AssertNotAtRest();
        Assert.Contains(Text, await PayloadAsync(id), StringComparison.Ordinal);

        await _service.PumpAsync();

        AssertNotAtRest();
        Assert.Contains(
            _service.Simulator.Requests(),
            request => Uri.UnescapeDataString(request.Body.Replace('+', ' ')).Contains("471193", StringComparison.Ordinal));
        Assert.Contains(Text, await PayloadAsync(id), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sms", """ "text":"TEXT" """)]
    [InlineData("messaging/push", """ "text":"TEXT","title":"TEXT" """)]
    [InlineData(
        "messaging/failover",
        """ "flow":[{"type":"push","message":{"text":"TEXT","title":"TEXT"} },{"type":"sms","message":{"text":"TEXT"} }] """)]
    [InlineData("messaging/failover", """ "provider":"lanck","flow":[{"type":"sms","message":{"text":"TEXT"} }] """)]
    public async Task A_day_after_its_end_only_its_length_is_left(string path, string fields)
    {
        var id = await SendAsync(path, Phones.Ordinary, fields);
        await _service.PumpAsync();
        await PassAsync(hours: 23);
        Assert.Contains(Text, await PayloadAsync(id), StringComparison.Ordinal);

        await PassAsync(hours: 3);

        var payload = await PayloadAsync(id);
        Assert.DoesNotContain("471193", payload, StringComparison.Ordinal);
        Assert.Contains(Shortened, payload, StringComparison.Ordinal);
        Assert.Contains(Phones.Ordinary, payload, StringComparison.Ordinal);
        Assert.False(KeptTexts.AreKept(await _service.StoredAsync(id)));
    }

    [Fact]
    public async Task A_step_that_starts_days_later_still_has_its_text_and_a_flow_that_ended_early_loses_it_before_it_is_due()
    {
        const string Flow = """
             "flow":[{"type":"push","message":{"text":"One"},"failover":{"wait":79200} },
             {"type":"viber","message":{"text":"Two"},"failover":{"wait":79200} },
             {"type":"sms","message":{"text":"TEXT"} }]
            """;
        var long_ = await SendAsync("messaging/failover", Phones.With(Phones.Unfinished), Flow);
        var early = await SendAsync("messaging/failover", Phones.Of(5), Flow);
        await _service.PumpAsync();

        await _service.PassAsync(TimeSpan.FromHours(22) + TimeSpan.FromMinutes(1));
        await PassAsync(hours: 3);
        Assert.Contains(Shortened, await PayloadAsync(early), StringComparison.Ordinal);
        Assert.Contains(Text, await PayloadAsync(long_), StringComparison.Ordinal);
        await _service.PassAsync(TimeSpan.FromHours(19) + TimeSpan.FromMinutes(2));

        Assert.True((await _service.ReadAsync(long_)).Attempts.Count == 3, (await _service.ReadAsync(long_)).Body);
        Assert.Contains(
            _service.Simulator.Requests(),
            request => Uri.UnescapeDataString(request.Body.Replace('+', ' ')).Contains("471193", StringComparison.Ordinal));
    }

    [Fact]
    public async Task How_long_is_a_setting()
    {
        await _service.DisposeAsync();
        _service = await TestService.StartAsync(new Settings { ["Sweep:TextHours"] = "3" });
        await _service.SweepAsync();
        var id = await SendAsync("sms", Phones.Ordinary, """ "text":"TEXT" """);
        await _service.PumpAsync();

        await PassAsync(hours: 2);
        Assert.Contains(Text, await PayloadAsync(id), StringComparison.Ordinal);
        await PassAsync(hours: 3);

        Assert.Contains(Shortened, await PayloadAsync(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_sealed_under_a_key_that_is_gone_does_not_keep_the_request_from_being_read_or_ended()
    {
        var id = await SendAsync("sms", Phones.With(Phones.CallbacksLost), """ "text":"TEXT" """);
        await _service.RestartAsync(new Settings
        {
            ["Security:ServiceKey"] = Convert.ToBase64String(Encoding.UTF8.GetBytes("another thirty-two bytes of a key!")),
        });

        Assert.Equal("unreadable", (await _service.ReadAsync(id)).Json.GetProperty("payload").GetProperty("text").GetString());
        await PassAsync(hours: 1);

        Assert.Equal("UNDELIVERED", (await _service.ReadAsync(id)).Text("status"));
        Assert.Empty(_service.Simulator.Requests());
    }

    private async Task PassAsync(int hours)
    {
        for (var hour = 0; hour < hours; hour++)
        {
            await _service.PassAsync(TimeSpan.FromHours(1));
            await _service.SweepAsync();
        }
    }

    private async Task<string> SendAsync(string path, string number, string fields)
    {
        var answer = await _service.PostAsync(
            $"/v1/{path}", $$"""{"number":"{{number}}",{{fields.Replace("TEXT", Text, StringComparison.Ordinal)}}}""");
        Assert.True(answer.Status == 202, answer.Body);
        return answer.Text("requestId");
    }

    private async Task<string> PayloadAsync(string id) =>
        string.Join(
            ' ',
            (await _service.ReadAsync(id)).Json.GetProperty("payload").EnumerateObject().Select(parameter => parameter.Value.GetString()));

    private void AssertNotAtRest()
    {
        var rest = _service.BytesAtRest();
        Assert.True(rest.AsSpan().IndexOf("471193"u8) < 0);
        Assert.True(rest.AsSpan().IndexOf(Encoding.Unicode.GetBytes("471193")) < 0);
        Assert.True(rest.AsSpan().IndexOf("keep it"u8) < 0);
    }
}
